/** Extension, reversal and packing of bytes and halves of ARMv6 (ARM DDI 0100I, A4.1). Field r rotates by bytes first. */
import type { Fields } from "../decode/index.ts";
import type { Ops } from "./ops.ts";

const TWO_BYTES = 0x00ff00ff;

function rotated<V>(o: Ops<V>, f: Fields): V {
  return f.r === 0 ? o.reg(f.m) : o.ror(o.reg(f.m), 8 * f.r);
}

/** Bytes 0 and 2 of m, zero-extended to halves. */
function unsignedBytes<V>(o: Ops<V>, f: Fields): V {
  return o.and(rotated(o, f), o.const(TWO_BYTES));
}

/** Bytes 0 and 2 of m, sign-extended to halves. */
function signedBytes<V>(o: Ops<V>, f: Fields): V {
  const value = rotated(o, f);
  const high = o.shl(o.signExtend8(o.shr(value, 16)), 16);
  return o.or(high, o.and(o.signExtend8(value), o.const(0xffff)));
}

/** The sums of both halves. */
function addHalves<V>(o: Ops<V>, a: V, b: V): V {
  const high = o.shl(o.add(o.shr(a, 16), o.shr(b, 16)), 16);
  return o.or(high, o.and(o.add(a, b), o.const(0xffff)));
}

export function sxtb<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, o.signExtend8(rotated(o, f)));
}

export function sxth<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, o.signExtend16(rotated(o, f)));
}

export function sxtb16<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, signedBytes(o, f));
}

export function uxtb<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, o.and(rotated(o, f), o.const(0xff)));
}

export function uxth<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, o.and(rotated(o, f), o.const(0xffff)));
}

export function uxtb16<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, unsignedBytes(o, f));
}

export function sxtab<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, o.add(o.reg(f.n), o.signExtend8(rotated(o, f))));
}

export function sxtah<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, o.add(o.reg(f.n), o.signExtend16(rotated(o, f))));
}

export function sxtab16<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, addHalves(o, o.reg(f.n), signedBytes(o, f)));
}

export function uxtab<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, o.add(o.reg(f.n), o.and(rotated(o, f), o.const(0xff))));
}

export function uxtah<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, o.add(o.reg(f.n), o.and(rotated(o, f), o.const(0xffff))));
}

export function uxtab16<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, addHalves(o, o.reg(f.n), unsignedBytes(o, f)));
}

/** The word with bytes 0 and 1, and 2 and 3, exchanged. */
function exchangedInHalves<V>(o: Ops<V>, value: V): V {
  const mask = o.const(TWO_BYTES);
  return o.or(o.shl(o.and(value, mask), 8), o.and(o.shr(value, 8), mask));
}

export function rev<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, o.ror(exchangedInHalves(o, o.reg(f.m)), 16));
}

export function rev16<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, exchangedInHalves(o, o.reg(f.m)));
}

export function revsh<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, o.signExtend16(exchangedInHalves(o, o.reg(f.m))));
}

/** Low half of n, high half of the shifted m. */
export function pkhbt<V>(o: Ops<V>, f: Fields): void {
  const high = o.and(o.shl(o.reg(f.m), f.i), o.const(~0xffff));
  o.writeReg(f.d, o.or(o.and(o.reg(f.n), o.const(0xffff)), high));
}

/** High half of n, low half of the shifted m. */
export function pkhtb<V>(o: Ops<V>, f: Fields): void {
  const low = o.and(o.shiftImmNoCarry(f.y, o.reg(f.m), f.i), o.const(0xffff));
  o.writeReg(f.d, o.or(o.and(o.reg(f.n), o.const(~0xffff)), low));
}
