/** Loads and stores of words (ARM DDI 0100I, A4.1 and A5.2). A stored R15 is the address of the instruction + 8. */
import type { Fields } from "../decode/index.ts";
import { writeLoaded } from "./loaded-value.ts";
import type { Ops } from "./ops.ts";

export function ldrImm<V>(o: Ops<V>, f: Fields): void {
  const value = o.load32(o.add(o.reg(f.n), o.const(f.v)));
  if (o.aborted()) return;
  writeLoaded(o, f.t, value);
}

export function ldrImmIndexed<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const indexed = o.add(base, o.const(f.v));
  const value = o.load32(f.P === 1 ? indexed : base);
  if (o.aborted()) return;
  o.writeReg(f.n, indexed);
  writeLoaded(o, f.t, value);
}

export function ldrtImm<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const indexed = o.add(base, o.const(f.v));
  const value = o.load32User(base);
  if (o.aborted()) return;
  o.writeReg(f.n, indexed);
  writeLoaded(o, f.t, value);
}

export function ldrReg<V>(o: Ops<V>, f: Fields): void {
  const offset = o.shiftImmNoCarry(f.y, o.reg(f.m), f.i);
  const value = o.load32(f.U === 1 ? o.add(o.reg(f.n), offset) : o.sub(o.reg(f.n), offset));
  if (o.aborted()) return;
  writeLoaded(o, f.t, value);
}

export function ldrRegIndexed<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const offset = o.shiftImmNoCarry(f.y, o.reg(f.m), f.i);
  const indexed = f.U === 1 ? o.add(base, offset) : o.sub(base, offset);
  const value = o.load32(f.P === 1 ? indexed : base);
  if (o.aborted()) return;
  o.writeReg(f.n, indexed);
  writeLoaded(o, f.t, value);
}

export function ldrtReg<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const offset = o.shiftImmNoCarry(f.y, o.reg(f.m), f.i);
  const indexed = f.U === 1 ? o.add(base, offset) : o.sub(base, offset);
  const value = o.load32User(base);
  if (o.aborted()) return;
  o.writeReg(f.n, indexed);
  writeLoaded(o, f.t, value);
}

export function strImm<V>(o: Ops<V>, f: Fields): void {
  o.store32(o.add(o.reg(f.n), o.const(f.v)), o.reg(f.t));
  o.aborted();
}

export function strImmIndexed<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const indexed = o.add(base, o.const(f.v));
  o.store32(f.P === 1 ? indexed : base, o.reg(f.t));
  if (o.aborted()) return;
  o.writeReg(f.n, indexed);
}

export function strtImm<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const indexed = o.add(base, o.const(f.v));
  o.store32User(base, o.reg(f.t));
  if (o.aborted()) return;
  o.writeReg(f.n, indexed);
}

export function strReg<V>(o: Ops<V>, f: Fields): void {
  const offset = o.shiftImmNoCarry(f.y, o.reg(f.m), f.i);
  o.store32(f.U === 1 ? o.add(o.reg(f.n), offset) : o.sub(o.reg(f.n), offset), o.reg(f.t));
  o.aborted();
}

export function strRegIndexed<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const offset = o.shiftImmNoCarry(f.y, o.reg(f.m), f.i);
  const indexed = f.U === 1 ? o.add(base, offset) : o.sub(base, offset);
  o.store32(f.P === 1 ? indexed : base, o.reg(f.t));
  if (o.aborted()) return;
  o.writeReg(f.n, indexed);
}

export function strtReg<V>(o: Ops<V>, f: Fields): void {
  const base = o.reg(f.n);
  const offset = o.shiftImmNoCarry(f.y, o.reg(f.m), f.i);
  const indexed = f.U === 1 ? o.add(base, offset) : o.sub(base, offset);
  o.store32User(base, o.reg(f.t));
  if (o.aborted()) return;
  o.writeReg(f.n, indexed);
}
