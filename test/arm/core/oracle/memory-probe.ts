/** Runs the probe of `probe.s` on a core of ours. */
import type { CpuModel } from "../../../../src/arm/core/index.ts";
import { cpuModels } from "../../../../src/arm/core/index.ts";
import { Interpreter } from "../../../../src/arm/interp/index.ts";
import { GuestBus, HostMemory, PageTraps } from "../../../../src/memory/index.ts";
import type { MemoryCase } from "./memory-cases.ts";
import {
  CASES_ADDRESS,
  casesImage,
  describeResult,
  END_MARK,
  PROGRAM_ADDRESS,
  RAM_SIZE,
  RESULT_WORDS,
  RESULTS_ADDRESS,
} from "./memory-cases.ts";

/** More than the probe's way through one case. */
const INSTRUCTIONS_A_CASE = 250;

export type MakeCore = (bus: GuestBus, model: CpuModel) => Interpreter;

/** What each case did, or an empty list when the probe did not come to its end. */
export function runProbe(code: Uint8Array, cases: readonly MemoryCase[], makeCore?: MakeCore): string[] {
  const host = new HostMemory(RAM_SIZE);
  const regions = [{ kind: "ram", name: "ram", guestAddress: 0, sizeBytes: RAM_SIZE, hostAddress: 0 }] as const;
  const bus = new GuestBus(host, new PageTraps(host.u8.length), regions);
  bus.writeMemory(PROGRAM_ADDRESS, code);
  bus.writeMemory(CASES_ADDRESS, casesImage(cases));
  const model = cpuModels["arm1176jzf-s"];
  const core = makeCore === undefined ? new Interpreter(bus, model) : makeCore(bus, model);
  core.pc = PROGRAM_ADDRESS;
  core.run(cases.length * INSTRUCTIONS_A_CASE);
  const words = new Uint32Array(cases.length * RESULT_WORDS + 1);
  bus.read(RESULTS_ADDRESS, new Uint8Array(words.buffer));
  return words[words.length - 1] === END_MARK ? describeResults(cases, words) : [];
}

export const describeResults = (cases: readonly MemoryCase[], words: Uint32Array): string[] =>
  cases.map((each, index) => describeResult(each, words.subarray(index * RESULT_WORDS, (index + 1) * RESULT_WORDS)));
