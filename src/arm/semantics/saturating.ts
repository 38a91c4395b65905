/** Saturating arithmetic of ARMv5TE (ARM DDI 0100I, A4.1 QADD and its kind); Q is set by the ops and stays set. */
import type { Fields } from "../decode/index.ts";
import type { Ops } from "./ops.ts";

export function qadd<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, o.qadd(o.reg(f.m), o.reg(f.n)));
}

export function qsub<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, o.qsub(o.reg(f.m), o.reg(f.n)));
}

export function qdadd<V>(o: Ops<V>, f: Fields): void {
  const n = o.reg(f.n);
  o.writeReg(f.d, o.qadd(o.reg(f.m), o.qadd(n, n)));
}

export function qdsub<V>(o: Ops<V>, f: Fields): void {
  const n = o.reg(f.n);
  o.writeReg(f.d, o.qsub(o.reg(f.m), o.qadd(n, n)));
}
