/** Exceptions by instruction, count of leading zeros, and the preload hint (ARM DDI 0100I, A4.1). */
import type { Fields } from "../decode/index.ts";
import type { Ops } from "./ops.ts";

export function svc<V>(o: Ops<V>, _f: Fields): void {
  o.raiseSupervisorCall();
}

export function bkpt<V>(o: Ops<V>, _f: Fields): void {
  o.raiseBreakpoint();
}

/** Encodings without an instruction. */
export function undefinedInstruction<V>(o: Ops<V>, _f: Fields): void {
  o.raiseUndefined();
}

export function clz<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, o.clz(o.reg(f.m)));
}

/** A hint: without a data cache in the model there is nothing to do. */
export function pld<V>(_o: Ops<V>, _f: Fields): void {}
