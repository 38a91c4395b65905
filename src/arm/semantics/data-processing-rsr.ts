/** Data processing with a register shifted by a register (ARM DDI 0100I, A4.1 and A5.1.6 to A5.1.12). */
import type { Fields } from "../decode/index.ts";
import { writeArithmetic, writeLogical } from "./flagged-result.ts";
import type { Ops } from "./ops.ts";

export function andRegShift<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1) writeLogical(o, f.d, o.and(o.reg(f.n), o.shiftReg(f.y, o.reg(f.m), o.reg(f.s))));
  else o.writeReg(f.d, o.and(o.reg(f.n), o.shiftReg(f.y, o.reg(f.m), o.reg(f.s))));
}

export function eorRegShift<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1) writeLogical(o, f.d, o.xor(o.reg(f.n), o.shiftReg(f.y, o.reg(f.m), o.reg(f.s))));
  else o.writeReg(f.d, o.xor(o.reg(f.n), o.shiftReg(f.y, o.reg(f.m), o.reg(f.s))));
}

export function subRegShift<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1)
    writeArithmetic(o, f.d, o.addWithCarry(o.reg(f.n), o.not(o.shiftReg(f.y, o.reg(f.m), o.reg(f.s))), o.const(1)));
  else o.writeReg(f.d, o.sub(o.reg(f.n), o.shiftReg(f.y, o.reg(f.m), o.reg(f.s))));
}

export function rsbRegShift<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1)
    writeArithmetic(o, f.d, o.addWithCarry(o.not(o.reg(f.n)), o.shiftReg(f.y, o.reg(f.m), o.reg(f.s)), o.const(1)));
  else o.writeReg(f.d, o.sub(o.shiftReg(f.y, o.reg(f.m), o.reg(f.s)), o.reg(f.n)));
}

export function addRegShift<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1)
    writeArithmetic(o, f.d, o.addWithCarry(o.reg(f.n), o.shiftReg(f.y, o.reg(f.m), o.reg(f.s)), o.const(0)));
  else o.writeReg(f.d, o.add(o.reg(f.n), o.shiftReg(f.y, o.reg(f.m), o.reg(f.s))));
}

export function adcRegShift<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1)
    writeArithmetic(o, f.d, o.addWithCarry(o.reg(f.n), o.shiftReg(f.y, o.reg(f.m), o.reg(f.s)), o.flagC()));
  else o.writeReg(f.d, o.add(o.add(o.reg(f.n), o.shiftReg(f.y, o.reg(f.m), o.reg(f.s))), o.flagC()));
}

export function sbcRegShift<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1)
    writeArithmetic(o, f.d, o.addWithCarry(o.reg(f.n), o.not(o.shiftReg(f.y, o.reg(f.m), o.reg(f.s))), o.flagC()));
  else o.writeReg(f.d, o.add(o.add(o.reg(f.n), o.not(o.shiftReg(f.y, o.reg(f.m), o.reg(f.s)))), o.flagC()));
}

export function rscRegShift<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1)
    writeArithmetic(o, f.d, o.addWithCarry(o.not(o.reg(f.n)), o.shiftReg(f.y, o.reg(f.m), o.reg(f.s)), o.flagC()));
  else o.writeReg(f.d, o.add(o.add(o.not(o.reg(f.n)), o.shiftReg(f.y, o.reg(f.m), o.reg(f.s))), o.flagC()));
}

export function tstRegShift<V>(o: Ops<V>, f: Fields): void {
  o.setNZC(o.and(o.reg(f.n), o.shiftReg(f.y, o.reg(f.m), o.reg(f.s))));
}

export function teqRegShift<V>(o: Ops<V>, f: Fields): void {
  o.setNZC(o.xor(o.reg(f.n), o.shiftReg(f.y, o.reg(f.m), o.reg(f.s))));
}

export function cmpRegShift<V>(o: Ops<V>, f: Fields): void {
  o.setNZCV(o.addWithCarry(o.reg(f.n), o.not(o.shiftReg(f.y, o.reg(f.m), o.reg(f.s))), o.const(1)));
}

export function cmnRegShift<V>(o: Ops<V>, f: Fields): void {
  o.setNZCV(o.addWithCarry(o.reg(f.n), o.shiftReg(f.y, o.reg(f.m), o.reg(f.s)), o.const(0)));
}

export function orrRegShift<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1) writeLogical(o, f.d, o.or(o.reg(f.n), o.shiftReg(f.y, o.reg(f.m), o.reg(f.s))));
  else o.writeReg(f.d, o.or(o.reg(f.n), o.shiftReg(f.y, o.reg(f.m), o.reg(f.s))));
}

export function movRegShift<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1) writeLogical(o, f.d, o.shiftReg(f.y, o.reg(f.m), o.reg(f.s)));
  else o.writeReg(f.d, o.shiftReg(f.y, o.reg(f.m), o.reg(f.s)));
}

export function bicRegShift<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1) writeLogical(o, f.d, o.and(o.reg(f.n), o.not(o.shiftReg(f.y, o.reg(f.m), o.reg(f.s)))));
  else o.writeReg(f.d, o.and(o.reg(f.n), o.not(o.shiftReg(f.y, o.reg(f.m), o.reg(f.s)))));
}

export function mvnRegShift<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1) writeLogical(o, f.d, o.not(o.shiftReg(f.y, o.reg(f.m), o.reg(f.s))));
  else o.writeReg(f.d, o.not(o.shiftReg(f.y, o.reg(f.m), o.reg(f.s))));
}
