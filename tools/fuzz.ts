/**
 * Runs random ARM and Thumb code on the interpreter and on qemu-arm and compares what each leaves:
 * `node tools/fuzz.mjs [--cpu MODEL] [--cases N] [--seed N] [--case N]`; `--case` shows and compares only that one.
 * Models: arm926ej-s, arm1176jzf-s, and its VFP by itself, arm1176jzf-s-vfp.
 *
 * Exit code 0: all agree and every row was executed; 1: not so; 3: a program is missing.
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { rows } from "../src/arm/decode/index.ts";
import type { CampaignResult, FuzzSubject } from "../test/arm/fuzz/campaign.ts";
import { armv5Subject, armv6Subject, describeCase, runCampaign } from "../test/arm/fuzz/campaign.ts";
import { exemptRows } from "../test/arm/fuzz/predictable.ts";
import { missingTool } from "../test/arm/fuzz/qemu-oracle.ts";
import { vfpSubject } from "../test/arm/fuzz/vfp-case-generator.ts";

const MOST_REPORTS = 20;
const subjects = new Map([
  ["arm926ej-s", armv5Subject],
  ["arm1176jzf-s", armv6Subject],
  ["arm1176jzf-s-vfp", vfpSubject],
]);

/** A number of the command line or the environment. */
function numberOf(text: string | undefined, otherwise: number): number {
  const number = text === undefined ? otherwise : Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  console.error(`error: expected a whole number, found ${text}`);
  process.exit(2);
}

function printRows({ rowCounts }: CampaignResult, subject: FuzzSubject): void {
  const shown = rows.filter((row) => exemptRows[row.name] !== undefined || subject.rows.includes(row));
  const cells = shown.map(
    ({ name, index }) => `${name} ${exemptRows[name] === undefined ? rowCounts[index] : "exempt"}`,
  );
  const width = Math.max(...cells.map((cell) => cell.length)) + 2;
  for (let from = 0; from < cells.length; from += 4) {
    console.log(
      cells
        .slice(from, from + 4)
        .map((cell) => cell.padEnd(width))
        .join("")
        .trimEnd(),
    );
  }
}

function summarize(result: CampaignResult, subject: FuzzSubject): void {
  for (const text of result.reports.slice(0, MOST_REPORTS)) console.log(`${text}\n`);
  printRows(result, subject);
  for (const [reason, cases] of result.skipped) console.log(`not compared: ${cases} (${reason})`);
  for (const [signal, cases] of result.ends) console.log(`ended by signal ${signal}: ${cases}`);
  for (const [name, reason] of Object.entries(exemptRows)) console.log(`exempt: ${name} (${reason})`);
  if (result.missedRows.length > 0) console.log(`never executed: ${result.missedRows.join(", ")}`);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      cpu: { type: "string" },
      cases: { type: "string" },
      seed: { type: "string" },
      case: { type: "string" },
    },
  });
  const subject = subjects.get(values.cpu ?? "arm926ej-s");
  if (subject === undefined) {
    console.error(`error: expected --cpu ${[...subjects.keys()].join(" or ")}, found ${values.cpu}`);
    return 2;
  }
  const seed = numberOf(values.seed ?? process.env.FUZZ_SEED, 1);
  const cases = numberOf(values.cases ?? process.env.FUZZ_CASES, 200_000);
  const missing = missingTool();
  if (missing !== undefined) {
    console.error(
      `error: ${missing} is not installed; on Debian: apt-get install gcc-arm-linux-gnueabi qemu-user-static`,
    );
    return 3;
  }
  const projectFolder = resolve(".");
  if (values.case !== undefined) {
    const firstCase = numberOf(values.case, 0);
    const result = await runCampaign({ seed, subject, cases: 1, firstCase, projectFolder });
    const text = result.reports[0] ?? describeCase(subject.makeCase(seed, firstCase), subject).join("\n");
    console.log(`${text}\n${result.reports.length === 0 ? "agrees, or is not compared" : "differs"}`);
    return result.reports.length === 0 ? 0 : 1;
  }
  console.log(`${subject.model.name}, seed ${seed}, ${cases} cases`);
  const result = await runCampaign({ seed, subject, cases, projectFolder });
  summarize(result, subject);
  console.log(`${result.compared} cases, ${result.reports.length} differ`);
  return result.reports.length === 0 && result.missedRows.length === 0 ? 0 : 1;
}

process.exitCode = await main();
