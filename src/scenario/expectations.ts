/** What a step expects to come on a line, and the words for what came instead; the same on a machine and on a real line. */
import { parsePattern } from "./pattern.ts";
import { StepFailure } from "./step-failure.ts";
import type { Watch } from "./watch.ts";

/** Lets time pass: the guest's, or the host's. */
export interface Waiting {
  readonly nowNs: number;
  /** True when `isDone` came true, false when time came to `untilNs`. */
  advance(isDone: () => boolean, untilNs: number): Promise<boolean>;
}

export interface WatchedLine {
  readonly session: Waiting;
  readonly watch: Watch;
  /** Whose time it is, for messages: `GUEST_TIME`, or nothing for the host's. */
  readonly whose: string;
}

export const GUEST_TIME = " of the guest's time";

export const MAX_SHOWN = 300;
export const shown = (text: string): string =>
  JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text);
export const secondsText = (ns: number): string => `${Number((ns / 1e9).toFixed(3))} s`;
const listed = (sources: readonly string[]): string => sources.map((source) => shown(source)).join(" or ");

/** Waits for each of the patterns in turn, `spanNs` for all of them. */
export async function expectAll(
  { session, watch, whose }: WatchedLine,
  sources: readonly string[],
  port: string,
  spanNs: number,
): Promise<void> {
  const untilNs = session.nowNs + spanNs;
  for (const source of sources) {
    watch.await(port, [parsePattern(source)]);
    const isFound = await session.advance(() => watch.match !== undefined, untilNs);
    watch.rest();
    if (isFound) continue;
    throw new StepFailure("timeout", {
      expected: `${shown(source)} on ${port} within ${secondsText(spanNs)}${whose}`,
      found: "that it did not come",
      port,
      pattern: source,
    });
  }
}

/** Waits for `spanNs`; fails when one of the patterns comes. */
export async function expectNone(
  { session, watch }: WatchedLine,
  sources: readonly string[],
  port: string,
  spanNs: number,
): Promise<void> {
  watch.await(port, sources.map(parsePattern));
  await session.advance(() => watch.match !== undefined, session.nowNs + spanNs);
  const { match } = watch;
  watch.rest();
  if (match === undefined) return;
  throw new StepFailure("forbidden", {
    expected: `no ${listed(sources)} on ${port}`,
    found: shown(match.source),
    port,
  });
}

export function expectOutput(text: string, sources: readonly string[] | undefined, what: string): void {
  for (const source of sources ?? []) {
    if (parsePattern(source).find(text) === undefined) {
      throw new StepFailure("assertion", { expected: `${what} with ${shown(source)}`, found: shown(text) });
    }
  }
}

/** What a command at a shell is to come to. */
export interface AnswerWanted {
  readonly exit: number;
  readonly output?: readonly string[];
  readonly not?: readonly string[];
}

/** The output is the command's own. */
export function expectAnswer(
  line: string,
  answer: { readonly output: string; readonly status: number },
  { exit, output, not }: AnswerWanted,
  port: string,
): void {
  if (answer.status !== exit) {
    throw new StepFailure("assertion", {
      expected: `exit code ${exit} of ${shown(line)}`,
      found: `${answer.status}, and the output ${shown(answer.output)}`,
      port,
    });
  }
  expectOutput(answer.output, output, `output of ${shown(line)}`);
  for (const source of not ?? []) {
    if (parsePattern(source).find(answer.output) === undefined) continue;
    throw new StepFailure("forbidden", {
      expected: `output of ${shown(line)} without ${shown(source)}`,
      found: shown(answer.output),
    });
  }
}
