/** Option values that need more than a string: numbers with limits, durations, choices. */
import { optionInvalid } from "./errors.ts";

export type ClockKind = "virtual" | "real";

export function parseClock(text: string): ClockKind {
  if (text === "virtual" || text === "real") return text;
  throw optionInvalid("--clock", "virtual or real", text);
}

/** A positive number of seconds, with fractions. */
export function parseSeconds(option: string): (text: string) => number {
  return (text) => {
    const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (!(seconds > 0 && seconds <= 1e6)) throw optionInvalid(option, "seconds above 0, at most 1000000", text);
    return seconds;
  };
}

/** A whole number from 1. */
export function parseCount(option: string, largest: number): (text: string) => number {
  return (text) => {
    const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(count >= 1 && count <= largest)) throw optionInvalid(option, `a whole number of 1 to ${largest}`, text);
    return count;
  };
}
