/**
 * Loads and stores of several registers (ARM DDI 0100I, A4.1 LDM and STM, A5.4).
 *
 * The decoder leaves in the fields: i = number of registers, v = lowest address - base, r = change of the base.
 * UNPREDICTABLE cases as QEMU 7.2 takes them: an empty list or R15 as base is undefined; a base in the list of a
 * load takes the loaded value; a base in the list of a store is stored as it was.
 */
import type { Fields } from "../decode/index.ts";
import type { Ops } from "./ops.ts";

/** The lowest register in a list that is not empty. */
const lowestOf = (list: number): number => 31 - Math.clz32(list & -list);

/** Checks the whole transfer and writes the base back; false when the instruction must end. */
function openLoad<V>(o: Ops<V>, f: Fields): boolean {
  if (f.i === 0 || f.n === 15) {
    o.raiseUndefined();
    return false;
  }
  const base = o.reg(f.n);
  o.openBlock(o.add(base, o.const(f.v)), f.i, false, 4);
  if (o.aborted()) return false;
  if (f.W === 1) o.writeReg(f.n, o.add(base, o.const(f.r)));
  return true;
}

/** Checks the whole transfer; false when the instruction must end. */
function openStore<V>(o: Ops<V>, f: Fields): boolean {
  if (f.i === 0 || f.n === 15) {
    o.raiseUndefined();
    return false;
  }
  o.openBlock(o.add(o.reg(f.n), o.const(f.v)), f.i, true, 4);
  return !o.aborted();
}

/** Loads R0 .. R14 of the list. */
function loadList<V>(o: Ops<V>, list: number): void {
  let index = 0;
  for (let rest = list & 0x7fff; rest !== 0; rest &= rest - 1) {
    o.writeReg(lowestOf(rest), o.blockLoad(index));
    index += 1;
  }
}

export function ldm<V>(o: Ops<V>, f: Fields): void {
  if (!openLoad(o, f)) return;
  loadList(o, f.l);
  if (f.l > 0x7fff) o.branchExchange(o.blockLoad(f.i - 1));
}

/** With R15 in the list: CPSR from SPSR. */
export function ldmExceptionReturn<V>(o: Ops<V>, f: Fields): void {
  if (!openLoad(o, f)) return;
  loadList(o, f.l);
  o.exceptionReturn(o.blockLoad(f.i - 1));
}

/** Without R15 in the list: user-mode registers, never with write-back. */
export function ldmUser<V>(o: Ops<V>, f: Fields): void {
  if (!openLoad(o, f)) return;
  let index = 0;
  for (let rest = f.l; rest !== 0; rest &= rest - 1) {
    o.writeRegUser(lowestOf(rest), o.blockLoad(index));
    index += 1;
  }
}

export function stm<V>(o: Ops<V>, f: Fields): void {
  if (!openStore(o, f)) return;
  let index = 0;
  for (let rest = f.l; rest !== 0; rest &= rest - 1) {
    o.blockStore(index, o.reg(lowestOf(rest)));
    index += 1;
  }
  if (f.W === 1) o.writeReg(f.n, o.add(o.reg(f.n), o.const(f.r)));
}

/** Stores user-mode registers; the base is the current mode's. */
export function stmUser<V>(o: Ops<V>, f: Fields): void {
  if (!openStore(o, f)) return;
  let index = 0;
  for (let rest = f.l & 0x7fff; rest !== 0; rest &= rest - 1) {
    o.blockStore(index, o.regUser(lowestOf(rest)));
    index += 1;
  }
  if (f.l > 0x7fff) o.blockStore(f.i - 1, o.reg(15));
  if (f.W === 1) o.writeReg(f.n, o.add(o.reg(f.n), o.const(f.r)));
}
