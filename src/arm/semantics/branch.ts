/** Branches (ARM DDI 0100I, A4.1 B, BL, BLX and BX). BXJ is BX, as no Jazelle state is entered. */
import type { Fields } from "../decode/index.ts";
import type { Ops } from "./ops.ts";

export function b<V>(o: Ops<V>, f: Fields): void {
  o.branch(o.add(o.reg(15), o.const(f.v)));
}

export function bl<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(14, o.nextAddress());
  o.branch(o.add(o.reg(15), o.const(f.v)));
}

/** Always to Thumb state. */
export function blxImm<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(14, o.nextAddress());
  o.branchExchange(o.add(o.reg(15), o.const(f.v | 1)));
}

export function bx<V>(o: Ops<V>, f: Fields): void {
  o.branchExchange(o.reg(f.m));
}

export function blxReg<V>(o: Ops<V>, f: Fields): void {
  const target = o.reg(f.m);
  o.writeReg(14, o.nextAddress());
  o.branchExchange(target);
}
