/** All results of a run of `komainu test`, for its reports. */
import type { ScenarioResult } from "./runner.ts";

export interface Report {
  /** In the order of the files. */
  readonly results: readonly ScenarioResult[];
  /** Of the whole run, boots included. */
  readonly hostMs: number;
  /** When it began, in milliseconds since 1970. */
  readonly startMs: number;
}

export interface Totals {
  readonly all: number;
  readonly passed: number;
  readonly failed: number;
  /** Could not be run: no guest, no board. */
  readonly errors: number;
  readonly interrupted: number;
  /** Passed, but not at once. */
  readonly flaky: number;
}

/** True for a scenario that says nothing of the board, because it could not be run. */
export const isError = ({ failure }: ScenarioResult): boolean => failure?.kind === "error";

export function totalsOf({ results }: Report): Totals {
  const count = (is: (result: ScenarioResult) => boolean): number => results.filter(is).length;
  return {
    all: results.length,
    passed: count(({ verdict }) => verdict === "passed"),
    failed: count((result) => result.verdict === "failed" && !isError(result)),
    errors: count((result) => result.verdict === "failed" && isError(result)),
    interrupted: count(({ verdict }) => verdict === "interrupted"),
    flaky: count(({ verdict, attempts = 1 }) => verdict === "passed" && attempts > 1),
  };
}

/** The file of a place such as `boards/a.test.yaml:12:5`. */
export const fileOf = (place: string): string => place.replace(/:\d+:\d+$/, "");
