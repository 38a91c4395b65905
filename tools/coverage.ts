/**
 * Counts how often each row of the instruction tables is executed by the boot of a guest, to its shell and through a few
 * commands, and by the fuzzer, and writes `docs/instruction-coverage.md`: `node tools/coverage.mjs [--board B] [--cases N]`.
 */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { rows } from "../src/arm/decode/index.ts";
import { assert, silentLogger } from "../src/base/index.ts";
import { ConsoleWatch } from "../src/main/console-watch.ts";
import { powerOn } from "../src/main/power-on.ts";
import { runCampaign } from "../test/arm/fuzz/campaign.ts";
import { exemptRows } from "../test/arm/fuzz/predictable.ts";

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

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\t", " ");

function makeDocument(boot: BootCounts, fuzz: { counts: Float64Array; cases: number }, board: string): string {
  const lines = rows.map(({ name, syntax, isThumb, index }) => {
    const fuzzed = exemptRows[name] === undefined ? `${fuzz.counts[index]}` : `no: ${exemptRows[name]}`;
    return `| ${isThumb ? "Thumb" : "ARM"} | ${name} | \`${cell(syntax)}\` | ${boot.counts[index]} | ${fuzzed} |`;
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
    `- *Fuzzer*: executions in ${fuzz.cases} random cases (seed ${SEED}) whose result equalled that of qemu-arm;`,
    `  all rows but ${exempt}, which have the tests named in their place.`,
    "",
    "| State | Row | Syntax | Boot | Fuzzer |",
    "| --- | --- | --- | ---: | ---: |",
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
  const result = await runCampaign({ seed: SEED, cases, projectFolder });
  for (const report of result.reports) console.error(report);
  if (result.reports.length > 0 || result.missedRows.length > 0) return 1;
  const text = makeDocument(boot, { counts: result.rowCounts, cases }, board);
  writeFileSync(join(projectFolder, "docs/instruction-coverage.md"), text);
  console.log(text);
  return 0;
}

process.exitCode = await main();
