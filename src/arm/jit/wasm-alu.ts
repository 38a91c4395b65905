/** Arithmetic and flags of the compiler: `Ops<Value>` that write wasm code for values in locals. */

import { CPU_STATE_OFFSET } from "../../memory/index.ts";
import { FLAG_Q } from "../core/index.ts";
import { FIRST_TEMPORARY, LOCAL_C, LOCAL_N, LOCAL_V, LOCAL_Z, REGISTER_LOCAL, WIDE_A, WIDE_B } from "./locals.table.ts";
import { constantValue, localValue, type Value } from "./value.ts";
import { Op, type WasmWriter } from "./wasm-writer.ts";

const stateAddress = (word: number): number => CPU_STATE_OFFSET + word * 4;

/** How the carry of the last shift is made, if anybody asks. */
type ShiftCarry = () => void;

/** Operands of the last addition with carry. */
interface Addition {
  readonly a: Value;
  readonly b: Value;
  readonly carryIn: Value;
  readonly result: Value;
}

export abstract class WasmAlu {
  readonly w: WasmWriter;
  /** Locals from `FIRST_TEMPORARY` on that are in use. */
  extraLocals = 0;
  /** Temporaries that an earlier instruction used and this one may use again. */
  private readonly free: number[] = [];
  private readonly inUse: number[] = [];
  /** Registers this instruction writes, in order; they reach their locals when it ends. */
  protected readonly pending = new Map<number, Value>();
  /** Registers some instruction of the region writes. */
  readonly written = new Set<number>();
  /** Registers that must be in their locals. */
  readonly touched = new Set<number>();
  /** Grows whenever flags are set. */
  flagVersion = 0;
  /** Address of the instruction, and what R15 reads as. */
  protected pc = 0;
  protected isThumb = false;
  private addition: Addition | undefined;
  protected carryOfShift: ShiftCarry = () => {};
  /** Operands of the comparison the flags come from, while their registers hold: conditions then need no flags. */
  protected compared: { readonly a: Value; readonly b: Value } | undefined;

  constructor(writer: WasmWriter) {
    this.w = writer;
  }

  // Second results are made where they are used (`setNZC`, `setNZCV`); no semantic function reads these fields.
  readonly carryOut: Value = constantValue(0);
  readonly overflowOut: Value = constantValue(0);
  readonly shifterCarry: Value = constantValue(0);
  high: Value = constantValue(0);

  /** A local that keeps its meaning in the whole region. */
  protected permanentLocal(): number {
    return FIRST_TEMPORARY + this.extraLocals++;
  }

  protected temporary(): number {
    const local = this.free.pop() ?? this.permanentLocal();
    this.inUse.push(local);
    return local;
  }

  /** The temporaries of the last instruction may be used again. */
  protected releaseTemporaries(): void {
    while (this.inUse.length > 0) this.free.push(this.inUse.pop()!);
  }

  /** Puts a value on the stack. */
  protected push(value: Value): WasmWriter {
    if (value.notOf !== undefined) return this.push(value.notOf).const(-1).op(Op.xor);
    return value.constant !== undefined ? this.w.const(value.constant) : this.w.get(value.local);
  }

  /** Takes the stack's top into a temporary. */
  protected pop(): Value {
    const local = this.temporary();
    this.w.set(local);
    return localValue(local);
  }

  pushValue(value: Value): void {
    this.push(value);
  }

  popValue(): Value {
    return this.pop();
  }

  protected binary(opcode: number, a: Value, b: Value, fold: (a: number, b: number) => number): Value {
    if (a.constant !== undefined && b.constant !== undefined) return constantValue(fold(a.constant, b.constant));
    this.push(a);
    this.push(b).op(opcode);
    return this.pop();
  }

  const(value: number): Value {
    return constantValue(value);
  }

  reg(n: number): Value {
    if (n === 15) return constantValue(this.pc + (this.isThumb ? 4 : 8));
    this.touched.add(n);
    return this.pending.get(n) ?? localValue(REGISTER_LOCAL + n);
  }

  add(a: Value, b: Value): Value {
    if (b.constant === 0) return a;
    return this.binary(Op.add, a, b, (x, y) => x + y);
  }

  sub(a: Value, b: Value): Value {
    return this.binary(Op.sub, a, b, (x, y) => x - y);
  }

  and(a: Value, b: Value): Value {
    return this.binary(Op.and, a, b, (x, y) => x & y);
  }

  or(a: Value, b: Value): Value {
    return this.binary(Op.or, a, b, (x, y) => x | y);
  }

  xor(a: Value, b: Value): Value {
    return this.binary(Op.xor, a, b, (x, y) => x ^ y);
  }

  not(a: Value): Value {
    if (a.constant !== undefined) return constantValue(~a.constant);
    return { constant: undefined, local: -1, notOf: a };
  }

  mul(a: Value, b: Value): Value {
    return this.binary(Op.mul, a, b, Math.imul);
  }

  mulUnsigned64(a: Value, b: Value): Value {
    return this.multiply64(a, b, Op.i64ExtendU);
  }

  mulSigned64(a: Value, b: Value): Value {
    return this.multiply64(a, b, Op.i64ExtendS);
  }

  private multiply64(a: Value, b: Value, extend: number): Value {
    this.push(a).op(extend);
    this.push(b).op(extend, Op.i64Mul);
    return this.splitWide();
  }

  /** Takes an i64 from the stack: answers the low word, leaves `high`. */
  private splitWide(): Value {
    this.w.tee(WIDE_A).op(Op.i64Const).s32(32).op(Op.i64ShrU, Op.wrap);
    this.high = this.pop();
    this.w.get(WIDE_A).op(Op.wrap);
    return this.pop();
  }

  private pushWide(low: Value, high: Value): void {
    this.push(high).op(Op.i64ExtendU, Op.i64Const).s32(32).op(Op.i64Shl);
    this.push(low).op(Op.i64ExtendU, Op.i64Or);
  }

  add64(low: Value, high: Value, addLow: Value, addHigh: Value): Value {
    this.pushWide(low, high);
    this.pushWide(addLow, addHigh);
    this.w.op(Op.i64Add);
    return this.splitWide();
  }

  clz(a: Value): Value {
    this.push(a).op(Op.clz);
    return this.pop();
  }

  signExtend8(a: Value): Value {
    this.push(a).op(Op.extend8S);
    return this.pop();
  }

  signExtend16(a: Value): Value {
    this.push(a).op(Op.extend16S);
    return this.pop();
  }

  addWithCarry(a: Value, b: Value, carryIn: Value): Value {
    const result =
      carryIn.constant === 1 && b.notOf !== undefined
        ? this.sub(a, b.notOf)
        : carryIn.constant === 1 && b.constant !== undefined
          ? this.binary(Op.sub, a, constantValue(~b.constant), (x, y) => x - y)
          : this.add(this.add(a, b), carryIn);
    this.addition = { a, b, carryIn, result };
    return result;
  }

  /** Carry of the last addition on the stack. */
  private pushCarry({ a, b, carryIn, result }: Addition): void {
    if (carryIn.constant === 1 && (b.notOf !== undefined || b.constant !== undefined)) {
      this.push(a);
      this.push(b.notOf ?? constantValue(~(b.constant ?? 0))).op(Op.geU);
    } else if (carryIn.constant === 0) {
      this.push(result);
      this.push(b).op(Op.ltU);
    } else {
      this.push(a);
      this.push(b).op(Op.and);
      this.push(a);
      this.push(b).op(Op.or);
      this.push(result).const(-1).op(Op.xor, Op.and, Op.or);
      this.w.const(31).op(Op.shrU);
    }
  }

  /** A word on the stack whose sign is the overflow of the last addition. */
  private pushOverflow({ a, b, result }: Addition): void {
    this.push(a);
    this.push(result).op(Op.xor);
    if (b.notOf !== undefined) {
      // ~x ^ r has the sign of ~(x ^ r); (a ^ r) & ~(x ^ r) and (a ^ r) & (a ^ x) have the same sign.
      this.push(a);
      this.push(b.notOf).op(Op.xor);
    } else {
      this.push(b);
      this.push(result).op(Op.xor);
    }
    this.w.op(Op.and);
  }

  qadd(a: Value, b: Value): Value {
    return this.saturate(a, b, Op.i64Add);
  }

  qsub(a: Value, b: Value): Value {
    return this.saturate(a, b, Op.i64Sub);
  }

  private saturate(a: Value, b: Value, opcode: number): Value {
    const { w } = this;
    this.push(a).op(Op.i64ExtendS);
    this.push(b).op(Op.i64ExtendS, opcode);
    w.tee(WIDE_A).op(Op.wrap);
    const result = this.pop();
    w.get(WIDE_A).op(Op.wrap, Op.i64ExtendS).set(WIDE_B);
    // Out of range exactly when sign-extending the low word changes the sum.
    w.get(WIDE_A).get(WIDE_B).op(Op.i64Sub, Op.i64Const).s32(0).op(Op.i64GtS);
    w.get(WIDE_A).get(WIDE_B).op(Op.i64Sub, Op.i64Const).s32(0).op(Op.i64LtS, Op.or);
    w.op(Op.if, 0x40);
    w.get(WIDE_A).op(Op.i64Const).s32(63).op(Op.i64ShrS, Op.wrap).const(0x7fffffff).op(Op.xor).set(result.local);
    this.setQ();
    w.op(Op.end);
    return result;
  }

  addSetQ(a: Value, b: Value): Value {
    const result = this.add(a, b);
    this.push(a);
    this.push(result).op(Op.xor);
    this.push(b);
    this.push(result).op(Op.xor, Op.and).const(0).op(Op.ltS, Op.if, 0x40);
    this.setQ();
    this.w.op(Op.end);
    return result;
  }

  private setQ(): void {
    this.w.const(0).const(1).memory(Op.store, stateAddress(FLAG_Q), 2);
  }

  flagC(): Value {
    return localValue(LOCAL_C);
  }

  setNZ(result: Value): void {
    this.flagVersion++;
    this.compared = undefined;
    this.push(result).set(LOCAL_N);
    this.push(result).set(LOCAL_Z);
  }

  setNZ64(low: Value, high: Value): void {
    this.flagVersion++;
    this.compared = undefined;
    this.push(high).set(LOCAL_N);
    this.push(low);
    this.push(high).op(Op.or).set(LOCAL_Z);
  }

  setNZC(result: Value): void {
    this.carryOfShift();
    this.w.set(LOCAL_C);
    this.setNZ(result);
  }

  setNZCV(result: Value): void {
    const { addition } = this;
    if (addition === undefined) throw new Error("assertion failed: setNZCV follows addWithCarry");
    this.pushOverflow(addition);
    this.w.set(LOCAL_V);
    this.pushCarry(addition);
    this.w.set(LOCAL_C);
    this.setNZ(result);
    const { a, b, carryIn } = addition;
    const subtrahend = b.notOf ?? (b.constant === undefined ? undefined : constantValue(~b.constant));
    if (carryIn.constant === 1 && subtrahend !== undefined && this.isStable(a) && this.isStable(subtrahend)) {
      this.compared = { a, b: subtrahend };
    }
  }

  /** A constant or a register's own local: good until the register is written. */
  private isStable(value: Value): boolean {
    if (value.constant !== undefined) return true;
    return value.notOf === undefined && value.local < FIRST_TEMPORARY;
  }

  setFlagsFromBits(value: Value): void {
    this.flagVersion++;
    this.compared = undefined;
    this.push(value).set(LOCAL_N);
    this.push(value).const(0x40000000).op(Op.and, Op.eqz).set(LOCAL_Z);
    this.push(value).const(29).op(Op.shrU).const(1).op(Op.and).set(LOCAL_C);
    this.push(value).const(3).op(Op.shl).set(LOCAL_V);
  }
}
