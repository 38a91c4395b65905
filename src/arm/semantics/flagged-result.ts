/** Writes a result together with the flags; R15 as destination means return from an exception (ARM DDI 0100I, A4.1). */
import type { Ops } from "./ops.ts";

/** Result of a logical instruction with S: N and Z from the result, C from the shifter. */
export function writeLogical<V>(o: Ops<V>, d: number, result: V): void {
  if (d === 15) {
    o.exceptionReturn(result);
  } else {
    o.setNZC(result);
    o.writeReg(d, result);
  }
}

/** Result of `addWithCarry` with S: all four flags. */
export function writeArithmetic<V>(o: Ops<V>, d: number, result: V): void {
  if (d === 15) {
    o.exceptionReturn(result);
  } else {
    o.setNZCV(result);
    o.writeReg(d, result);
  }
}
