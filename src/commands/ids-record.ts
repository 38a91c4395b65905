/** `ids report` and `ids schedule`: findings as events, on the console and in a file, and looks at set times. */
import { Status } from "../base/index.ts";
import type { Check, CheckReport } from "../ids/index.ts";
import { detectionFinding, findingUid } from "../ids/index.ts";
import type { Kernel } from "../linux/index.ts";
import type { CommandResult, JsonValue } from "../shell/index.ts";
import type { Guest } from "../vm/index.ts";
import type { CommandContext } from "./context.ts";
import { waitAsleep } from "./context.ts";
import { SteadyLook } from "./guest-kernel.ts";

const NS_PER_SECOND = 1e9;
const MAX_LOOKS = 1_000_000;

/** One run of the given checks. */
export function lookOnce({ hv }: CommandContext, kernel: Kernel, checks: readonly Check[]): CheckReport[] {
  const look = new SteadyLook(hv, kernel);
  return checks.map((check) => look.run(check));
}

/**
 * Findings as events; those whose identity is in `known` are left out, and the rest join it. Where there is a file of
 * findings they are in it when this comes back.
 */
function eventsOf({ hv, findings }: CommandContext, guest: Guest, reports: readonly CheckReport[], known: Set<string>) {
  const seen = {
    timeMs: hv.wallClock.epochSeconds * 1000,
    instructions: hv.control.instructions(),
    guest: guest.name,
    version: hv.version.version,
  };
  const events = reports.flatMap((report) =>
    report.findings
      .filter((finding) => !known.has(findingUid(report.id, finding)))
      .map((finding) => {
        known.add(findingUid(report.id, finding));
        return detectionFinding(report, finding, seen) as JsonValue;
      }),
  );
  if (events.length > 0) findings?.append(linesOf(events));
  return events;
}

const linesOf = (events: readonly JsonValue[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join("");

/** All findings of this moment, an event a line. */
export function reportFindings(
  context: CommandContext,
  guest: Guest,
  kernel: Kernel,
  checks: readonly Check[],
): CommandResult {
  const events = eventsOf(context, guest, lookOnce(context, kernel, checks), new Set());
  return { code: events.length === 0 ? Status.ok : Status.fail, text: linesOf(events), data: events };
}

/** Looks again and again, a number of guest seconds apart; a finding is told when it is first seen. */
export async function scheduleLooks(
  context: CommandContext,
  { guest, kernelNow, checks }: { guest: Guest; kernelNow: () => Kernel | CommandResult; checks: readonly Check[] },
  { seconds, times }: { seconds: number; times: number },
): Promise<CommandResult> {
  const known = new Set<string>();
  const events: JsonValue[] = [];
  const looks = Math.min(times, MAX_LOOKS);
  for (let look = 0; look < looks; look++) {
    await waitAsleep(context, () => false, context.hv.clock.nowNs() + seconds * NS_PER_SECOND);
    const kernel = kernelNow();
    if (!("space" in kernel)) return kernel;
    events.push(...eventsOf(context, guest, lookOnce(context, kernel, checks), known));
  }
  const text = `${linesOf(events)}${looks} looks, ${seconds} s apart: ${events.length} findings\n`;
  return { code: events.length === 0 ? Status.ok : Status.fail, text, data: { looks, findings: events } };
}
