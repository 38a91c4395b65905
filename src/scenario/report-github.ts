/**
 * Results for GitHub Actions: annotations at the lines of the scenario file, and a table for the step's summary.
 *
 * GitHub shows ten annotations of a kind for a step, so the first ten failures get one and the summary has all of them.
 */
import { failureLines } from "./failure-report.ts";
import { type Report, totalsOf } from "./report.ts";
import type { ScenarioResult } from "./runner.ts";

const MAX_ANNOTATIONS = 10;
/** GitHub refuses a summary of more than a MiB. */
const MAX_SUMMARY_BYTES = 1_000_000;

const data = (text: string): string => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

const failuresOf = ({ results }: Report) =>
  results.flatMap((result) => (result.failure === undefined ? [] : [{ ...result, failure: result.failure }]));

/** Workflow commands, a line each. */
export function githubAnnotations(report: Report): string {
  const lines = failuresOf(report).map(({ name, failure }) => {
    const { path, line, column } = failure.place;
    const where = `file=${property(path)},line=${line},col=${column},title=${property(name)}`;
    return `::error ${where}::${data(failureLines(failure).join("\n"))}\n`;
  });
  return lines.slice(0, MAX_ANNOTATIONS).join("");
}

/** Text that is neither markup nor a new cell. */
const cell = (text: string): string => text.replace(/[\\`*_{}[\]<>#|!~]/g, "\\$&").replace(/\s+/g, " ");

function row({ verdict, board, name, hostMs, virtualNs }: ScenarioResult): string {
  const times = `${(hostMs / 1000).toFixed(2)} s | ${(virtualNs / 1e9).toFixed(2)} s`;
  return `| ${verdict} | ${cell(board)} | ${cell(name)} | ${times} |\n`;
}

/** Markdown for `$GITHUB_STEP_SUMMARY`. */
export function githubSummary(report: Report): string {
  const { passed, failed, errors, all } = totalsOf(report);
  const head = `### Komainu: ${passed} of ${all} scenarios passed${failed + errors > 0 ? `, ${failed + errors} failed` : ""}\n\n`;
  const details = failuresOf(report).map(({ name, failure }) => {
    // A fence longer than any in the text.
    const text = failureLines(failure).join("\n").replaceAll("````", "'''`");
    return `\n#### ${cell(name)}\n\n\`\`\`\`text\n${text}\n\`\`\`\`\n`;
  });
  const table = `| | board | scenario | host | guest |\n| --- | --- | --- | --- | --- |\n${report.results.map(row).join("")}`;
  const whole = `${head}${table}${details.join("")}`;
  return Buffer.byteLength(whole) <= MAX_SUMMARY_BYTES ? whole : `${head}The details are in the log.\n`;
}
