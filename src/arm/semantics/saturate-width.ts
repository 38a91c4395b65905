/** Saturation to a number of bits, v (ARM DDI 0100I, A4.1 SSAT, SSAT16, USAT, USAT16); Q is set where it changed a value. */
import type { Fields } from "../decode/index.ts";
import type { Ops } from "./ops.ts";

export function ssat<V>(o: Ops<V>, f: Fields): void {
  const value = o.shiftImmNoCarry(f.y, o.reg(f.m), f.i);
  const result = o.clampSigned(value, f.v);
  o.setQUnlessZero(o.xor(value, result));
  o.writeReg(f.d, result);
}

export function usat<V>(o: Ops<V>, f: Fields): void {
  const value = o.shiftImmNoCarry(f.y, o.reg(f.m), f.i);
  const result = o.clampUnsigned(value, f.v);
  o.setQUnlessZero(o.xor(value, result));
  o.writeReg(f.d, result);
}

/** Writes both halves, given as words before and after. */
function writeHalves<V>(o: Ops<V>, d: number, low: V, high: V): void {
  o.writeReg(d, o.or(o.and(low, o.const(0xffff)), o.shl(high, 16)));
}

export function ssat16<V>(o: Ops<V>, f: Fields): void {
  const low = o.signExtend16(o.reg(f.m));
  const high = o.sar(o.reg(f.m), 16);
  const lowResult = o.clampSigned(low, f.v);
  const highResult = o.clampSigned(high, f.v);
  o.setQUnlessZero(o.or(o.xor(low, lowResult), o.xor(high, highResult)));
  writeHalves(o, f.d, lowResult, highResult);
}

export function usat16<V>(o: Ops<V>, f: Fields): void {
  const low = o.signExtend16(o.reg(f.m));
  const high = o.sar(o.reg(f.m), 16);
  const lowResult = o.clampUnsigned(low, f.v);
  const highResult = o.clampUnsigned(high, f.v);
  o.setQUnlessZero(o.or(o.xor(low, lowResult), o.xor(high, highResult)));
  writeHalves(o, f.d, lowResult, highResult);
}
