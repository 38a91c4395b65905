/** Signed multiplies of halves of ARMv5TE (ARM DDI 0100I, A4.1 and A10). Field x chooses the half of m, z that of s. */
import type { Fields } from "../decode/index.ts";
import type { Ops } from "./ops.ts";

function half<V>(o: Ops<V>, value: V, isTop: number): V {
  return isTop === 1 ? o.sar(value, 16) : o.signExtend16(value);
}

/** Bits 47:16 of the product of the word m and a half of s. */
function multiplyWordByHalf<V>(o: Ops<V>, f: Fields): V {
  const low = o.mulSigned64(o.reg(f.m), half(o, o.reg(f.s), f.z));
  return o.or(o.shl(o.high, 16), o.shr(low, 16));
}

export function smulxy<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, o.mul(half(o, o.reg(f.m), f.x), half(o, o.reg(f.s), f.z)));
}

export function smlaxy<V>(o: Ops<V>, f: Fields): void {
  const product = o.mul(half(o, o.reg(f.m), f.x), half(o, o.reg(f.s), f.z));
  o.writeReg(f.d, o.addSetQ(product, o.reg(f.n)));
}

export function smulwy<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, multiplyWordByHalf(o, f));
}

export function smlawy<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, o.addSetQ(multiplyWordByHalf(o, f), o.reg(f.n)));
}

/** The 64-bit sum wraps and sets no flag. */
export function smlalxy<V>(o: Ops<V>, f: Fields): void {
  const product = o.mul(half(o, o.reg(f.m), f.x), half(o, o.reg(f.s), f.z));
  const low = o.add64(product, o.sar(product, 31), o.reg(f.d), o.reg(f.h));
  const high = o.high;
  o.writeReg(f.d, low);
  o.writeReg(f.h, high);
}
