/** Coprocessor instructions (ARM DDI 0100I, A4.1 CDP, LDC, MCR, MCRR, MRC, MRRC, STC). */
import { BLOCK_OPERATION } from "../core/index.ts";
import type { Fields } from "../decode/index.ts";
import type { Ops } from "./ops.ts";

export function mcr<V>(o: Ops<V>, f: Fields): void {
  o.writeCoprocessor(f.p, f.o, f.k, f.m, f.q, o.reg(f.t));
  o.aborted();
}

/** To R15 it sets the flags. */
export function mrc<V>(o: Ops<V>, f: Fields): void {
  const value = o.readCoprocessor(f.p, f.o, f.k, f.m, f.q);
  if (o.aborted()) return;
  if (f.t === 15) o.setFlagsFromBits(value);
  else o.writeReg(f.t, value);
}

/** Operations on a range of cache lines (ARM1176JZF-S TRM, DDI 0301H, figure 3-39): t is its end, n its start. */
export function mcrr<V>(o: Ops<V>, f: Fields): void {
  o.writeCoprocessor(f.p, f.o, BLOCK_OPERATION, f.m, 0, o.reg(f.t));
  o.aborted();
}

/** No coprocessor but VFP, which has rows of its own, answers these; the kernel emulates or refuses them. */
export function coprocessorAbsent<V>(o: Ops<V>, _f: Fields): void {
  o.raiseUndefined();
}
