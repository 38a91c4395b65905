/** Moves from and to the status registers (ARM DDI 0100I, A4.1 MRS and MSR). */
import type { Fields } from "../decode/index.ts";
import type { Ops } from "./ops.ts";

export function mrs<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, f.R === 1 ? o.readSpsr() : o.readCpsr());
}

export function msrImm<V>(o: Ops<V>, f: Fields): void {
  if (f.R === 1) o.writeSpsr(o.const(f.i), f.k);
  else o.writeCpsr(o.const(f.i), f.k);
}

export function msrReg<V>(o: Ops<V>, f: Fields): void {
  if (f.R === 1) o.writeSpsr(o.reg(f.m), f.k);
  else o.writeCpsr(o.reg(f.m), f.k);
}
