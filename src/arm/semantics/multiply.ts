/** Multiplies of words (ARM DDI 0100I, A4.1). With S they set N and Z; C and V stay. */
import type { Fields } from "../decode/index.ts";
import type { Ops } from "./ops.ts";

export function mul<V>(o: Ops<V>, f: Fields): void {
  const result = o.mul(o.reg(f.m), o.reg(f.s));
  o.writeReg(f.d, result);
  if (f.S === 1) o.setNZ(result);
}

export function mla<V>(o: Ops<V>, f: Fields): void {
  const result = o.add(o.mul(o.reg(f.m), o.reg(f.s)), o.reg(f.n));
  o.writeReg(f.d, result);
  if (f.S === 1) o.setNZ(result);
}

/** A 64-bit result: low word to d, high word, which is in `o.high`, to h. */
function writeLong<V>(o: Ops<V>, f: Fields, low: V): void {
  const high = o.high;
  o.writeReg(f.d, low);
  o.writeReg(f.h, high);
  if (f.S === 1) o.setNZ64(low, high);
}

export function umull<V>(o: Ops<V>, f: Fields): void {
  writeLong(o, f, o.mulUnsigned64(o.reg(f.m), o.reg(f.s)));
}

export function umlal<V>(o: Ops<V>, f: Fields): void {
  const low = o.mulUnsigned64(o.reg(f.m), o.reg(f.s));
  writeLong(o, f, o.add64(low, o.high, o.reg(f.d), o.reg(f.h)));
}

export function smull<V>(o: Ops<V>, f: Fields): void {
  writeLong(o, f, o.mulSigned64(o.reg(f.m), o.reg(f.s)));
}

export function smlal<V>(o: Ops<V>, f: Fields): void {
  const low = o.mulSigned64(o.reg(f.m), o.reg(f.s));
  writeLong(o, f, o.add64(low, o.high, o.reg(f.d), o.reg(f.h)));
}
