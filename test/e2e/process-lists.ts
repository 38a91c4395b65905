/** Lists of processes: that of the console, that of the guest, and what makes them equal. */
import { expect } from "vitest";

/** Runs a line in the guest's shell. */
export const UART = "vserial exec guest0/uart0";
/** PID and name of every process, by the shell alone: it starts no process for it. */
export const LIST_PROC = `${UART} for p in /proc/[0-9]*; do read -r name < $p/comm && echo "\${p#/proc/} $name"; done`;

/** A process as `ids plist` has it. */
export interface ProcessRow {
  readonly pid: number;
  readonly name: string;
  readonly kernelThread: boolean;
}

/** Rows of `ids plist --json`. */
export const seenFromOutside = (data: unknown): ProcessRow[] => (data as { rows: ProcessRow[] }).rows;

/** Lines of `LIST_PROC`. */
export const seenFromInside = (text: string): [number, string][] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [, pid, name] = /^(\d+) (.*)$/.exec(line) ?? [];
      return [Number(pid), name];
    });

/** The guest's own list between two from outside: a worker's name tells its work of the moment, so it may be either. */
export function expectSameProcesses(outside: readonly ProcessRow[][], inside: readonly [number, string][]): void {
  const ordered = [...inside].sort(([a], [b]) => a - b);
  for (const rows of outside) expect(rows.map(({ pid }) => pid)).toEqual(ordered.map(([pid]) => pid));
  const known = outside.map((rows) => new Map(rows.map(({ pid, name }) => [pid, name])));
  for (const [pid, name] of inside) expect(known.map((names) => names.get(pid))).toContain(name);
}
