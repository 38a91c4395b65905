/** Thumb instructions that no ARM instruction can stand for (ARM DDI 0100I, A7.1). */
import type { Fields } from "../decode/index.ts";
import { writeLoaded } from "./loaded-value.ts";
import type { Ops } from "./ops.ts";

/** The address of the instruction + 4, aligned down to a word, + v. */
function literalAddress<V>(o: Ops<V>, f: Fields): V {
  return o.add(o.and(o.reg(15), o.const(~3)), o.const(f.v));
}

/** What a Thumb call leaves in LR: the next address with the Thumb bit. */
function returnAddress<V>(o: Ops<V>): V {
  return o.or(o.nextAddress(), o.const(1));
}

export function thumbAdr<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, literalAddress(o, f));
}

export function thumbLdrLiteral<V>(o: Ops<V>, f: Fields): void {
  const value = o.load32(literalAddress(o, f));
  if (o.aborted()) return;
  writeLoaded(o, f.t, value);
}

/** First half of BL and BLX: the high part of the distance. */
export function thumbBlPrefix<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(14, o.add(o.reg(15), o.const(f.v)));
}

/** Second half of BL. */
export function thumbBlSuffix<V>(o: Ops<V>, f: Fields): void {
  const target = o.add(o.reg(14), o.const(f.v));
  o.writeReg(14, returnAddress(o));
  o.branch(target);
}

/** Second half of BLX: to ARM state. */
export function thumbBlxSuffix<V>(o: Ops<V>, f: Fields): void {
  const target = o.and(o.add(o.reg(14), o.const(f.v)), o.const(~3));
  o.writeReg(14, returnAddress(o));
  o.branchExchange(target);
}

export function thumbBlxReg<V>(o: Ops<V>, f: Fields): void {
  const target = o.reg(f.m);
  o.writeReg(14, returnAddress(o));
  o.branchExchange(target);
}
