/** A bounded first-in first-out queue of numbers (characters, scan codes), as devices have them. */
export class Fifo {
  private readonly slots: number[] = [];
  readonly capacity: number;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get length(): number {
    return this.slots.length;
  }

  get isEmpty(): boolean {
    return this.slots.length === 0;
  }

  get isFull(): boolean {
    return this.slots.length >= this.capacity;
  }

  /** False, and nothing is stored, when the queue is full. */
  push(value: number): boolean {
    if (this.isFull) return false;
    this.slots.push(value);
    return true;
  }

  shift(): number | undefined {
    return this.slots.shift();
  }

  peek(): number | undefined {
    return this.slots[0];
  }

  clear(): void {
    this.slots.length = 0;
  }

  toArray(): number[] {
    return [...this.slots];
  }

  assign(values: readonly number[]): void {
    this.slots.splice(0, this.slots.length, ...values.slice(0, this.capacity));
  }
}
