/** Option values that need more than a string: numbers with limits, durations, choices. */
import type { Engine } from "../vm/index.ts";
import { optionInvalid } from "./errors.ts";

export type ClockKind = "virtual" | "real";

/** The engine of `run` and `exec` when the command line names none. */
export const DEFAULT_ENGINE: Engine = "jit";

export function parseClock(text: string): ClockKind {
  if (text === "virtual" || text === "real") return text;
  throw optionInvalid("--clock", "virtual or real", text);
}

export function parseEngine(text: string): Engine {
  if (text === "interp" || text === "jit") return text;
  throw optionInvalid("--engine", "interp or jit", text);
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

/** A TCP port; 0 for any that is free. */
export function parsePort(option: string): (text: string) => number {
  return (text) => {
    const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
    if (!(port <= 65_535)) throw optionInvalid(option, "a port of 1 to 65535, or 0 for any free one", text);
    return port;
  };
}

/** What `--translation-cache` says: a folder, or none. */
export type TranslationCacheOption = "on" | "off" | { folder: string };

/** `on`, `off` or a folder. */
export const parseTranslationCache = (text: string): TranslationCacheOption =>
  text === "on" || text === "off" ? text : { folder: text };

/** What `--boot-cache` says: the usual folder, none, or another one. */
export type BootCacheOption = "on" | "off" | { readonly folder: string };

export const parseBootCache = (text: string): BootCacheOption =>
  text === "on" || text === "off" ? text : { folder: text };
