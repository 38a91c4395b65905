/** Changes of the processor state of ARMv6 (ARM DDI 0100I, A4.1 CPS, RFE, SETEND, SRS), and hints. */
import type { Fields } from "../decode/index.ts";
import type { Ops } from "./ops.ts";

const MODE_BITS = 0x1f;
/** The fields of MSR that hold the mode with I and F, and A. */
const CONTROL_FIELD = 1;
const EXTENSION_FIELD = 2;
/** Place of the masks F, I and A in the CPSR. */
const MASK_SHIFT = 6;

/** Nothing in user mode. */
export function cps<V>(o: Ops<V>, f: Fields): void {
  if (f.W === 0) {
    o.changeMasks(f.k, f.S === 1);
    return;
  }
  const masks = f.k << MASK_SHIFT;
  const kept = o.and(o.readCpsr(), o.const(~(MODE_BITS | masks)));
  const fields = f.k > 3 ? CONTROL_FIELD | EXTENSION_FIELD : CONTROL_FIELD;
  o.writeCpsr(o.or(kept, o.const(f.v | (f.S === 1 ? masks : 0))), fields);
}

export function setend<V>(o: Ops<V>, f: Fields): void {
  o.setEndianness(f.x === 1);
}

/** Distance of the lower of two words from the base, by the addressing mode. */
const lowestOffset = (f: Fields): number => (f.U === 1 ? 4 * f.P : -4 - 4 * f.P);
const change = (f: Fields): number => (f.U === 1 ? 8 : -8);

/** Stores LR and SPSR of the current mode to the stack of mode v. */
export function srs<V>(o: Ops<V>, f: Fields): void {
  o.requireExceptionMode();
  if (o.aborted()) return;
  const base = o.bankedStackPointer(f.v);
  o.openBlock(o.add(base, o.const(lowestOffset(f))), 2, true, 4);
  if (o.aborted()) return;
  o.blockStore(0, o.reg(14));
  o.blockStore(1, o.readSpsr());
  if (f.W === 1) o.writeBankedStackPointer(f.v, o.add(base, o.const(change(f))));
}

/** Loads PC and CPSR. */
export function rfe<V>(o: Ops<V>, f: Fields): void {
  o.requirePrivilege();
  if (o.aborted()) return;
  const base = o.reg(f.n);
  o.openBlock(o.add(base, o.const(lowestOffset(f))), 2, false, 4);
  if (o.aborted()) return;
  const target = o.blockLoad(0);
  const status = o.blockLoad(1);
  if (f.W === 1) o.writeReg(f.n, o.add(base, o.const(change(f))));
  o.returnTo(target, status);
}

/** Hints: this core gives no meaning to any of them. */
export function nop<V>(_o: Ops<V>, _f: Fields): void {}
