/**
 * Makes `memory.golden.txt` anew: assembles `probe.s` and runs it on QEMU's Raspberry Pi.
 *
 * Needs binutils-arm-linux-gnueabi and qemu-system-arm: `npx tsx test/arm/core/oracle/make-memory-golden.ts [seed]`. With a
 * seed given, nothing is written; the cases of that seed are compared with the interpreter at once.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CASE_COUNT,
  CASES_ADDRESS,
  casesImage,
  END_MARK,
  memoryCases,
  PROGRAM_ADDRESS,
  RESULT_WORDS,
  RESULTS_ADDRESS,
} from "./memory-cases.ts";
import { describeResults, runProbe } from "./memory-probe.ts";

const POLL_MS = 500;
const ATTEMPTS = 40;

const folder = mkdtempSync(join(tmpdir(), "oracle-"));
const inFolder = (name: string) => join(folder, name);
const seed = process.argv[2];
const cases = memoryCases(CASE_COUNT, seed === undefined ? undefined : Number(seed));

function assemble(): Buffer {
  const source = join(import.meta.dirname, "probe.s");
  execFileSync("arm-linux-gnueabi-as", ["-o", inFolder("probe.o"), source]);
  const link = [
    "-Ttext",
    `0x${PROGRAM_ADDRESS.toString(16)}`,
    "-e",
    "0",
    "-o",
    inFolder("probe.elf"),
    inFolder("probe.o"),
  ];
  execFileSync("arm-linux-gnueabi-ld", link);
  execFileSync("arm-linux-gnueabi-objcopy", [
    "-O",
    "binary",
    "-j",
    ".text",
    inFolder("probe.elf"),
    inFolder("probe.bin"),
  ]);
  return readFileSync(inFolder("probe.bin"));
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The results, once the mark behind them is there. */
async function askQemu(): Promise<Uint32Array> {
  writeFileSync(inFolder("cases.bin"), casesImage(cases));
  const loader = (what: string) => ["-device", `loader,${what}`];
  const options = ["-M", "raspi0", "-display", "none", "-serial", "none", "-monitor", "stdio"];
  options.push(...loader(`file=${inFolder("probe.bin")},addr=${PROGRAM_ADDRESS},force-raw=on`));
  options.push(...loader(`file=${inFolder("cases.bin")},addr=${CASES_ADDRESS},force-raw=on`));
  options.push(...loader(`addr=${PROGRAM_ADDRESS},cpu-num=0`));
  const qemu = spawn("qemu-system-arm", options, { stdio: ["pipe", "ignore", "inherit"] });
  const words = new Uint32Array(cases.length * RESULT_WORDS + 1);
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      await pause(POLL_MS);
      qemu.stdin.write(`pmemsave ${RESULTS_ADDRESS} ${words.byteLength} "${inFolder("results.bin")}"\n`);
      await pause(POLL_MS);
      const bytes = readFileSync(inFolder("results.bin"));
      new Uint8Array(words.buffer).set(bytes.subarray(0, words.byteLength));
      if (words[words.length - 1] === END_MARK) return words;
    }
    throw new Error("QEMU did not come to the end");
  } finally {
    qemu.stdin.end("quit\n");
  }
}

try {
  const program = assemble();
  const lines = describeResults(cases, await askQemu());
  if (seed === undefined) {
    const code = program
      .toString("hex")
      .replace(/.{128}/g, "$&\n")
      .trim();
    writeFileSync(join(import.meta.dirname, "memory.golden.txt"), `${code}\n\n${lines.join("\n")}\n`);
  } else {
    const ours = runProbe(program, cases);
    const wrong = lines.flatMap((line, index) => (ours[index] === line ? [] : [`qemu ${line}\nours ${ours[index]}`]));
    for (const each of wrong.slice(0, 40)) console.log(each);
    console.log(`${cases.length} cases, ${wrong.length} differ`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
