/** Shifts and rotations of the compiler, with the carry that each leaves made only where somebody asks. ARM ARM (DDI 0100I) A5.1. */
import { LOCAL_C, WIDE_A } from "./locals.table.ts";
import { constantValue, type Value } from "./value.ts";
import { WasmAlu } from "./wasm-alu.ts";
import { Op } from "./wasm-writer.ts";

export abstract class WasmShift extends WasmAlu {
  shl(a: Value, amount: number): Value {
    return amount === 0 ? a : this.binary(Op.shl, a, constantValue(amount), (x, y) => x << y);
  }

  shr(a: Value, amount: number): Value {
    return amount === 0 ? a : this.binary(Op.shrU, a, constantValue(amount), (x, y) => x >>> y);
  }

  sar(a: Value, amount: number): Value {
    return amount === 0 ? a : this.binary(Op.shrS, a, constantValue(amount), (x, y) => x >> y);
  }

  ror(a: Value, amount: number): Value {
    return amount === 0 ? a : this.binary(Op.rotr, a, constantValue(amount), (x, y) => (x >>> y) | (x << (32 - y)));
  }

  shiftImm(type: number, value: Value, amount: number): Value {
    const carryBit = type === 0 ? 32 - amount : amount === 0 ? 31 : amount - 1;
    if (amount === 0 && (type === 0 || type === 3)) {
      if (type === 0) {
        this.carryOfShift = () => this.w.get(LOCAL_C);
        return value;
      }
      this.carryOfShift = () => this.push(value).const(1).op(Op.and);
      return this.rotateThroughCarry(value);
    }
    this.carryOfShift = () => this.push(value).const(carryBit).op(Op.shrU).const(1).op(Op.and);
    return this.shiftImmNoCarry(type, value, amount);
  }

  shiftImmNoCarry(type: number, value: Value, amount: number): Value {
    switch (type) {
      case 0:
        return this.shl(value, amount);
      case 1:
        return amount === 0 ? constantValue(0) : this.shr(value, amount);
      case 2:
        return this.sar(value, amount === 0 ? 31 : amount);
      default:
        return amount === 0 ? this.rotateThroughCarry(value) : this.ror(value, amount);
    }
  }

  private rotateThroughCarry(value: Value): Value {
    this.push(value).const(1).op(Op.shrU).get(LOCAL_C).const(31).op(Op.shl, Op.or);
    return this.pop();
  }

  /** By 64-bit shifts: the amount is held to 63, and the carry is the bit next to the result's word. */
  shiftReg(type: number, value: Value, register: Value): Value {
    this.push(register).const(0xff).op(Op.and);
    const amount = this.pop();
    const carryIfMoved = type === 3 ? this.rotateByRegister(value, amount) : this.shiftByRegister(type, value, amount);
    this.carryOfShift = () => {
      carryIfMoved.carry();
      this.w.get(LOCAL_C);
      this.push(amount).op(Op.select);
    };
    return carryIfMoved.result;
  }

  private rotateByRegister(value: Value, amount: Value): { result: Value; carry: () => void } {
    this.push(value);
    this.push(amount).op(Op.rotr);
    const result = this.pop();
    return { result, carry: () => this.push(result).const(31).op(Op.shrU) };
  }

  private shiftByRegister(type: number, value: Value, amount: Value): { result: Value; carry: () => void } {
    const opcode = [Op.i64Shl, Op.i64ShrU, Op.i64ShrS][type];
    this.push(value).op(Op.i64ExtendU);
    if (type !== 0) this.w.op(Op.i64Const).s32(32).op(Op.i64Shl);
    this.w.const(63);
    this.push(amount).const(63);
    this.push(amount).op(Op.ltU, Op.select, Op.i64ExtendU, opcode);
    this.w.tee(WIDE_A).op(Op.wrap);
    const low = this.pop();
    this.w.get(WIDE_A).op(Op.i64Const).s32(32).op(Op.i64ShrU, Op.wrap);
    const high = this.pop();
    if (type === 0) return { result: low, carry: () => this.push(high).const(1).op(Op.and) };
    return { result: high, carry: () => this.push(low).const(31).op(Op.shrU) };
  }

  expandImm(imm8: number, rotate: number): Value {
    if (rotate === 0) {
      this.carryOfShift = () => this.w.get(LOCAL_C);
      return constantValue(imm8);
    }
    const amount = rotate * 2;
    const result = (imm8 >>> amount) | (imm8 << (32 - amount));
    this.carryOfShift = () => this.w.const(result >>> 31);
    return constantValue(result);
  }
}
