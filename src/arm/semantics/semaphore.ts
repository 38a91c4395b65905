/** Swaps of a register with memory (ARM DDI 0100I, A4.1 SWP and SWPB). */
import type { Fields } from "../decode/index.ts";
import type { Ops } from "./ops.ts";

/** Where an unaligned address does not abort, the value read from it is rotated as by LDR, the one written is not. */
export function swp<V>(o: Ops<V>, f: Fields): void {
  const address = o.reg(f.n);
  o.requireAlignment(address, 4);
  if (o.aborted()) return;
  const value = o.load32(address);
  if (o.aborted()) return;
  o.store32(address, o.reg(f.m));
  if (o.aborted()) return;
  o.writeReg(f.t, value);
}

export function swpb<V>(o: Ops<V>, f: Fields): void {
  const address = o.reg(f.n);
  const value = o.load8(address);
  if (o.aborted()) return;
  o.store8(address, o.reg(f.m));
  if (o.aborted()) return;
  o.writeReg(f.t, value);
}
