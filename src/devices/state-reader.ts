/** Typed access to a saved state: each getter checks what it gives, so that `restore` cannot take a wrong one. */
import type { State, StateValue, Timer } from "../base/index.ts";
import { stateInvalid } from "./errors.ts";

export class StateReader {
  private readonly state: State;
  private readonly device: string;

  constructor(state: State, device: string) {
    this.state = state;
    this.device = device;
  }

  /** A whole number from `low` to `high`, both included; by default any word, signed or unsigned. */
  number(field: string, low = -0x80000000, high = 0xffffffff): number {
    const value = this.state[field];
    if (typeof value !== "number" || !Number.isInteger(value) || value < low || value > high)
      throw this.invalid(field, `a whole number from ${low} to ${high}`, value);
    return value;
  }

  /** An instant or a duration in nanoseconds. */
  timeNs(field: string): number {
    const value = this.state[field];
    if (typeof value !== "number" || !(value >= 0 && value <= Number.MAX_SAFE_INTEGER))
      throw this.invalid(field, "a time in nanoseconds", value);
    return value;
  }

  /** A list of at most `maximum` instants. */
  timesNs(field: string, maximum: number): number[] {
    const value = this.state[field];
    const isTime = (item: StateValue): item is number =>
      typeof item === "number" && item >= 0 && item <= Number.MAX_SAFE_INTEGER;
    if (!Array.isArray(value) || value.length > maximum || !value.every(isTime))
      throw this.invalid(field, `at most ${maximum} times in nanoseconds`, value);
    return [...value];
  }

  /** Whether there is such a field; for what only some machines have. */
  has(field: string): boolean {
    return this.state[field] !== undefined;
  }

  /** Arms `timer` for the saved deadline, or cancels it where `null` was saved. */
  timer(field: string, timer: Timer): void {
    if (this.state[field] === null) timer.cancel();
    else timer.arm(this.timeNs(field));
  }

  boolean(field: string): boolean {
    const value = this.state[field];
    if (typeof value !== "boolean") throw this.invalid(field, "true or false", value);
    return value;
  }

  /** A copy of exactly `sizeBytes` bytes. */
  bytes(field: string, sizeBytes: number): Uint8Array {
    const value = this.state[field];
    if (!(value instanceof Uint8Array) || value.length !== sizeBytes)
      throw this.invalid(field, `${sizeBytes} bytes`, value);
    return value.slice();
  }

  /** A list of at most `maximum` whole numbers from `low` to `high`. */
  numbers(field: string, maximum: number, low = -0x80000000, high = 0xffffffff): number[] {
    const value = this.state[field];
    const isNumber = (item: StateValue): item is number =>
      typeof item === "number" && Number.isInteger(item) && item >= low && item <= high;
    if (!Array.isArray(value) || value.length > maximum || !value.every(isNumber))
      throw this.invalid(field, `at most ${maximum} whole numbers from ${low} to ${high}`, value);
    return [...value];
  }

  /** A reader of a nested state. */
  child(field: string): StateReader {
    const value = this.state[field];
    if (!isState(value)) throw this.invalid(field, "an object", value);
    return new StateReader(value, `${this.device}.${field}`);
  }

  /** A nested state as it was saved, for a part that restores itself. */
  object(field: string): State {
    const value = this.state[field];
    if (!isState(value)) throw this.invalid(field, "an object", value);
    return value;
  }

  /** Exactly `count` nested states, for parts that restore themselves. */
  objects(field: string, count: number): State[] {
    const value = this.state[field];
    if (!Array.isArray(value) || value.length !== count || !value.every(isState))
      throw this.invalid(field, `a list of ${count} objects`, value);
    return [...value];
  }

  /** Register words by name: exactly the names that `current` has. */
  registers(field: string, current: Readonly<Record<string, number>>): Record<string, number> {
    const words = this.child(field);
    const names = Object.keys(current);
    if (Object.keys(words.state).length !== names.length)
      throw this.invalid(field, `${names.length} registers`, this.state[field]);
    return Object.fromEntries(names.map((name) => [name, words.number(name)]));
  }

  private invalid(field: string, expected: string, found: unknown): Error {
    return stateInvalid(this.device, field, expected, found);
  }
}

function isState(value: StateValue | undefined): value is State {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
