/**
 * Gives randomly damaged board profiles to `board lint` and `exec`:
 * `node tools/mutate-profiles.mjs [--count N] [--seed N] [--first N]`; `--first` begins with that one.
 *
 * Exit code 0: each was refused with a message that has place and code and exit code 2 or 3, or ran; 1: not so.
 */
import { parseArgs } from "node:util";
import { runCampaign } from "../test/board/mutation/campaign.ts";

const MOST_REPORTS = 10;

function numberOf(text: string | undefined, otherwise: number): number {
  const number = text === undefined ? otherwise : Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  console.error(`error: expected a whole number, found ${text}`);
  process.exit(2);
}

const { values } = parseArgs({
  options: { count: { type: "string" }, seed: { type: "string" }, first: { type: "string" } },
});
const seed = numberOf(values.seed, 1);
const count = numberOf(values.count, 400);
console.log(`${count} mutations, seed ${seed}`);
const { reports, codes, exits } = await runCampaign({ seed, count, first: numberOf(values.first, 0) });
for (const report of reports.slice(0, MOST_REPORTS)) console.log(`${report}\n`);
const sorted = [...codes].sort(([, a], [, b]) => b - a);
console.log(sorted.map(([code, times]) => `${code} ${times}`).join(", "));
console.log(`exit codes: ${[...exits].map(([code, times]) => `${code}: ${times}`).join(", ")}`);
console.log(`${reports.length} complaints`);
process.exit(reports.length === 0 ? 0 : 1);
