/**
 * Registers, arithmetic and flags of the interpreter: `Ops<number>` on signed 32-bit words. Hot code.
 *
 * The interpreter is one class in six files, each extending the one before, so that V8 sees one hidden class and
 * inlines every op.
 */

import type { HostMemory } from "../../memory/index.ts";
import { CpuState, FLAG_C, FLAG_GE, FLAG_N, FLAG_Q, FLAG_T, FLAG_V, FLAG_Z, PC, R15 } from "../core/index.ts";

export abstract class AluOps {
  carryOut = 0;
  overflowOut = 0;
  shifterCarry = 0;
  high = 0;
  /** Where execution goes on after this instruction. */
  nextPc = 0;

  readonly state: CpuState;
  /** The CPU state block. */
  protected readonly s: Int32Array;

  constructor(host: HostMemory) {
    this.state = new CpuState(host);
    this.s = this.state.words;
  }

  /** Thumb state changed: the fetch path must look anew. */
  protected abstract stateChanged(): void;

  const(value: number): number {
    return value | 0;
  }

  reg(n: number): number {
    return this.s[n];
  }

  writeReg(n: number, value: number): void {
    if (n === R15) this.branch(value);
    else this.s[n] = value;
  }

  regUser(n: number): number {
    return this.s[this.state.userRegisterIndex(n)];
  }

  writeRegUser(n: number, value: number): void {
    this.s[this.state.userRegisterIndex(n)] = value;
  }

  branch(target: number): void {
    this.nextPc = this.s[FLAG_T] === 0 ? target & ~3 : target & ~1;
  }

  branchExchange(target: number): void {
    const thumb = target & 1;
    this.nextPc = thumb === 0 ? target & ~3 : target & ~1;
    if (thumb === this.s[FLAG_T]) return;
    this.s[FLAG_T] = thumb;
    this.stateChanged();
  }

  nextAddress(): number {
    return this.s[PC] + (this.s[FLAG_T] === 0 ? 4 : 2);
  }

  add(a: number, b: number): number {
    return (a + b) | 0;
  }

  sub(a: number, b: number): number {
    return (a - b) | 0;
  }

  and(a: number, b: number): number {
    return a & b;
  }

  or(a: number, b: number): number {
    return a | b;
  }

  xor(a: number, b: number): number {
    return a ^ b;
  }

  not(a: number): number {
    return ~a;
  }

  mul(a: number, b: number): number {
    return Math.imul(a, b);
  }

  mulUnsigned64(a: number, b: number): number {
    const aLow = a & 0xffff;
    const aHigh = a >>> 16;
    const bLow = b & 0xffff;
    const bHigh = b >>> 16;
    const low = aLow * bLow;
    const middle = aHigh * bLow + (low >>> 16);
    const cross = aLow * bHigh + (middle & 0xffff);
    this.high = (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)) | 0;
    return Math.imul(a, b);
  }

  mulSigned64(a: number, b: number): number {
    const low = this.mulUnsigned64(a, b);
    if (a < 0) this.high = (this.high - b) | 0;
    if (b < 0) this.high = (this.high - a) | 0;
    return low;
  }

  add64(low: number, high: number, addLow: number, addHigh: number): number {
    const sum = (low >>> 0) + (addLow >>> 0);
    this.high = (high + addHigh + (sum > 0xffffffff ? 1 : 0)) | 0;
    return sum | 0;
  }

  clz(a: number): number {
    return Math.clz32(a);
  }

  shl(a: number, amount: number): number {
    return a << amount;
  }

  shr(a: number, amount: number): number {
    return (a >>> amount) | 0;
  }

  sar(a: number, amount: number): number {
    return a >> amount;
  }

  ror(a: number, amount: number): number {
    return (a >>> amount) | (a << (32 - amount));
  }

  signExtend8(a: number): number {
    return (a << 24) >> 24;
  }

  signExtend16(a: number): number {
    return (a << 16) >> 16;
  }

  addWithCarry(a: number, b: number, carryIn: number): number {
    const result = (a + b + carryIn) | 0;
    // Carry and overflow by the sign bits alone, so that nothing leaves the small-integer range.
    this.carryOut = ((a & b) | ((a | b) & ~result)) >>> 31;
    this.overflowOut = ((a ^ result) & (b ^ result)) >>> 31;
    return result;
  }

  shiftImm(type: number, value: number, amount: number): number {
    switch (type) {
      case 0:
        if (amount === 0) {
          this.shifterCarry = this.s[FLAG_C];
          return value;
        }
        this.shifterCarry = (value >>> (32 - amount)) & 1;
        return value << amount;
      case 1:
        if (amount === 0) {
          this.shifterCarry = value >>> 31;
          return 0;
        }
        this.shifterCarry = (value >>> (amount - 1)) & 1;
        return (value >>> amount) | 0;
      case 2:
        if (amount === 0) {
          this.shifterCarry = value >>> 31;
          return value >> 31;
        }
        this.shifterCarry = (value >>> (amount - 1)) & 1;
        return value >> amount;
      default:
        if (amount === 0) {
          const carryIn = this.s[FLAG_C];
          this.shifterCarry = value & 1;
          return (value >>> 1) | (carryIn << 31);
        }
        this.shifterCarry = (value >>> (amount - 1)) & 1;
        return (value >>> amount) | (value << (32 - amount));
    }
  }

  shiftImmNoCarry(type: number, value: number, amount: number): number {
    switch (type) {
      case 0:
        return value << amount;
      case 1:
        return amount === 0 ? 0 : (value >>> amount) | 0;
      case 2:
        return value >> (amount === 0 ? 31 : amount);
      default:
        if (amount === 0) return (value >>> 1) | (this.s[FLAG_C] << 31);
        return (value >>> amount) | (value << (32 - amount));
    }
  }

  shiftReg(type: number, value: number, register: number): number {
    const amount = register & 0xff;
    if (amount === 0) {
      this.shifterCarry = this.s[FLAG_C];
      return value;
    }
    if (type === 3) {
      const rotated = (value >>> (amount & 31)) | (value << (-amount & 31));
      this.shifterCarry = rotated >>> 31;
      return rotated;
    }
    if (amount < 32) return this.shiftImm(type, value, amount);
    if (type === 2) {
      this.shifterCarry = value >>> 31;
      return value >> 31;
    }
    const edge = type === 0 ? value & 1 : value >>> 31;
    this.shifterCarry = amount === 32 ? edge : 0;
    return 0;
  }

  expandImm(imm8: number, rotate: number): number {
    if (rotate === 0) {
      this.shifterCarry = this.s[FLAG_C];
      return imm8;
    }
    const amount = rotate * 2;
    const result = (imm8 >>> amount) | (imm8 << (32 - amount));
    this.shifterCarry = result >>> 31;
    return result;
  }

  qadd(a: number, b: number): number {
    return this.saturate(a + b);
  }

  qsub(a: number, b: number): number {
    return this.saturate(a - b);
  }

  private saturate(exact: number): number {
    if (exact > 0x7fffffff) {
      this.s[FLAG_Q] = 1;
      return 0x7fffffff;
    }
    if (exact < -0x80000000) {
      this.s[FLAG_Q] = 1;
      return -0x80000000;
    }
    return exact;
  }

  addSetQ(a: number, b: number): number {
    const exact = a + b;
    const result = exact | 0;
    if (exact !== result) this.s[FLAG_Q] = 1;
    return result;
  }

  clampSigned(a: number, bits: number): number {
    const limit = 2 ** (bits - 1);
    return Math.max(-limit, Math.min(limit - 1, a));
  }

  clampUnsigned(a: number, bits: number): number {
    return Math.max(0, Math.min(2 ** bits - 1, a));
  }

  setQUnlessZero(a: number): void {
    if (a !== 0) this.s[FLAG_Q] = 1;
  }

  flagC(): number {
    return this.s[FLAG_C];
  }

  setNZ(result: number): void {
    this.s[FLAG_N] = result >>> 31;
    this.s[FLAG_Z] = result === 0 ? 1 : 0;
  }

  setNZ64(low: number, high: number): void {
    this.s[FLAG_N] = high >>> 31;
    this.s[FLAG_Z] = (low | high) === 0 ? 1 : 0;
  }

  setNZC(result: number): void {
    this.s[FLAG_C] = this.shifterCarry;
    this.setNZ(result);
  }

  setNZCV(result: number): void {
    this.s[FLAG_C] = this.carryOut;
    this.s[FLAG_V] = this.overflowOut;
    this.setNZ(result);
  }

  setFlagsFromBits(value: number): void {
    this.state.setFlags(value);
  }

  flagsGE(): number {
    return this.s[FLAG_GE];
  }

  setFlagsGE(flags: number): void {
    this.s[FLAG_GE] = flags;
  }
}
