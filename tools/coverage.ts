/**
 * Counts how often each row of the instruction tables is executed by the boot of a guest, to its shell and through a few
 * commands, and by the fuzzer on each processor, and writes `docs/instruction-coverage.md`:
 * `node tools/coverage.mjs [--board B] [--cases N]`.
 */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { rows } from "../src/arm/decode/index.ts";
import { assert, silentLogger } from "../src/base/index.ts";
import { ConsoleWatch } from "../src/main/console-watch.ts";
import { powerOn } from "../src/main/power-on.ts";
import { armv5Subject, armv6Subject, type FuzzSubject, runCampaign } from "../test/arm/fuzz/campaign.ts";
import { exemptRows } from "../test/arm/fuzz/predictable.ts";
import { vfpSubject } from "../test/arm/fuzz/vfp-case-generator.ts";

const SEED = 1;
const SLICE_INSTRUCTIONS = 400_000;
const MOST_INSTRUCTIONS = 5e9;
const COMMANDS = ["cat /proc/cpuinfo", "ls -l /bin | gzip | md5sum", "awk 'BEGIN { print 2 / 3 }'"];

interface BootCounts {
  counts: Float64Array;
  instructions: number;
}

/** Boots the board's guest and runs a few commands at its shell. */
function countBoot(board: string): BootCounts {
  const options = { board, engine: "interp", clock: "virtual", countRows: true } as const;
  const { machine, consolePort, board: loaded } = powerOn({ ...options, log: silentLogger(), env: process.env });
  const { readyPattern, shellPrompt } = loaded.profile.boot;
  const port = machine.hypervisor.findSerialPort(consolePort);
  assert(port !== undefined, `the guest has the port ${consolePort}`);
  const watch = new ConsoleWatch();
  port.observe((byte) => watch.feed(byte));
  machine.hypervisor.guests[0].kick();
  watch.expect([readyPattern, shellPrompt]);
  for (const command of [...COMMANDS, undefined]) {
    while (!watch.isMatched && machine.instructions() < MOST_INSTRUCTIONS) {
      machine.runSlice(SLICE_INSTRUCTIONS, { skipIdle: true });
    }
    assert(watch.isMatched, `the guest comes to its prompt within ${MOST_INSTRUCTIONS} instructions`);
    if (command === undefined) break;
    watch.expect([shellPrompt]);
    port.send(Buffer.from(`${command}\r`));
  }
  const counts = machine.running?.cpu.rowCounts;
  assert(counts !== undefined, "the machine counts rows");
  return { counts, instructions: machine.instructions() };
}

/** One campaign for each processor, and one for the VFP. */
const subjects: readonly FuzzSubject[] = [armv5Subject, armv6Subject, vfpSubject];

/** Executions by the fuzzer in the column of a processor. */
type ColumnCounts = ReadonlyMap<string, Float64Array>;

/** Runs the campaigns; counts are those of the rows that a campaign is about. */
async function countFuzz(cases: number, projectFolder: string): Promise<ColumnCounts | undefined> {
  const columns = new Map<string, Float64Array>();
  for (const subject of subjects) {
    const result = await runCampaign({ seed: SEED, subject, cases, projectFolder });
    for (const report of result.reports) console.error(report);
    if (result.missedRows.length > 0) console.error(`never executed: ${result.missedRows.join(", ")}`);
    if (result.reports.length > 0 || result.missedRows.length > 0) return undefined;
    const counts = columns.get(subject.model.name) ?? new Float64Array(rows.length);
    for (const { index } of subject.rows) counts[index] += result.rowCounts[index];
    columns.set(subject.model.name, counts);
  }
  return columns;
}

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\t", " ");

function makeDocument(boot: BootCounts, fuzz: { columns: ColumnCounts; cases: number }, board: string): string {
  const names = [...fuzz.columns.keys()];
  const lines = rows.map(({ name, syntax, isThumb, index, arch = "v4T" }) => {
    const counted = names.map((column) => fuzz.columns.get(column)?.[index] || "").join(" | ");
    const exempt = exemptRows[name] === undefined ? "" : `no: ${exemptRows[name]}`;
    const start = `| ${isThumb ? "Thumb" : "ARM"} | ${name} | \`${cell(syntax)}\` | ${arch} |`;
    return `${start} ${boot.counts[index]} | ${counted} | ${exempt} |`;
  });
  const booted = rows.filter(({ index }) => boot.counts[index] > 0).length;
  const exempt = Object.keys(exemptRows).length;
  return [
    "# Instruction coverage",
    "",
    "Made by `node tools/coverage.mjs`; do not edit. A row is one encoding of the instruction tables in `src/arm/decode`.",
    "",
    `- *Boot*: executions while ${board}'s guest boots to its shell and runs ${COMMANDS.length} commands there`,
    `  (${boot.instructions} instructions, those whose condition fails included); ${booted} of ${rows.length} rows.`,
    `- *${names.join("*, *")}*: executions in ${fuzz.cases} random cases (seed ${SEED}) whose result equalled that of`,
    `  qemu-arm with this processor, and as many more for the VFP; all rows but ${exempt}, which have the tests named.`,
    "- *Since*: the first version of the architecture that has the row; a processor without it takes it as undefined.",
    "",
    `| State | Row | Syntax | Since | Boot | ${names.join(" | ")} | Not fuzzed |`,
    `| --- | --- | --- | --- | ---: | ${names.map(() => "---:").join(" | ")} | --- |`,
    ...lines,
    "",
  ].join("\n");
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { board: { type: "string" }, cases: { type: "string" } } });
  const board = values.board ?? "versatilepb";
  const cases = Number(values.cases ?? 200_000);
  const projectFolder = resolve(".");
  const boot = countBoot(board);
  const columns = await countFuzz(cases, projectFolder);
  if (columns === undefined) return 1;
  const text = makeDocument(boot, { columns, cases }, board);
  writeFileSync(join(projectFolder, "docs/instruction-coverage.md"), text);
  console.log(text);
  return 0;
}

process.exitCode = await main();
