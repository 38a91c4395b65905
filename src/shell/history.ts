/** Lines entered before: empty and immediately repeated ones are not kept; a line edited while browsing stays so until Enter. */

export class History {
  readonly capacity: number;
  private readonly lines: string[] = [];
  /** What the user made of each line while browsing; the last entry is the new line. */
  private drafts: string[] | undefined;
  private position = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get entries(): readonly string[] {
    return this.lines;
  }

  /** Takes an entered line and ends browsing. */
  enter(line: string): void {
    this.drafts = undefined;
    if (line.trim() === "" || line === this.lines.at(-1)) return;
    this.lines.push(line);
    if (this.lines.length > this.capacity) this.lines.shift();
  }

  /** The line `step` (-1 older, 1 newer) away, or `undefined` at either end; `current` is kept as a draft. */
  browse(step: -1 | 1, current: string): string | undefined {
    if (this.drafts === undefined) {
      this.drafts = [...this.lines, current];
      this.position = this.lines.length;
    }
    const next = this.position + step;
    if (next < 0 || next >= this.drafts.length) return undefined;
    this.drafts[this.position] = current;
    this.position = next;
    return this.drafts[next];
  }
}
