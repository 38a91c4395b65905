/**
 * Loads and stores of double words (ARM DDI 0100I, A4.1 LDRD and STRD, A5.3).
 *
 * UNPREDICTABLE cases as QEMU 7.2 takes them: an odd first register is undefined; the base is written last, so
 * it wins over a loaded register.
 */
import type { Fields } from "../decode/index.ts";
import type { Ops } from "./ops.ts";

/** Loads both registers; false when the instruction must end. */
function loadPair<V>(o: Ops<V>, address: V, t: number): boolean {
  if ((t & 1) === 1) {
    o.raiseUndefined();
    return false;
  }
  o.openBlock(address, 2, false, 8);
  if (o.aborted()) return false;
  const first = o.blockLoad(0);
  const second = o.blockLoad(1);
  o.writeReg(t, first);
  o.writeReg(t + 1, second);
  return true;
}

/** Stores both registers; false when the instruction must end. */
function storePair<V>(o: Ops<V>, address: V, t: number): boolean {
  if ((t & 1) === 1) {
    o.raiseUndefined();
    return false;
  }
  o.openBlock(address, 2, true, 8);
  if (o.aborted()) return false;
  o.blockStore(0, o.reg(t));
  o.blockStore(1, o.reg(t + 1));
  return true;
}

function indexedByReg<V>(o: Ops<V>, f: Fields): V {
  return f.U === 1 ? o.add(o.reg(f.n), o.reg(f.m)) : o.sub(o.reg(f.n), o.reg(f.m));
}

export function ldrdImm<V>(o: Ops<V>, f: Fields): void {
  loadPair(o, o.add(o.reg(f.n), o.const(f.v)), f.t);
}

export function ldrdImmIndexed<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const indexed = o.add(base, o.const(f.v));
  if (loadPair(o, f.P === 1 ? indexed : base, f.t)) o.writeReg(f.n, indexed);
}

export function ldrdReg<V>(o: Ops<V>, f: Fields): void {
  loadPair(o, indexedByReg(o, f), f.t);
}

export function ldrdRegIndexed<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const indexed = indexedByReg(o, f);
  if (loadPair(o, f.P === 1 ? indexed : base, f.t)) o.writeReg(f.n, indexed);
}

export function strdImm<V>(o: Ops<V>, f: Fields): void {
  storePair(o, o.add(o.reg(f.n), o.const(f.v)), f.t);
}

export function strdImmIndexed<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const indexed = o.add(base, o.const(f.v));
  if (storePair(o, f.P === 1 ? indexed : base, f.t)) o.writeReg(f.n, indexed);
}

export function strdReg<V>(o: Ops<V>, f: Fields): void {
  storePair(o, indexedByReg(o, f), f.t);
}

export function strdRegIndexed<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const indexed = indexedByReg(o, f);
  if (storePair(o, f.P === 1 ? indexed : base, f.t)) o.writeReg(f.n, indexed);
}
