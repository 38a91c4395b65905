/** What one kernel says on two machines: the lines that only one of them has, and which of these are known. */
import { normalized } from "../../test/e2e/boot-log.ts";
import type { KnownDifference, Side } from "./known-differences.table.ts";

export interface Difference {
  readonly side: Side;
  readonly line: string;
  /** How many more of it this side has. */
  readonly count: number;
  readonly known: KnownDifference | undefined;
}

/** How often each message is in the log, without times and what else two boots never have in common. */
function messages(log: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of normalized(log).split("\n")) {
    const message = line.trimEnd().replace(/^\[<time>\] /, "");
    if (message !== "") counts.set(message, (counts.get(message) ?? 0) + 1);
  }
  return counts;
}

/** The order of messages is left out: drivers probe side by side, and time is another on each machine. */
export function differences(
  logs: Readonly<Record<Side, string>>,
  known: readonly KnownDifference[],
): { found: Difference[]; equal: number } {
  const counts = { komainu: messages(logs.komainu), qemu: messages(logs.qemu) };
  const found: Difference[] = [];
  let equal = 0;
  for (const [side, other] of [
    ["komainu", "qemu"],
    ["qemu", "komainu"],
  ] as const) {
    for (const [line, here] of counts[side]) {
      const count = here - (counts[other].get(line) ?? 0);
      const isKnown = (difference: KnownDifference): boolean =>
        difference[side]?.some((pattern) => pattern.test(line)) === true;
      if (count > 0) found.push({ side, line, count, known: known.find(isKnown) });
      else if (side === "komainu") equal += here;
    }
  }
  return { found, equal };
}

const titles: Readonly<Record<Side, string>> = { komainu: "Komainu", qemu: "QEMU" };

/** The report, known ones first by their reason. */
export function report({ found, equal }: { found: readonly Difference[]; equal: number }): string {
  const text = ({ side, line, count }: Difference): string =>
    `  ${titles[side].padEnd(7)} ${count > 1 ? `${count} x ` : ""}${line}`;
  const reasons = [...new Set(found.flatMap(({ known }) => known?.why ?? []))];
  const parts = reasons.flatMap((why) => [`${why}:`, ...found.filter(({ known }) => known?.why === why).map(text), ""]);
  const unknown = found.filter(({ known }) => known === undefined);
  const last = unknown.length === 0 ? ["Every difference is a known one."] : ["Not known:", ...unknown.map(text)];
  return [`${equal} messages are in both logs.`, "", ...parts, ...last].join("\n");
}
