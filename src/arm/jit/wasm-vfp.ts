/**
 * The VFP in the compiler. Loads, stores and moves go between the state words directly. Arithmetic takes wasm's, which
 * rounds to nearest, where that is all there is to it: LEN is 0, no flush to zero, IXC set already (so that it need not be
 * known whether the result is exact), and a normal result. Everything else is the interpreter's. ARM ARM (DDI 0100I) C2 to C4.
 */
import { CPU_STATE_OFFSET } from "../../memory/index.ts";
import { CP15_CPACR, VFP_FPEXC, VFP_FPSCR, VFP_S0 } from "../core/index.ts";
import { FloatConversion, FloatException, FloatOperation, Fpscr } from "../softfloat/index.ts";
import { WIDE_A } from "./locals.table.ts";
import type { Value } from "./value.ts";
import { WasmV6 } from "./wasm-v6.ts";
import { Op, type WasmWriter } from "./wasm-writer.ts";

const stateAddress = (word: number): number => CPU_STATE_OFFSET + word * 4;
const VFP_ACCESS = 0x00f00000;
const PRIVILEGED_VFP_ACCESS = 0x00500000;
const VFP_ENABLED = 0x40000000;
const FPSCR_NUMBER = 1;
/** With these bits of the FPSCR at this value, wasm's arithmetic does as the VFP. */
const PLAIN_MASK = Fpscr.length | (3 << Fpscr.roundingShift) | Fpscr.flushToZero | FloatException.inexact;
const PLAIN = FloatException.inexact;

/** Opcodes of one precision. */
interface FloatOpcodes {
  readonly load: number;
  readonly store: number;
  readonly align: number;
  readonly add: number;
  readonly sub: number;
  readonly mul: number;
  readonly div: number;
  readonly neg: number;
  readonly sqrt: number;
  readonly eq: number;
  readonly lt: number;
  readonly ge: number;
}
const SINGLE: FloatOpcodes = {
  ...{ load: 0x2a, store: 0x38, align: 2, add: 0x92, sub: 0x93, mul: 0x94, div: 0x95, neg: 0x8c, sqrt: 0x91 },
  ...{ eq: 0x5b, lt: 0x5d, ge: 0x60 },
};
const DOUBLE: FloatOpcodes = {
  ...{ load: 0x2b, store: 0x39, align: 3, add: 0xa0, sub: 0xa1, mul: 0xa2, div: 0xa3, neg: 0x9a, sqrt: 0x9f },
  ...{ eq: 0x61, lt: 0x63, ge: 0x66 },
};
const FloatOp = {
  i64Load: 0x29,
  i64Store: 0x37,
  i64Eqz: 0x50,
  singleFromSigned: 0xb2,
  singleFromUnsigned: 0xb3,
  demote: 0xb6,
  doubleFromSigned: 0xb7,
  doubleFromUnsigned: 0xb8,
  promote: 0xbb,
  bitsOfSingle: 0xbc,
  bitsOfDouble: 0xbd,
  doubleOfBits: 0xbf,
} as const;
const { add, sub, mul, nmul, div, mac, msc, nmsc, copy, abs, neg, sqrt } = FloatOperation;

export abstract class WasmVfp extends WasmV6 {
  private loadState(word: number): WasmWriter {
    return this.w.loadAt(stateAddress(word));
  }

  /** Address of a register, by its number in the precision; the base 0 goes on the stack before the value of a store. */
  private address(isDouble: boolean, n: number): number {
    return stateAddress(VFP_S0 + (isDouble ? n * 2 : n));
  }

  private pushFloat(isDouble: boolean, n: number): WasmWriter {
    const { load, align } = isDouble ? DOUBLE : SINGLE;
    return this.w.const(0).memory(load, this.address(isDouble, n), align);
  }

  /** Leaves the region before this instruction unless the top of the stack is true. */
  private exitUnless(): void {
    this.w.op(Op.eqz).hint(false);
    this.open(Op.if);
    this.exitBefore();
    this.close();
  }

  requireVfp(): void {
    const access = this.isPrivileged ? PRIVILEGED_VFP_ACCESS : VFP_ACCESS;
    this.loadState(CP15_CPACR).const(access).op(Op.and).const(access).op(Op.eq);
    this.loadState(VFP_FPEXC).const(VFP_ENABLED).op(Op.and).const(0).op(Op.ne, Op.and);
    this.exitUnless();
  }

  vfpWord(n: number): Value {
    this.loadState(VFP_S0 + n);
    return this.pop();
  }

  writeVfpWord(n: number, value: Value): void {
    this.w.const(0);
    this.push(value).memory(Op.store, stateAddress(VFP_S0 + n), 2);
  }

  /** Big-endian data is never compiled for. */
  vfpWordSwap(): number {
    return 0;
  }

  private requireStatus(mask: number, value: number): void {
    this.loadState(VFP_FPSCR).const(mask).op(Op.and).const(value).op(Op.eq);
    this.exitUnless();
  }

  vfpCompute(operation: number, isDouble: boolean, d: number, n: number, m: number): void {
    if (operation === copy || operation === abs || operation === neg) {
      this.move(operation, isDouble, d, m);
      return;
    }
    this.requireStatus(PLAIN_MASK, PLAIN);
    const code = isDouble ? DOUBLE : SINGLE;
    if (operation === sqrt) {
      this.pushFloat(isDouble, m).op(code.sqrt);
      this.checkResult(isDouble, () => this.pushIsNormal(isDouble));
    } else if (operation === add || operation === sub) {
      this.pushFloat(isDouble, n);
      this.pushFloat(isDouble, m).op(operation === add ? code.add : code.sub);
      // Subnormal sums are exact.
      this.checkResult(isDouble, () => this.pushIsFinite(isDouble));
    } else if (operation === div) {
      this.pushFloat(isDouble, n);
      this.pushFloat(isDouble, m).op(code.div);
      this.checkResult(isDouble, () => this.pushIsNormal(isDouble));
    } else this.multiply(operation, isDouble, d, n, m);
    this.storeResult(isDouble, d);
  }

  private multiply(operation: number, isDouble: boolean, d: number, n: number, m: number): void {
    const { w } = this;
    const code = isDouble ? DOUBLE : SINGLE;
    this.pushFloat(isDouble, n);
    this.pushFloat(isDouble, m).op(code.mul);
    this.checkResult(isDouble, () => {
      this.pushIsNormal(isDouble);
      this.pushIsZero(isDouble, () => this.pushResultBits(isDouble));
      this.pushIsZero(isDouble, () => this.pushRegisterBits(isDouble, n));
      this.pushIsZero(isDouble, () => this.pushRegisterBits(isDouble, m));
      w.op(Op.or, Op.and, Op.or);
    });
    if (operation === mul) return;
    if (operation === nmul) {
      this.pushResult(isDouble);
      w.op(code.neg);
      this.popResult(isDouble);
      return;
    }
    this.pushFloat(isDouble, d);
    if (operation === msc || operation === nmsc) w.op(code.neg);
    this.pushResult(isDouble);
    w.op(operation === mac || operation === msc ? code.add : code.sub);
    this.checkResult(isDouble, () => this.pushIsFinite(isDouble));
  }

  /** Bits of a single result; those of a double are in WIDE_A. */
  private singleResult: Value | undefined;

  /** Takes a result from the stack. */
  private popResult(isDouble: boolean): void {
    if (isDouble) this.w.op(FloatOp.bitsOfDouble).set(WIDE_A);
    else {
      this.w.op(FloatOp.bitsOfSingle);
      this.singleResult = this.pop();
    }
  }

  private pushResultBits(isDouble: boolean): void {
    if (isDouble) this.w.get(WIDE_A);
    else if (this.singleResult !== undefined) this.push(this.singleResult);
  }

  private pushRegisterBits(isDouble: boolean, n: number): void {
    if (isDouble) this.w.const(0).memory(FloatOp.i64Load, this.address(true, n), 3);
    else this.loadState(VFP_S0 + n);
  }

  private pushResult(isDouble: boolean): void {
    this.pushResultBits(isDouble);
    this.w.op(isDouble ? FloatOp.doubleOfBits : 0xbe);
  }

  private storeResult(isDouble: boolean, d: number): void {
    this.w.const(0);
    this.pushResultBits(isDouble);
    this.w.memory(isDouble ? FloatOp.i64Store : Op.store, this.address(isDouble, d), isDouble ? 3 : 2);
  }

  /** Takes a result from the stack and leaves the region unless what `pushIsGood` pushes is true. */
  private checkResult(isDouble: boolean, pushIsGood: () => void): void {
    this.popResult(isDouble);
    pushIsGood();
    this.exitUnless();
  }

  private pushExponent(isDouble: boolean): WasmWriter {
    this.pushResultBits(isDouble);
    if (isDouble) return this.w.op(Op.i64Const).s32(52).op(Op.i64ShrU, Op.wrap).const(0x7ff).op(Op.and);
    return this.w.const(23).op(Op.shrU).const(0xff).op(Op.and);
  }

  private pushIsFinite(isDouble: boolean): void {
    this.pushExponent(isDouble)
      .const(isDouble ? 0x7ff : 0xff)
      .op(Op.ne);
  }

  /** Normal, and not the smallest exponent, to which a tiny result may have been rounded up. */
  private pushIsNormal(isDouble: boolean): void {
    this.pushExponent(isDouble)
      .const(2)
      .op(Op.sub)
      .const(isDouble ? 0x7fd : 0xfd)
      .op(Op.ltU);
  }

  private pushIsZero(isDouble: boolean, pushBits: () => void): void {
    pushBits();
    if (isDouble) this.w.op(Op.i64Const).s32(1).op(Op.i64Shl, FloatOp.i64Eqz);
    else this.w.const(1).op(Op.shl, Op.eqz);
  }

  private move(operation: number, isDouble: boolean, d: number, m: number): void {
    // A destination in the first bank is a scalar whatever LEN is.
    if (d >= (isDouble ? 4 : 8)) this.requireStatus(Fpscr.length, 0);
    const [to, from] = isDouble ? [d * 2 + 1, m * 2 + 1] : [d, m];
    const top = this.vfpWord(from);
    if (isDouble) this.writeVfpWord(to - 1, this.vfpWord(from - 1));
    this.push(top);
    if (operation === abs) this.w.const(0x7fffffff).op(Op.and);
    else if (operation === neg) this.w.const(-0x80000000).op(Op.xor);
    this.writeVfpWord(to, this.pop());
  }

  vfpConvert(conversion: number, isDouble: boolean, d: number, m: number): void {
    const { w } = this;
    if (conversion === FloatConversion.fromSigned || conversion === FloatConversion.fromUnsigned) {
      this.fromWord(conversion === FloatConversion.fromSigned, isDouble, d, m);
    } else if (conversion !== FloatConversion.precision) this.toWord(conversion, isDouble, d, m);
    else if (isDouble) {
      this.requireStatus(PLAIN_MASK & ~Fpscr.length, PLAIN);
      this.pushFloat(true, m).op(FloatOp.demote);
      this.checkResult(false, () => {
        this.pushIsNormal(false);
        this.pushIsZero(true, () => this.pushRegisterBits(true, m));
        w.op(Op.or);
      });
      this.storeResult(false, d);
    } else {
      this.requireStatus(Fpscr.flushToZero, 0);
      this.pushFloat(false, m).op(FloatOp.promote);
      this.checkResult(true, () => this.pushIsFinite(true));
      this.storeResult(true, d);
    }
  }

  private fromWord(isSigned: boolean, isDouble: boolean, d: number, m: number): void {
    const { w } = this;
    if (!isDouble) this.requireStatus(PLAIN_MASK & ~Fpscr.length, PLAIN);
    w.const(0);
    this.loadState(VFP_S0 + m);
    if (isDouble) w.op(isSigned ? FloatOp.doubleFromSigned : FloatOp.doubleFromUnsigned);
    else w.op(isSigned ? FloatOp.singleFromSigned : FloatOp.singleFromUnsigned);
    const { store, align } = isDouble ? DOUBLE : SINGLE;
    w.memory(store, this.address(isDouble, d), align);
  }

  /** Truncation of what is in range; wasm would trap on anything else. Of singles as well, by a promotion. */
  private toWord(conversion: number, isDouble: boolean, d: number, m: number): void {
    const isSigned = conversion === FloatConversion.toSignedZero;
    if (!isSigned && conversion !== FloatConversion.toUnsignedZero) {
      this.interpret();
      return;
    }
    const { w } = this;
    const pushValue = (): void => {
      this.pushFloat(isDouble, m);
      if (!isDouble) w.op(FloatOp.promote);
    };
    const bound = (word: number): WasmWriter => w.const(word).op(FloatOp.doubleFromSigned);
    this.requireStatus((Fpscr.flushToZero | PLAIN) & PLAIN_MASK, PLAIN);
    pushValue();
    bound(isSigned ? -0x80000000 : 0).op(DOUBLE.ge);
    pushValue();
    // What lies between the largest word and the next, and below the smallest, is left to the interpreter.
    w.const(isSigned ? 0x7fffffff : -1)
      .op(isSigned ? FloatOp.doubleFromSigned : FloatOp.doubleFromUnsigned)
      .op(DOUBLE.lt);
    w.op(Op.and);
    this.exitUnless();
    w.const(0);
    pushValue();
    w.op(isSigned ? 0xaa : 0xab).memory(Op.store, stateAddress(VFP_S0 + d), 2);
  }

  /** Ordered numbers only: NaNs may be invalid. */
  vfpCompare(_isSignalling: boolean, isDouble: boolean, d: number, m: number): void {
    const { w } = this;
    const code = isDouble ? DOUBLE : SINGLE;
    const pushBoth = (): WasmWriter => {
      this.pushFloat(isDouble, d);
      if (m >= 0) return this.pushFloat(isDouble, m);
      w.const(0).op(isDouble ? FloatOp.doubleFromSigned : FloatOp.singleFromSigned);
      return w;
    };
    this.requireStatus(Fpscr.flushToZero, 0);
    pushBoth().op(code.lt);
    const isLess = this.pop();
    pushBoth().op(code.eq);
    const isEqual = this.pop();
    pushBoth().op(code.ge);
    this.push(isLess).op(Op.or);
    this.exitUnless();
    // Less is N, equal is Z and C, greater is C.
    w.const(0);
    this.loadState(VFP_FPSCR).const(~Fpscr.flags).op(Op.and);
    this.push(isLess).const(31).op(Op.shl, Op.or);
    this.push(isEqual).const(30).op(Op.shl, Op.or);
    this.push(isLess).op(Op.eqz).const(29).op(Op.shl, Op.or);
    w.memory(Op.store, stateAddress(VFP_FPSCR), 2);
  }

  readVfpSystem(register: number): Value {
    if (register !== FPSCR_NUMBER) return this.interpret();
    this.requireVfp();
    return this.vfpWord(VFP_FPSCR - VFP_S0);
  }

  writeVfpSystem(): void {
    this.interpret();
  }
}
