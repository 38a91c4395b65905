/** Where a loaded value goes: R15 branches and takes the state from bit 0 (ARMv5T, ARM DDI 0100I, A2.4.3). */
import type { Ops } from "./ops.ts";

/** Writes register `t` with a value from memory. */
export function writeLoaded<V>(o: Ops<V>, t: number, value: V): void {
  if (t === 15) o.branchExchange(value);
  else o.writeReg(t, value);
}
