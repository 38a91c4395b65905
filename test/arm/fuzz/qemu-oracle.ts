/** Builds `test/oracle/oracle.c` when it is not in the cache, and runs cases on it under qemu-arm. */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { FuzzCase, Outcome } from "./fuzz-case.ts";
import { CPSR_COMPARED, RECORD_WORDS, recordOf, VFP_WORDS } from "./fuzz-case.ts";

const COMPILER = "arm-linux-gnueabi-gcc";
const EMULATOR = "qemu-arm-static";
/** Linked where no case goes by chance. */
const OPTIONS = ["-O2", "-static", "-marm", "-march=armv5te", "-Wl,-Ttext-segment=0x71230000"];
const RECORD_BYTES = RECORD_WORDS * 4;
/** A run that takes longer hangs. */
const LIMIT_MS = 600_000;

/** Which of the two programs is missing; `undefined` when both are here. */
export function missingTool(): string | undefined {
  return [COMPILER, EMULATOR].find((tool) => spawnSync(tool, ["--version"], { stdio: "ignore" }).status !== 0);
}

/** The oracle program; its name holds the hash of what it was built from. */
function buildOracle(projectFolder: string): string {
  const source = join(projectFolder, "test/oracle/oracle.c");
  const hash = createHash("sha256").update(readFileSync(source)).update(OPTIONS.join(" ")).digest("hex").slice(0, 16);
  const folder = join(projectFolder, "node_modules/.cache/komainu");
  const program = join(folder, `oracle-${hash}`);
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const unfinished = `${program}.${process.pid}`;
  const result = spawnSync(COMPILER, [...OPTIONS, "-o", unfinished, source], { encoding: "utf8" });
  if (result.status !== 0) throw new Error(`${COMPILER} failed:\n${result.stderr}`);
  renameSync(unfinished, program);
  return program;
}

const outcomeBytes = ({ vfp }: FuzzCase): number => RECORD_BYTES + (vfp === undefined ? 0 : 4 * VFP_WORDS);

/** The outcome at byte `start`. */
function readOutcome(output: Buffer, start: number, { vfp }: FuzzCase): Outcome {
  const word = (n: number) => output.readUInt32LE(start + 4 * n);
  return {
    ...(vfp === undefined ? {} : { vfp: Array.from({ length: VFP_WORDS }, (_, n) => word(RECORD_WORDS + n)) }),
    signal: word(0),
    faultAddress: word(1),
    pc: word(2),
    cpsr: (word(3) & CPSR_COMPARED) >>> 0,
    registers: Array.from({ length: 15 }, (_, n) => word(4 + n)),
    dataHash: word(19),
    firstChange: word(20) === 0xffffffff ? "unchanged" : `word ${word(20)} is ${word(21).toString(16)}`,
  };
}

/** What each case leaves under qemu-arm with `-cpu`. */
export async function askQemu(cases: readonly FuzzCase[], projectFolder: string, cpu = "arm926"): Promise<Outcome[]> {
  const words = Uint32Array.from(cases.flatMap(recordOf));
  const options = cpu === "arm926" ? [] : ["clrex"];
  const qemu = spawn(EMULATOR, ["-cpu", cpu, buildOracle(projectFolder), ...options], {
    stdio: ["pipe", "pipe", "inherit"],
    timeout: LIMIT_MS,
  });
  const chunks: Buffer[] = [];
  qemu.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<number | null>((good, bad) => {
    qemu.on("error", bad);
    qemu.on("close", good);
  });
  // A process that ended early is reported by its exit code below.
  qemu.stdin.on("error", () => {});
  qemu.stdin.end(Buffer.from(words.buffer));
  const status = await ended;
  const output = Buffer.concat(chunks);
  const starts: number[] = [];
  let end = 0;
  for (const given of cases) {
    starts.push(end);
    end += outcomeBytes(given);
  }
  if (status !== 0 || output.length !== end) {
    const finished = starts.filter((start) => start < output.length).length;
    throw new Error(`the oracle ended with ${status} after ${finished} of ${cases.length} cases`);
  }
  return cases.map((given, index) => readOutcome(output, starts[index], given));
}
