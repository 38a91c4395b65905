/**
 * The compiler's operations for templates: an instruction whose register numbers, immediate and shift amount are not known
 * when its code is made, but lie in a record that the code reads.
 *
 * The one semantic function of an instruction runs with stand-ins in place of those fields: numbers that no instruction
 * has. Where one comes back, in `reg` or `const`, the code reads the record. A function that computes with a field gives
 * something else than the stand-in: `template-module.ts` makes each template with two sets of them and compares.
 */
import { CPU_STATE_OFFSET } from "../../memory/index.ts";
import { PC, REMAINING } from "../core/index.ts";
import type { DecodedInsn } from "../decode/index.ts";
import { Exit, LOCAL_C, LOCAL_EXIT_REASON, LOCAL_REMAINING, REGISTER_LOCAL } from "./locals.table.ts";
import { EXACT_VALUE_WORD } from "./look-up.ts";
import { RECORD_BYTES, type RowParameters, SLOT_AMOUNT, SLOT_IMMEDIATE } from "./template-shape.ts";
import { constantValue, type Value } from "./value.ts";
import { KIND_BLOCK, KIND_EXACT } from "./wasm-memory.ts";
import { type CoreView, WasmOps } from "./wasm-ops.ts";
import { Op, type WasmWriter } from "./wasm-writer.ts";

/**
 * Locals that a region has its registers in; here registers lie in memory. These two and the count of instructions are all
 * that lives from one instruction to the next: what else was in locals would be computed and saved at each dispatch.
 */
export const LOCAL_RECORD = REGISTER_LOCAL;
export const LOCAL_PC = REGISTER_LOCAL + 1;
export const LOCAL_HANDLER = REGISTER_LOCAL + 2;
export const LOCAL_TARGET = REGISTER_LOCAL + 3;
export const LOCAL_HEAT = REGISTER_LOCAL + 4;
/** Labels from the outside: PC is in LOCAL_EXIT_PC; PC is that of the record. */
export const EXIT_AT_LABEL = 1;
export const EXIT_LABEL = 2;

/** The numbers that stand for fields; two sets, and only what is the same with both is a template. */
export interface StandIns {
  readonly register: number;
  readonly immediate: number;
  readonly bits: number;
  readonly amount: number;
}
export const STAND_INS: readonly StandIns[] = [
  { register: 1_000, immediate: 0x5a17_0c60, bits: 0x3b00_0400, amount: 0x2b00_0440 },
  { register: 5_501, immediate: -0x2b8e_3b20, bits: 0x4c00_1100, amount: 0x1c00_2260 },
];

const stateAddress = (word: number): number => CPU_STATE_OFFSET + word * 4;

export class TemplateOps extends WasmOps {
  private readonly standIns: StandIns;

  constructor(writer: WasmWriter, core: CoreView, standIns: StandIns) {
    super(writer, false, core);
    this.standIns = standIns;
  }

  /** The instruction with stand-ins for what the record has. */
  withStandIns(
    insn: DecodedInsn,
    { registers, immediate, isRotated, isSigned, hasAmount }: RowParameters,
  ): DecodedInsn {
    const { standIns } = this;
    const fields: Record<string, number> = {};
    for (const { name, slot } of registers) {
      if (insn[name] !== 15) fields[name] = standIns.register + slot;
    }
    if (immediate !== undefined) fields[immediate] = standIns.immediate;
    if (isRotated) Object.assign(fields, { v: standIns.bits, r: insn.r === 0 ? 0 : 1 });
    if (isSigned) fields.U = standIns.register & 1;
    if (hasAmount && insn.i !== 0) fields.i = standIns.amount;
    return { ...insn, ...fields };
  }

  /** Byte of the record that has the number of a register, or -1. */
  private slotOf(n: number): number {
    const slot = n - this.standIns.register;
    return slot >= 0 && slot < RECORD_BYTES ? slot : -1;
  }

  /** Address of the instruction, plus an offset. */
  pcValue(offset: number): Value {
    this.w.get(LOCAL_PC).const(offset).op(Op.add);
    return this.pop();
  }

  override reg(n: number): Value {
    if (n === 15) return this.pcValue(8);
    const pending = this.pending.get(n);
    if (pending !== undefined) return pending;
    const slot = this.slotOf(n);
    if (slot < 0) this.w.loadAt(stateAddress(n));
    else this.w.get(LOCAL_RECORD).memory(Op.load8u, slot, 0).memory(Op.load, CPU_STATE_OFFSET, 2);
    return this.pop();
  }

  override nextAddress(): Value {
    return this.pcValue(4);
  }

  override const(value: number): Value {
    const { immediate } = this.standIns;
    if (value === immediate) return this.immediateValue();
    return value === ~immediate ? this.not(this.immediateValue()) : constantValue(value);
  }

  private immediateValue(): Value {
    this.w.get(LOCAL_RECORD).memory(Op.load, SLOT_IMMEDIATE, 2);
    return this.pop();
  }

  override expandImm(imm8: number, rotate: number): Value {
    if (imm8 !== this.standIns.bits) return super.expandImm(imm8, rotate);
    const value = this.immediateValue();
    this.carryOfShift = rotate === 0 ? () => this.w.get(LOCAL_C) : () => this.push(value).const(31).op(Op.shrU);
    return value;
  }

  override shiftImm(type: number, value: Value, amount: number): Value {
    if (amount !== this.standIns.amount) return super.shiftImm(type, value, amount);
    this.carryOfShift = () => {
      this.push(value);
      if (type === 0) this.w.const(0);
      this.pushAmount();
      if (type !== 0) this.w.const(1);
      this.w.op(Op.sub, Op.shrU).const(1).op(Op.and);
    };
    return this.shiftImmNoCarry(type, value, amount);
  }

  override shiftImmNoCarry(type: number, value: Value, amount: number): Value {
    if (amount !== this.standIns.amount) return super.shiftImmNoCarry(type, value, amount);
    this.push(value);
    this.pushAmount();
    this.w.op([Op.shl, Op.shrU, Op.shrS, Op.rotr][type]);
    return this.pop();
  }

  private pushAmount(): void {
    this.w.get(LOCAL_RECORD).memory(Op.load8u, SLOT_AMOUNT, 0);
  }

  protected override commit(): void {
    for (const [n, value] of this.pending) {
      const slot = this.slotOf(n);
      if (slot < 0) this.w.const(0);
      else this.w.get(LOCAL_RECORD).memory(Op.load8u, slot, 0);
      this.push(value).memory(Op.store, slot < 0 ? stateAddress(n) : CPU_STATE_OFFSET, 2);
    }
  }

  /**
   * Devices are accessed at once: leaving for the interpreter would cost more. They see the count with this instruction, and
   * may end the slice after it. The answer is the address of a word that the access is done with.
   */
  protected override lookUp(address: Value, kind: number, stored: Value | undefined): void {
    if ((kind & KIND_BLOCK) !== 0) {
      super.lookUp(address, kind, stored);
      return;
    }
    const { w } = this;
    w.const(0).get(LOCAL_PC).memory(Op.store, stateAddress(PC), 2);
    w.const(0).get(LOCAL_REMAINING).const(1).op(Op.sub).memory(Op.store, stateAddress(REMAINING), 2);
    if (stored !== undefined) {
      w.const(0);
      this.push(stored).memory(Op.store, stateAddress(EXACT_VALUE_WORD), 2);
    }
    super.lookUp(address, kind | KIND_EXACT, stored);
    w.loadAt(stateAddress(REMAINING)).const(1).op(Op.add).set(LOCAL_REMAINING);
  }

  /** The interpreter does this instruction. */
  protected override exitBefore(): void {
    this.leave(Exit.interpret);
  }

  /** Leaves with PC at the record. */
  leave(reason: number): void {
    this.w.const(reason).set(LOCAL_EXIT_REASON);
    this.w.br(this.depth - EXIT_LABEL);
  }

  /** After this instruction. */
  override exit(_pc: Value, reason: number): void {
    this.w.get(LOCAL_PC).const(4).op(Op.add).set(LOCAL_PC);
    this.retire();
    this.leave(reason);
  }

  /** One instruction less is left. */
  retire(): void {
    this.w.get(LOCAL_REMAINING).const(1).op(Op.sub).set(LOCAL_REMAINING);
  }
}
