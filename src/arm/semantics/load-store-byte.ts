/** Loads and stores of bytes (ARM DDI 0100I, A4.1 and A5.2). A stored R15 is the address of the instruction + 8. */
import type { Fields } from "../decode/index.ts";
import { writeLoaded } from "./loaded-value.ts";
import type { Ops } from "./ops.ts";

export function ldrbImm<V>(o: Ops<V>, f: Fields): void {
  const value = o.load8(o.add(o.reg(f.n), o.const(f.v)));
  if (o.aborted()) return;
  writeLoaded(o, f.t, value);
}

export function ldrbImmIndexed<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const indexed = o.add(base, o.const(f.v));
  const value = o.load8(f.P === 1 ? indexed : base);
  if (o.aborted()) return;
  o.writeReg(f.n, indexed);
  writeLoaded(o, f.t, value);
}

export function ldrbtImm<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const indexed = o.add(base, o.const(f.v));
  const value = o.load8User(base);
  if (o.aborted()) return;
  o.writeReg(f.n, indexed);
  writeLoaded(o, f.t, value);
}

export function ldrbReg<V>(o: Ops<V>, f: Fields): void {
  const offset = o.shiftImmNoCarry(f.y, o.reg(f.m), f.i);
  const value = o.load8(f.U === 1 ? o.add(o.reg(f.n), offset) : o.sub(o.reg(f.n), offset));
  if (o.aborted()) return;
  writeLoaded(o, f.t, value);
}

export function ldrbRegIndexed<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const offset = o.shiftImmNoCarry(f.y, o.reg(f.m), f.i);
  const indexed = f.U === 1 ? o.add(base, offset) : o.sub(base, offset);
  const value = o.load8(f.P === 1 ? indexed : base);
  if (o.aborted()) return;
  o.writeReg(f.n, indexed);
  writeLoaded(o, f.t, value);
}

export function ldrbtReg<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const offset = o.shiftImmNoCarry(f.y, o.reg(f.m), f.i);
  const indexed = f.U === 1 ? o.add(base, offset) : o.sub(base, offset);
  const value = o.load8User(base);
  if (o.aborted()) return;
  o.writeReg(f.n, indexed);
  writeLoaded(o, f.t, value);
}

export function strbImm<V>(o: Ops<V>, f: Fields): void {
  o.store8(o.add(o.reg(f.n), o.const(f.v)), o.reg(f.t));
  o.aborted();
}

export function strbImmIndexed<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const indexed = o.add(base, o.const(f.v));
  o.store8(f.P === 1 ? indexed : base, o.reg(f.t));
  if (o.aborted()) return;
  o.writeReg(f.n, indexed);
}

export function strbtImm<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const indexed = o.add(base, o.const(f.v));
  o.store8User(base, o.reg(f.t));
  if (o.aborted()) return;
  o.writeReg(f.n, indexed);
}

export function strbReg<V>(o: Ops<V>, f: Fields): void {
  const offset = o.shiftImmNoCarry(f.y, o.reg(f.m), f.i);
  o.store8(f.U === 1 ? o.add(o.reg(f.n), offset) : o.sub(o.reg(f.n), offset), o.reg(f.t));
  o.aborted();
}

export function strbRegIndexed<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const offset = o.shiftImmNoCarry(f.y, o.reg(f.m), f.i);
  const indexed = f.U === 1 ? o.add(base, offset) : o.sub(base, offset);
  o.store8(f.P === 1 ? indexed : base, o.reg(f.t));
  if (o.aborted()) return;
  o.writeReg(f.n, indexed);
}

export function strbtReg<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const offset = o.shiftImmNoCarry(f.y, o.reg(f.m), f.i);
  const indexed = f.U === 1 ? o.add(base, offset) : o.sub(base, offset);
  o.store8User(base, o.reg(f.t));
  if (o.aborted()) return;
  o.writeReg(f.n, indexed);
}
