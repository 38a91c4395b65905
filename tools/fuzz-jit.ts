/**
 * Runs random programs on the interpreter and on the compiler and compares them after every slice:
 * `node tools/fuzz-jit.mjs [--cpu MODEL] [--instructions N] [--seed N] [--program N]`; `--program` begins with that one.
 *
 * Exit code 0: all equal, and every row that can be compiled was executed compiled (the default length does that); 1: not so.
 */
import { parseArgs } from "node:util";
import { cpuModels } from "../src/arm/core/index.ts";
import { alwaysInterpreted } from "../test/arm/jit/always-interpreted.table.ts";
import { type CampaignResult, missedRows, runCampaign } from "../test/arm/jit/fuzz/campaign.ts";

const MOST_REPORTS = 5;

function numberOf(text: string | undefined, otherwise: number): number {
  const number = text === undefined ? otherwise : Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  console.error(`error: expected a whole number, found ${text}`);
  process.exit(2);
}

function summarize(result: CampaignResult): void {
  for (const text of result.reports.slice(0, MOST_REPORTS)) console.log(`${text}\n`);
  const { programs, instructions, comparisons, tainted, regions, retired, exits, exceptions } = result;
  console.log(
    `${programs} programs (${tainted} given up early), ${instructions} instructions, ${comparisons} comparisons`,
  );
  console.log(`${regions} regions compiled, ${retired} forgotten, exits by reason ${exits.join(" ")}`);
  console.log(
    Object.entries(exceptions)
      .map(([name, count]) => `${name} ${count}`)
      .join(", "),
  );
  const sum = (counts: Float64Array) => counts.reduce((total, count) => total + count, 0);
  console.log(`${sum(result.compiledRows)} instructions executed compiled, ${sum(result.interpretedRows)} interpreted`);
  console.log(`always interpreted: ${[...alwaysInterpreted].join(", ")}`);
  const missed = missedRows(result, architecture);
  if (missed.length > 0) console.log(`never executed compiled: ${missed.join(", ")}`);
}

const { values } = parseArgs({
  options: {
    cpu: { type: "string" },
    instructions: { type: "string" },
    seed: { type: "string" },
    program: { type: "string" },
  },
});
const model = cpuModels[values.cpu ?? "arm926ej-s"];
if (model === undefined) {
  console.error(`error: expected --cpu ${Object.keys(cpuModels).join(" or ")}, found ${values.cpu}`);
  process.exit(2);
}
const { architecture } = model;
const seed = numberOf(values.seed, 1);
// ARMv6 has half as many rows again, and each wants its share of the half of programs in which rows are counted.
const instructions = numberOf(values.instructions, architecture === 6 ? 10_000_000 : 6_000_000);
console.log(`${model.name}, seed ${seed}, ${instructions} instructions`);
const result = runCampaign({ seed, architecture, instructions, firstProgram: numberOf(values.program, 0) });
summarize(result);
console.log(`${result.reports.length} programs differ`);
process.exitCode = result.reports.length === 0 && missedRows(result, architecture).length === 0 ? 0 : 1;
