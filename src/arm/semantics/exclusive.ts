/**
 * Exclusive loads and stores (ARM DDI 0100I, A2.9 and A4.1 LDREX, STREX; ARM1176JZF-S TRM, DDI 0301H, 2.11).
 *
 * UNPREDICTABLE cases as QEMU 7.2 takes them: an odd first register of the double forms is undefined.
 */
import type { Fields } from "../decode/index.ts";
import type { Ops } from "./ops.ts";

/** Checks an address that must be aligned; false when the instruction must end. */
function isAligned<V>(o: Ops<V>, f: Fields, sizeBytes: number): boolean {
  o.requireAlignment(o.reg(f.n), sizeBytes);
  return !o.aborted();
}

/** Ends a load: from now on the address is watched. */
function finishLoad<V>(o: Ops<V>, f: Fields, value: V): void {
  if (o.aborted()) return;
  o.setExclusive(o.reg(f.n));
  o.writeReg(f.t, value);
}

export function ldrex<V>(o: Ops<V>, f: Fields): void {
  if (isAligned(o, f, 4)) finishLoad(o, f, o.load32(o.reg(f.n)));
}

export function ldrexb<V>(o: Ops<V>, f: Fields): void {
  finishLoad(o, f, o.load8(o.reg(f.n)));
}

export function ldrexh<V>(o: Ops<V>, f: Fields): void {
  if (isAligned(o, f, 2)) finishLoad(o, f, o.load16(o.reg(f.n)));
}

export function ldrexd<V>(o: Ops<V>, f: Fields): void {
  if ((f.t & 1) === 1) {
    o.raiseUndefined();
    return;
  }
  if (!isAligned(o, f, 8)) return;
  o.openBlock(o.reg(f.n), 2, false, 8);
  if (o.aborted()) return;
  const first = o.blockLoad(0);
  const second = o.blockLoad(1);
  o.setExclusive(o.reg(f.n));
  o.writeReg(f.t, first);
  o.writeReg(f.t + 1, second);
}

/** Stores t, and t + 1 for the double form, if the address is still watched; d becomes 0 if so, else 1. */
function store<V>(o: Ops<V>, f: Fields, sizeBytes: number): void {
  if (!isAligned(o, f, sizeBytes)) return;
  const failed = o.storeExclusive(o.reg(f.n), sizeBytes, o.reg(f.t), o.reg(sizeBytes === 8 ? f.t + 1 : f.t));
  if (o.aborted()) return;
  o.writeReg(f.d, failed);
}

export function strex<V>(o: Ops<V>, f: Fields): void {
  store(o, f, 4);
}

export function strexb<V>(o: Ops<V>, f: Fields): void {
  store(o, f, 1);
}

export function strexh<V>(o: Ops<V>, f: Fields): void {
  store(o, f, 2);
}

export function strexd<V>(o: Ops<V>, f: Fields): void {
  if ((f.t & 1) === 1) o.raiseUndefined();
  else store(o, f, 8);
}

export function clrex<V>(o: Ops<V>, _f: Fields): void {
  o.clearExclusive();
}
