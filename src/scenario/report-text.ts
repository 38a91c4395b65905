/** Results as lines for people. */
import { failureLines } from "./failure-report.ts";
import { type Report, totalsOf } from "./report.ts";
import type { ScenarioResult } from "./runner.ts";

const GREEN = "32";
const RED = "31";
const YELLOW = "33";

const paint = (text: string, color: string, isColored: boolean): string =>
  isColored ? `\x1b[${color}m${text}\x1b[0m` : text;

const secondsText = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

/** What one scenario came to; a failure tells all it knows. */
export function resultText(result: ScenarioResult, { isColored }: { isColored: boolean }): string {
  const { verdict, name, board, hostMs, virtualNs, attempts = 1, failure } = result;
  const words = { passed: ["pass", GREEN], failed: ["FAIL", RED], interrupted: ["stop", YELLOW] } as const;
  const [word, color] = words[verdict];
  const again = attempts > 1 ? `, attempt ${attempts}` : "";
  const times = `${secondsText(hostMs)}, ${(virtualNs / 1e9).toFixed(2)} s of the guest's time${again}`;
  const line = `${paint(word, color, isColored)}  ${board}: ${name} (${times})\n`;
  if (failure === undefined) return line;
  const [first, ...rest] = failureLines(failure);
  return `${line}      ${first}\n${rest.map((text) => `      ${text}\n`).join("")}`;
}

export function summaryText(report: Report): string {
  const { all, passed, failed, errors, interrupted, flaky } = totalsOf(report);
  const parts = [`${passed} passed`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (errors > 0) parts.push(`${errors} could not be run`);
  if (interrupted > 0) parts.push(`${interrupted} interrupted`);
  if (flaky > 0) parts.push(`${flaky} only when tried again`);
  return `${all} scenario${all === 1 ? "" : "s"}: ${parts.join(", ")}, in ${secondsText(report.hostMs)}\n`;
}
