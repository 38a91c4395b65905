/** Loads and stores of halves and loads of signed bytes (ARM DDI 0100I, A4.1 and A5.3). */
import type { Fields } from "../decode/index.ts";
import { writeLoaded } from "./loaded-value.ts";
import type { Ops } from "./ops.ts";

export function ldrhImm<V>(o: Ops<V>, f: Fields): void {
  const value = o.load16(o.add(o.reg(f.n), o.const(f.v)));
  if (o.aborted()) return;
  writeLoaded(o, f.t, value);
}

export function ldrhImmIndexed<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const indexed = o.add(base, o.const(f.v));
  const value = o.load16(f.P === 1 ? indexed : base);
  if (o.aborted()) return;
  o.writeReg(f.n, indexed);
  writeLoaded(o, f.t, value);
}

export function ldrhReg<V>(o: Ops<V>, f: Fields): void {
  const offset = o.reg(f.m);
  const value = o.load16(f.U === 1 ? o.add(o.reg(f.n), offset) : o.sub(o.reg(f.n), offset));
  if (o.aborted()) return;
  writeLoaded(o, f.t, value);
}

export function ldrhRegIndexed<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const offset = o.reg(f.m);
  const indexed = f.U === 1 ? o.add(base, offset) : o.sub(base, offset);
  const value = o.load16(f.P === 1 ? indexed : base);
  if (o.aborted()) return;
  o.writeReg(f.n, indexed);
  writeLoaded(o, f.t, value);
}

export function strhImm<V>(o: Ops<V>, f: Fields): void {
  o.store16(o.add(o.reg(f.n), o.const(f.v)), o.reg(f.t));
  o.aborted();
}

export function strhImmIndexed<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const indexed = o.add(base, o.const(f.v));
  o.store16(f.P === 1 ? indexed : base, o.reg(f.t));
  if (o.aborted()) return;
  o.writeReg(f.n, indexed);
}

export function strhReg<V>(o: Ops<V>, f: Fields): void {
  const offset = o.reg(f.m);
  o.store16(f.U === 1 ? o.add(o.reg(f.n), offset) : o.sub(o.reg(f.n), offset), o.reg(f.t));
  o.aborted();
}

export function strhRegIndexed<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const offset = o.reg(f.m);
  const indexed = f.U === 1 ? o.add(base, offset) : o.sub(base, offset);
  o.store16(f.P === 1 ? indexed : base, o.reg(f.t));
  if (o.aborted()) return;
  o.writeReg(f.n, indexed);
}

export function ldrsbImm<V>(o: Ops<V>, f: Fields): void {
  const value = o.signExtend8(o.load8(o.add(o.reg(f.n), o.const(f.v))));
  if (o.aborted()) return;
  writeLoaded(o, f.t, value);
}

export function ldrsbImmIndexed<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const indexed = o.add(base, o.const(f.v));
  const value = o.signExtend8(o.load8(f.P === 1 ? indexed : base));
  if (o.aborted()) return;
  o.writeReg(f.n, indexed);
  writeLoaded(o, f.t, value);
}

export function ldrsbReg<V>(o: Ops<V>, f: Fields): void {
  const offset = o.reg(f.m);
  const value = o.signExtend8(o.load8(f.U === 1 ? o.add(o.reg(f.n), offset) : o.sub(o.reg(f.n), offset)));
  if (o.aborted()) return;
  writeLoaded(o, f.t, value);
}

export function ldrsbRegIndexed<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const offset = o.reg(f.m);
  const indexed = f.U === 1 ? o.add(base, offset) : o.sub(base, offset);
  const value = o.signExtend8(o.load8(f.P === 1 ? indexed : base));
  if (o.aborted()) return;
  o.writeReg(f.n, indexed);
  writeLoaded(o, f.t, value);
}

export function ldrshImm<V>(o: Ops<V>, f: Fields): void {
  const value = o.signExtend16(o.load16(o.add(o.reg(f.n), o.const(f.v))));
  if (o.aborted()) return;
  writeLoaded(o, f.t, value);
}

export function ldrshImmIndexed<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const indexed = o.add(base, o.const(f.v));
  const value = o.signExtend16(o.load16(f.P === 1 ? indexed : base));
  if (o.aborted()) return;
  o.writeReg(f.n, indexed);
  writeLoaded(o, f.t, value);
}

export function ldrshReg<V>(o: Ops<V>, f: Fields): void {
  const offset = o.reg(f.m);
  const value = o.signExtend16(o.load16(f.U === 1 ? o.add(o.reg(f.n), offset) : o.sub(o.reg(f.n), offset)));
  if (o.aborted()) return;
  writeLoaded(o, f.t, value);
}

export function ldrshRegIndexed<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const offset = o.reg(f.m);
  const indexed = f.U === 1 ? o.add(base, offset) : o.sub(base, offset);
  const value = o.signExtend16(o.load16(f.P === 1 ? indexed : base));
  if (o.aborted()) return;
  o.writeReg(f.n, indexed);
  writeLoaded(o, f.t, value);
}
