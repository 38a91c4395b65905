/** Transfers between the core's registers and the VFP's (ARM DDI 0100I, C4.1). */
import type { Fields } from "../decode/index.ts";
import type { Ops } from "./ops.ts";

function writeWord<V>(o: Ops<V>, word: number, value: V): void {
  o.requireVfp();
  if (o.aborted()) return;
  o.writeVfpWord(word, value);
}

function readWord<V>(o: Ops<V>, word: number, t: number): void {
  o.requireVfp();
  if (o.aborted()) return;
  o.writeReg(t, o.vfpWord(word));
}

export function fmsr<V>(o: Ops<V>, f: Fields): void {
  writeWord(o, f.n, o.reg(f.t));
}

export function fmrs<V>(o: Ops<V>, f: Fields): void {
  readWord(o, f.n, f.t);
}

export function fmdlr<V>(o: Ops<V>, f: Fields): void {
  writeWord(o, f.n * 2, o.reg(f.t));
}

export function fmdhr<V>(o: Ops<V>, f: Fields): void {
  writeWord(o, f.n * 2 + 1, o.reg(f.t));
}

export function fmrdl<V>(o: Ops<V>, f: Fields): void {
  readWord(o, f.n * 2, f.t);
}

export function fmrdh<V>(o: Ops<V>, f: Fields): void {
  readWord(o, f.n * 2 + 1, f.t);
}

/** First of the two words that FMSRR, FMDRR and their reverse transfer; a pair of singles from S31 on is undefined. */
function openPair<V>(o: Ops<V>, f: Fields): number {
  const first = f.B === 1 ? f.m * 2 : f.m;
  if (first < 31) {
    o.requireVfp();
    return o.aborted() ? -1 : first;
  }
  o.raiseUndefined();
  return -1;
}

/** FMSRR and FMDRR. */
export function fmrrWrite<V>(o: Ops<V>, f: Fields): void {
  const first = openPair(o, f);
  if (first < 0) return;
  o.writeVfpWord(first, o.reg(f.t));
  o.writeVfpWord(first + 1, o.reg(f.n));
}

/** FMRRS and FMRRD. */
export function fmrrRead<V>(o: Ops<V>, f: Fields): void {
  const first = openPair(o, f);
  if (first < 0) return;
  o.writeReg(f.t, o.vfpWord(first));
  o.writeReg(f.n, o.vfpWord(first + 1));
}

export function fmxr<V>(o: Ops<V>, f: Fields): void {
  o.writeVfpSystem(f.k, o.reg(f.t));
  o.aborted();
}

/** To R15 it sets the flags (FMSTAT). */
export function fmrx<V>(o: Ops<V>, f: Fields): void {
  const value = o.readVfpSystem(f.k);
  if (o.aborted()) return;
  if (f.t === 15) o.setFlagsFromBits(value);
  else o.writeReg(f.t, value);
}
