/**
 * VFP loads and stores (ARM DDI 0100I, C4.1 and C5.1 to C5.4).
 *
 * Addresses are aligned to words whatever the precision. Of several registers, B = 1 is for doubles, v is the number of
 * words by which the base moves, and an odd number of words with doubles (FLDMX, FSTMX, format 1) leaves the last alone.
 * UNPREDICTABLE cases as QEMU 7.2 takes them: no register, one beyond the last, or R15 written back is undefined.
 */
import type { Fields } from "../decode/index.ts";
import type { Ops } from "./ops.ts";

/** Words in a register. */
const wordsOf = (f: Fields): number => (f.B === 1 ? 2 : 1);

/** Opens the access of one register; false when the instruction must end. */
function openOne<V>(o: Ops<V>, f: Fields, isStore: boolean): boolean {
  o.requireVfp();
  if (o.aborted()) return false;
  o.openBlock(o.add(o.reg(f.n), o.const(f.v)), wordsOf(f), isStore, 4);
  return !o.aborted();
}

/** Loads `count` words from register d on. */
function loadWords<V>(o: Ops<V>, f: Fields, count: number): void {
  const first = f.d * wordsOf(f);
  const swap = f.B === 1 ? o.vfpWordSwap() : 0;
  for (let index = 0; index < count; index++) o.writeVfpWord(first + (index ^ swap), o.blockLoad(index));
}

function storeWords<V>(o: Ops<V>, f: Fields, count: number): void {
  const first = f.d * wordsOf(f);
  const swap = f.B === 1 ? o.vfpWordSwap() : 0;
  for (let index = 0; index < count; index++) o.blockStore(index, o.vfpWord(first + (index ^ swap)));
}

export function fld<V>(o: Ops<V>, f: Fields): void {
  if (openOne(o, f, false)) loadWords(o, f, wordsOf(f));
}

export function fst<V>(o: Ops<V>, f: Fields): void {
  if (openOne(o, f, true)) storeWords(o, f, wordsOf(f));
}

/** Words to transfer. */
const countOf = (f: Fields): number => (f.B === 1 ? f.v & ~1 : f.v);

/** Opens the access of all registers; false when the instruction must end. */
function openMultiple<V>(o: Ops<V>, f: Fields, isStore: boolean): boolean {
  const count = countOf(f);
  if (count === 0 || f.d * wordsOf(f) + count > 32 || (f.n === 15 && f.W === 1)) {
    o.raiseUndefined();
    return false;
  }
  o.requireVfp();
  if (o.aborted()) return false;
  o.openBlock(o.add(o.reg(f.n), o.const(f.P === 1 ? -4 * f.v : 0)), count, isStore, 4);
  return !o.aborted();
}

function writeBack<V>(o: Ops<V>, f: Fields): void {
  if (f.W === 1) o.writeReg(f.n, o.add(o.reg(f.n), o.const(f.P === 1 ? -4 * f.v : 4 * f.v)));
}

export function fldm<V>(o: Ops<V>, f: Fields): void {
  if (!openMultiple(o, f, false)) return;
  loadWords(o, f, countOf(f));
  writeBack(o, f);
}

export function fstm<V>(o: Ops<V>, f: Fields): void {
  if (!openMultiple(o, f, true)) return;
  storeWords(o, f, countOf(f));
  writeBack(o, f);
}
