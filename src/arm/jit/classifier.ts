/**
 * What the region finder must know of an instruction: found by running the compiler on it, with a scratch writer, so no
 * second table says which instructions branch or need the interpreter.
 */
import type { DecodedInsn } from "../decode/index.ts";
import type { Classification } from "./region.ts";
import { type CoreView, WasmOps } from "./wasm-ops.ts";
import { WasmWriter } from "./wasm-writer.ts";

const PLAIN: Classification = {
  needsInterpreter: false,
  branches: false,
  target: undefined,
  isExchange: false,
  isCall: false,
};

/** Words that are known to be plain, by a hash; what fills a slot first has another hash. */
const PLAIN_SIZE = 8_192;
const plainIndex = (word: number): number => (word ^ (word >>> 13) ^ (word >>> 22)) & (PLAIN_SIZE - 1);

/** What is known of the instructions of one state and privilege, and the operations to find more. */
export class Classifier {
  private readonly ops: WasmOps;
  private readonly plain = new Int32Array(PLAIN_SIZE);

  constructor(isThumb: boolean, core: CoreView) {
    this.ops = new WasmOps(new WasmWriter(), isThumb, core);
    this.plain[plainIndex(0)] = -1;
  }

  /** Runs the compiler on one instruction, unless an equal one neither branched nor needed the interpreter. */
  classify(insn: DecodedInsn, pc: number): Classification {
    const at = plainIndex(insn.raw);
    if (this.plain[at] === (insn.raw | 0)) return PLAIN;
    const { ops } = this;
    ops.w.clear();
    ops.instruction(insn, pc, 1);
    const { needsInterpreter, branchTarget, isExchange, isCall } = ops;
    if (!needsInterpreter && branchTarget === undefined) {
      this.plain[at] = insn.raw;
      return PLAIN;
    }
    const target = branchTarget?.constant;
    return { needsInterpreter, branches: branchTarget !== undefined, target, isExchange, isCall };
  }
}
