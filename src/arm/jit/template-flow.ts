/**
 * How the template interpreter goes on after an instruction: to the next record, or to a jump's target.
 *
 * Labels are numbered from the outside, see the constants.
 */
import { CPU_STATE_OFFSET, FRAME_RECORDS_OFFSET, HEAT_OFFSET } from "../../memory/index.ts";
import { ADDEND, ENTRY_WORDS, FLAG_T, TAG_EXECUTE, TLB_ENTRIES } from "../core/index.ts";
import { Exit, LOCAL_ENTRY, LOCAL_EXIT_PC, LOCAL_EXIT_REASON, LOCAL_HOST, LOCAL_REMAINING } from "./locals.table.ts";
import { HEAT_FLAVOUR_WORD, HEAT_LIMIT_WORD, HEAT_STEP_WORD, TLB_BANK_WORD } from "./look-up.ts";
import {
  EXIT_AT_LABEL,
  EXIT_LABEL,
  LOCAL_HANDLER,
  LOCAL_HEAT,
  LOCAL_PC,
  LOCAL_RECORD,
  LOCAL_TARGET,
  type TemplateOps,
} from "./template-ops.ts";
import { HEAT_ENTRIES, RECORD_BYTES } from "./template-shape.ts";
import { KIND_FETCH, LOOK_UP_FUNCTION } from "./wasm-memory.ts";
import { Op } from "./wasm-writer.ts";

/** The loop: does the handler in its local. */
export const DISPATCH_LABEL = 3;
/** Finds the record of `target` by the TLB. */
export const LAND_LABEL = 4;
/** Counts the jump to `target` first. */
export const JUMP_LABEL = 5;
const TLB_INDEX_SHIFT = 12 - Math.log2(ENTRY_WORDS * 4);
const TLB_INDEX_MASK = (TLB_ENTRIES - 1) * ENTRY_WORDS * 4;
const stateAddress = (word: number): number => CPU_STATE_OFFSET + word * 4;

/** To the next record, unless the slice is over. */
export function next(ops: TemplateOps): void {
  const { w } = ops;
  w.get(LOCAL_PC).const(4).op(Op.add).set(LOCAL_PC);
  w.get(LOCAL_RECORD).const(RECORD_BYTES).op(Op.add).tee(LOCAL_RECORD).memory(Op.load16u, 0, 1).set(LOCAL_HANDLER);
  w.get(LOCAL_REMAINING)
    .const(1)
    .op(Op.sub)
    .tee(LOCAL_REMAINING)
    .hint(true)
    .brIf(ops.depth - DISPATCH_LABEL);
  w.br(ops.depth - EXIT_LABEL);
}

/** After an instruction that jumps: to its target, which may be in Thumb state. */
export function branch(ops: TemplateOps, isExchange: boolean): void {
  const { w } = ops;
  const target = ops.branchTarget;
  if (target === undefined) return;
  ops.retire();
  if (isExchange) {
    ops.pushValue(target);
    w.const(1).op(Op.and).hint(false);
    ops.open(Op.if);
    w.const(0).const(1).memory(Op.store, stateAddress(FLAG_T), 2);
    ops.pushValue(target);
    w.const(~1)
      .op(Op.and)
      .set(LOCAL_EXIT_PC)
      .br(ops.depth - EXIT_AT_LABEL);
    ops.close();
  }
  ops.pushValue(target);
  w.const(~3)
    .op(Op.and)
    .set(LOCAL_TARGET)
    .br(ops.depth - JUMP_LABEL);
}

/** A jump is counted by its target, and a hot one leaves this function; within the page it is one of records. */
export function jump(ops: TemplateOps): void {
  const { w } = ops;
  leaveAtEnd(ops);
  w.get(LOCAL_TARGET).const(1).op(Op.shrU).get(LOCAL_TARGET).const(17).op(Op.shrU, Op.xor);
  w.loadAt(stateAddress(HEAT_FLAVOUR_WORD))
    .op(Op.xor)
    .const(HEAT_ENTRIES - 1)
    .op(Op.and);
  w.const(1).op(Op.shl).tee(LOCAL_ENTRY).memory(Op.load16u, HEAT_OFFSET, 1).tee(LOCAL_HEAT);
  w.loadAt(stateAddress(HEAT_LIMIT_WORD)).op(Op.geU).hint(false);
  ops.open(Op.if);
  leaveAtTarget(ops, Exit.hot);
  ops.close();
  w.get(LOCAL_ENTRY).get(LOCAL_HEAT).loadAt(stateAddress(HEAT_STEP_WORD)).op(Op.add).memory(Op.store16, HEAT_OFFSET, 1);
  w.get(LOCAL_TARGET).get(LOCAL_PC).op(Op.xor).const(~0xfff).op(Op.and).hint(false);
  w.brIf(ops.depth - LAND_LABEL);
  w.get(LOCAL_RECORD).get(LOCAL_TARGET).get(LOCAL_PC).op(Op.sub);
  w.const(RECORD_BYTES / 4)
    .op(Op.mul, Op.add)
    .set(LOCAL_RECORD);
  dispatchTarget(ops);
}

/** The slice may be over; PC is `target` then. */
export function leaveAtEnd(ops: TemplateOps): void {
  ops.w.get(LOCAL_REMAINING).op(Op.eqz).hint(false);
  ops.open(Op.if);
  leaveAtTarget(ops, Exit.next);
  ops.close();
}

function leaveAtTarget(ops: TemplateOps, reason: number): void {
  ops.w.const(reason).set(LOCAL_EXIT_REASON);
  ops.w
    .get(LOCAL_TARGET)
    .set(LOCAL_EXIT_PC)
    .br(ops.depth - EXIT_AT_LABEL);
}

function dispatchTarget(ops: TemplateOps): void {
  const { w } = ops;
  w.get(LOCAL_TARGET).set(LOCAL_PC);
  w.get(LOCAL_RECORD).memory(Op.load16u, 0, 1).set(LOCAL_HANDLER);
  w.br(ops.depth - DISPATCH_LABEL);
}

/** Finds the record of `target` by the TLB. */
export function land(ops: TemplateOps): void {
  const { w } = ops;
  w.get(LOCAL_TARGET).const(TLB_INDEX_SHIFT).op(Op.shrU).const(TLB_INDEX_MASK).op(Op.and);
  w.loadAt(stateAddress(TLB_BANK_WORD))
    .op(Op.add)
    .tee(LOCAL_ENTRY)
    .memory(Op.load, TAG_EXECUTE * 4, 2);
  w.get(LOCAL_TARGET).const(~0xfff).op(Op.and, Op.ne).hint(false);
  ops.open(Op.if);
  w.get(LOCAL_TARGET).const(KIND_FETCH).call(LOOK_UP_FUNCTION).const(0).op(Op.ltS).hint(false);
  ops.open(Op.if);
  leaveAtTarget(ops, Exit.unfetchable);
  ops.close();
  ops.close();
  w.get(LOCAL_TARGET)
    .get(LOCAL_ENTRY)
    .memory(Op.load, ADDEND * 4, 2)
    .op(Op.add)
    .const(12)
    .op(Op.shrU);
  w.const(2).op(Op.shl).memory(Op.load, FRAME_RECORDS_OFFSET, 2).tee(LOCAL_HOST).op(Op.eqz).hint(false);
  ops.open(Op.if);
  leaveAtTarget(ops, Exit.undecoded);
  ops.close();
  w.get(LOCAL_TARGET).const(0xffc).op(Op.and);
  w.const(RECORD_BYTES / 4)
    .op(Op.mul)
    .get(LOCAL_HOST)
    .op(Op.add)
    .set(LOCAL_RECORD);
  dispatchTarget(ops);
}
