/** Data processing with a register shifted by a constant (ARM DDI 0100I, A4.1 and A5.1.4 to A5.1.13). */
import type { Fields } from "../decode/index.ts";
import { writeArithmetic, writeLogical } from "./flagged-result.ts";
import type { Ops } from "./ops.ts";

export function andReg<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1) writeLogical(o, f.d, o.and(o.reg(f.n), o.shiftImm(f.y, o.reg(f.m), f.i)));
  else o.writeReg(f.d, o.and(o.reg(f.n), o.shiftImmNoCarry(f.y, o.reg(f.m), f.i)));
}

export function eorReg<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1) writeLogical(o, f.d, o.xor(o.reg(f.n), o.shiftImm(f.y, o.reg(f.m), f.i)));
  else o.writeReg(f.d, o.xor(o.reg(f.n), o.shiftImmNoCarry(f.y, o.reg(f.m), f.i)));
}

export function subReg<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1)
    writeArithmetic(o, f.d, o.addWithCarry(o.reg(f.n), o.not(o.shiftImmNoCarry(f.y, o.reg(f.m), f.i)), o.const(1)));
  else o.writeReg(f.d, o.sub(o.reg(f.n), o.shiftImmNoCarry(f.y, o.reg(f.m), f.i)));
}

export function rsbReg<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1)
    writeArithmetic(o, f.d, o.addWithCarry(o.not(o.reg(f.n)), o.shiftImmNoCarry(f.y, o.reg(f.m), f.i), o.const(1)));
  else o.writeReg(f.d, o.sub(o.shiftImmNoCarry(f.y, o.reg(f.m), f.i), o.reg(f.n)));
}

export function addReg<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1)
    writeArithmetic(o, f.d, o.addWithCarry(o.reg(f.n), o.shiftImmNoCarry(f.y, o.reg(f.m), f.i), o.const(0)));
  else o.writeReg(f.d, o.add(o.reg(f.n), o.shiftImmNoCarry(f.y, o.reg(f.m), f.i)));
}

export function adcReg<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1)
    writeArithmetic(o, f.d, o.addWithCarry(o.reg(f.n), o.shiftImmNoCarry(f.y, o.reg(f.m), f.i), o.flagC()));
  else o.writeReg(f.d, o.add(o.add(o.reg(f.n), o.shiftImmNoCarry(f.y, o.reg(f.m), f.i)), o.flagC()));
}

export function sbcReg<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1)
    writeArithmetic(o, f.d, o.addWithCarry(o.reg(f.n), o.not(o.shiftImmNoCarry(f.y, o.reg(f.m), f.i)), o.flagC()));
  else o.writeReg(f.d, o.add(o.add(o.reg(f.n), o.not(o.shiftImmNoCarry(f.y, o.reg(f.m), f.i))), o.flagC()));
}

export function rscReg<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1)
    writeArithmetic(o, f.d, o.addWithCarry(o.not(o.reg(f.n)), o.shiftImmNoCarry(f.y, o.reg(f.m), f.i), o.flagC()));
  else o.writeReg(f.d, o.add(o.add(o.not(o.reg(f.n)), o.shiftImmNoCarry(f.y, o.reg(f.m), f.i)), o.flagC()));
}

export function tstReg<V>(o: Ops<V>, f: Fields): void {
  o.setNZC(o.and(o.reg(f.n), o.shiftImm(f.y, o.reg(f.m), f.i)));
}

export function teqReg<V>(o: Ops<V>, f: Fields): void {
  o.setNZC(o.xor(o.reg(f.n), o.shiftImm(f.y, o.reg(f.m), f.i)));
}

export function cmpReg<V>(o: Ops<V>, f: Fields): void {
  o.setNZCV(o.addWithCarry(o.reg(f.n), o.not(o.shiftImmNoCarry(f.y, o.reg(f.m), f.i)), o.const(1)));
}

export function cmnReg<V>(o: Ops<V>, f: Fields): void {
  o.setNZCV(o.addWithCarry(o.reg(f.n), o.shiftImmNoCarry(f.y, o.reg(f.m), f.i), o.const(0)));
}

export function orrReg<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1) writeLogical(o, f.d, o.or(o.reg(f.n), o.shiftImm(f.y, o.reg(f.m), f.i)));
  else o.writeReg(f.d, o.or(o.reg(f.n), o.shiftImmNoCarry(f.y, o.reg(f.m), f.i)));
}

export function movReg<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1) writeLogical(o, f.d, o.shiftImm(f.y, o.reg(f.m), f.i));
  else o.writeReg(f.d, o.shiftImmNoCarry(f.y, o.reg(f.m), f.i));
}

export function bicReg<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1) writeLogical(o, f.d, o.and(o.reg(f.n), o.not(o.shiftImm(f.y, o.reg(f.m), f.i))));
  else o.writeReg(f.d, o.and(o.reg(f.n), o.not(o.shiftImmNoCarry(f.y, o.reg(f.m), f.i))));
}

export function mvnReg<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1) writeLogical(o, f.d, o.not(o.shiftImm(f.y, o.reg(f.m), f.i)));
  else o.writeReg(f.d, o.not(o.shiftImmNoCarry(f.y, o.reg(f.m), f.i)));
}
