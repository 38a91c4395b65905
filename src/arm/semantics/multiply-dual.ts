/** Multiplies of both halves and of the high word of ARMv6 (ARM DDI 0100I, A4.1). Field x exchanges the halves of s, z rounds. */
import type { Fields } from "../decode/index.ts";
import type { Ops } from "./ops.ts";

/** Product of the low half of m. */
function lowProduct<V>(o: Ops<V>, f: Fields): V {
  const s = f.x === 1 ? o.sar(o.reg(f.s), 16) : o.signExtend16(o.reg(f.s));
  return o.mul(o.signExtend16(o.reg(f.m)), s);
}

/** Product of the high half of m. */
function highProduct<V>(o: Ops<V>, f: Fields): V {
  const s = f.x === 1 ? o.signExtend16(o.reg(f.s)) : o.sar(o.reg(f.s), 16);
  return o.mul(o.sar(o.reg(f.m), 16), s);
}

export function smuad<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, o.addSetQ(lowProduct(o, f), highProduct(o, f)));
}

/** Q tells whether the whole sum fits, so it is made in 64 bits. */
export function smlad<V>(o: Ops<V>, f: Fields): void {
  const first = lowProduct(o, f);
  const second = highProduct(o, f);
  const n = o.reg(f.n);
  const products = o.add64(first, o.sar(first, 31), second, o.sar(second, 31));
  const sum = o.add64(products, o.high, n, o.sar(n, 31));
  o.setQUnlessZero(o.xor(o.high, o.sar(sum, 31)));
  o.writeReg(f.d, sum);
}

/** The difference of two products of halves always fits. */
export function smusd<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, o.sub(lowProduct(o, f), highProduct(o, f)));
}

export function smlsd<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, o.addSetQ(o.sub(lowProduct(o, f), highProduct(o, f)), o.reg(f.n)));
}

/** Writes a 64-bit result, its low word given and its high word in `o.high`. */
function writeLong<V>(o: Ops<V>, f: Fields, low: V): void {
  const high = o.high;
  o.writeReg(f.d, low);
  o.writeReg(f.h, high);
}

export function smlald<V>(o: Ops<V>, f: Fields): void {
  const first = lowProduct(o, f);
  const second = highProduct(o, f);
  const products = o.add64(first, o.sar(first, 31), second, o.sar(second, 31));
  writeLong(o, f, o.add64(products, o.high, o.reg(f.d), o.reg(f.h)));
}

export function smlsld<V>(o: Ops<V>, f: Fields): void {
  const difference = o.sub(lowProduct(o, f), highProduct(o, f));
  writeLong(o, f, o.add64(difference, o.sar(difference, 31), o.reg(f.d), o.reg(f.h)));
}

/** What is added to the low word: half of its range rounds the high word. */
const rounding = (f: Fields): number => (f.z === 1 ? -0x80000000 : 0);

export function smmul<V>(o: Ops<V>, f: Fields): void {
  const low = o.mulSigned64(o.reg(f.m), o.reg(f.s));
  if (f.z === 1) o.add64(low, o.high, o.const(rounding(f)), o.const(0));
  o.writeReg(f.d, o.high);
}

export function smmla<V>(o: Ops<V>, f: Fields): void {
  const low = o.mulSigned64(o.reg(f.m), o.reg(f.s));
  o.add64(low, o.high, o.const(rounding(f)), o.reg(f.n));
  o.writeReg(f.d, o.high);
}

/** The product is subtracted as its complement and one. */
export function smmls<V>(o: Ops<V>, f: Fields): void {
  const low = o.mulSigned64(o.reg(f.m), o.reg(f.s));
  o.add64(o.not(low), o.not(o.high), o.const(rounding(f) + 1), o.reg(f.n));
  o.writeReg(f.d, o.high);
}

/** Product and two words: the sum always fits in 64 bits. */
export function umaal<V>(o: Ops<V>, f: Fields): void {
  const product = o.mulUnsigned64(o.reg(f.m), o.reg(f.s));
  const sum = o.add64(product, o.high, o.reg(f.d), o.const(0));
  writeLong(o, f, o.add64(sum, o.high, o.reg(f.h), o.const(0)));
}
