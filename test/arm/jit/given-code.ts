/** Code as the region finder sees it: words from `CODE` on, each page in a frame of RAM, all of it executed but for what is cold. */
import { Decoder, rows } from "../../../src/arm/decode/index.ts";
import { type CodeView, RegionFinder } from "../../../src/arm/jit/region.ts";
import type { RegionLimits } from "../../../src/arm/jit/tuning.table.ts";
import { type CoreView, WasmOps } from "../../../src/arm/jit/wasm-ops.ts";
import { WasmWriter } from "../../../src/arm/jit/wasm-writer.ts";
import { RAM_OFFSET } from "../../../src/memory/index.ts";
import { givenCpu } from "../given-cpu.ts";

export const CODE = 0x10000;
export const NOP = 0xe1a00000;
export const BX_LR = 0xe12fff1e;
export const SVC = 0xef000000;
export const BL = 0xeb000000;

/** `b`, or another branch, from a word of the code to another. */
export const branch = (from: number, to: number, opcode = 0xea000000): number =>
  (opcode | ((to - from - 2) & 0xffffff)) >>> 0;

export interface GivenCode {
  readonly words: readonly number[];
  /** Word indices that the interpreter has not seen. */
  readonly cold?: readonly number[];
  readonly unmappedPages?: readonly number[];
  readonly limits?: Partial<RegionLimits>;
}

export const ROOMY: RegionLimits = { maxBlocks: 96, maxInstructions: 1200 };
/** A privileged core of ARMv5. */
export const core: CoreView = { isPrivileged: true, cp15: givenCpu().core.cp15 };
const decoder = new Decoder<unknown>(rows.map(() => () => {}));

/** Frame of the host memory of a page at its own physical address. */
export const frameOf = (pc: number): number => (RAM_OFFSET + pc) >>> 12;

function viewOf({ words, cold = [], unmappedPages = [] }: GivenCode): CodeView {
  const indexOf = (pc: number) => (pc - CODE) >> 2;
  return {
    frameOf: (pc) => (unmappedPages.includes(pc >>> 12) ? -1 : frameOf(pc)),
    executed: (_frame, pc) => pc >= CODE && indexOf(pc) < words.length && !cold.includes(indexOf(pc)),
    decode: (_frame, pc) => decoder.arm(words[indexOf(pc)]),
    classify: (insn, pc) => {
      const ops = new WasmOps(new WasmWriter(), false, core);
      ops.instruction(insn, pc, 1);
      const { needsInterpreter, branchTarget, isExchange, isCall } = ops;
      const branches = branchTarget !== undefined;
      return { needsInterpreter, branches, target: branchTarget?.constant, isExchange, isCall };
    },
  };
}

/** The region of a word; with much room, and inlining, unless told otherwise. */
export const findRegion = (given: GivenCode, entry = 0) =>
  new RegionFinder(viewOf(given), false, { ...ROOMY, ...given.limits }).find(CODE + entry * 4);
