/** Coprocessor instructions (ARM DDI 0100I, A4.1 CDP, LDC, MCR, MCRR, MRC, MRRC, STC). */
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

/** No coprocessor of the ARM926EJ-S answers these; the kernel emulates or refuses them. */
export function coprocessorAbsent<V>(o: Ops<V>, _f: Fields): void {
  o.raiseUndefined();
}
