/**
 * Makes `oracle.golden.txt` anew: builds `oracle.c` and asks qemu-arm.
 *
 * Needs arm-linux-gnueabi-gcc and qemu-arm-static: `npx tsx test/arm/semantics/make-oracle.ts [cases a row]`. With a
 * number given, nothing is written; the cases are compared with the interpreter at once.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Row } from "../../../src/arm/decode/index.ts";
import type { OracleCase, Outcome } from "./oracle-cases.ts";
import { casesOf, describeOutcome, isV6, oracleRows } from "./oracle-cases.ts";
import { makeProbe } from "./oracle-probe.ts";

const RECORD_BYTES = 18 * 4;
/** Linux gives SIGTRAP for those undefined instructions that debuggers use as breakpoints. */
const undefinedSignals = new Set([4, 5]);
const CASES_PER_ROW = 6;

function askQemu(cases: readonly OracleCase[], cpu: string): Outcome[] {
  const folder = mkdtempSync(join(tmpdir(), "oracle-"));
  const program = join(folder, "oracle");
  try {
    const source = join(import.meta.dirname, "oracle.c");
    execFileSync("arm-linux-gnueabi-gcc", ["-O1", "-static", "-marm", "-march=armv5te", "-o", program, source]);
    const input = Buffer.alloc(cases.length * RECORD_BYTES);
    for (const [index, each] of cases.entries()) {
      const words = [each.row.isThumb ? 1 : 0, each.word, each.flags, ...each.registers];
      for (const [n, word] of words.entries()) input.writeUInt32LE(word >>> 0, index * RECORD_BYTES + 4 * n);
    }
    const options = { input, maxBuffer: input.length + RECORD_BYTES };
    const output = execFileSync("qemu-arm-static", ["-cpu", cpu, program], options);
    return cases.map((given, index) => outcomeAt(output, index, given));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function outcomeAt(output: Buffer, index: number, given: OracleCase): Outcome {
  const word = (n: number) => output.readUInt32LE(index * RECORD_BYTES + 4 * n);
  if (word(0) !== 0 && !undefinedSignals.has(word(0)))
    throw new Error(`${given.row.name} ${given.word.toString(16)}: signal ${word(0)}`);
  return {
    isUndefined: word(0) !== 0,
    flags: (word(1) & 0xf80f0000) >>> 0,
    registers: Array.from({ length: 15 }, (_, n) => word(2 + n)),
    dataHash: word(17),
  };
}

const perRow = process.argv[2] === undefined ? CASES_PER_ROW : Number(process.argv[2]);
const casesFor = (isWanted: (row: Row) => boolean) =>
  oracleRows.filter(isWanted).flatMap((row) => casesOf(row, perRow));
const [v5Cases, v6Cases] = [casesFor((row) => !isV6(row)), casesFor(isV6)];
const cases = [...v5Cases, ...v6Cases];
const outcomes = [...askQemu(v5Cases, "arm926"), ...askQemu(v6Cases, "arm1176")];
const lines = cases.map((given, index) => `${given.row.name} ${describeOutcome(given, outcomes[index])}`);
if (process.argv[2] === undefined) {
  writeFileSync(join(import.meta.dirname, "oracle.golden.txt"), `${lines.join("\n")}\n`);
} else {
  const probe = makeProbe();
  const wrong = cases.flatMap((given, index) => {
    const ours = `${given.row.name} ${describeOutcome(given, probe(given))}`;
    return ours === lines[index]
      ? []
      : [`${given.registers.map((r) => (r >>> 0).toString(16))}\n  qemu ${lines[index]}\n  ours ${ours}`];
  });
  for (const each of wrong.slice(0, 40)) console.log(each);
  console.log(`${cases.length} cases, ${wrong.length} differ`);
}
