/** Data processing with immediate operand (ARM DDI 0100I, A4.1 and A5.1.3): fields v and r as encoded, i the value they make. */
import type { Fields } from "../decode/index.ts";
import { writeArithmetic, writeLogical } from "./flagged-result.ts";
import type { Ops } from "./ops.ts";

export function andImm<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1) writeLogical(o, f.d, o.and(o.reg(f.n), o.expandImm(f.v, f.r)));
  else o.writeReg(f.d, o.and(o.reg(f.n), o.const(f.i)));
}

export function eorImm<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1) writeLogical(o, f.d, o.xor(o.reg(f.n), o.expandImm(f.v, f.r)));
  else o.writeReg(f.d, o.xor(o.reg(f.n), o.const(f.i)));
}

export function subImm<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1) writeArithmetic(o, f.d, o.addWithCarry(o.reg(f.n), o.const(~f.i), o.const(1)));
  else o.writeReg(f.d, o.sub(o.reg(f.n), o.const(f.i)));
}

export function rsbImm<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1) writeArithmetic(o, f.d, o.addWithCarry(o.not(o.reg(f.n)), o.const(f.i), o.const(1)));
  else o.writeReg(f.d, o.sub(o.const(f.i), o.reg(f.n)));
}

export function addImm<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1) writeArithmetic(o, f.d, o.addWithCarry(o.reg(f.n), o.const(f.i), o.const(0)));
  else o.writeReg(f.d, o.add(o.reg(f.n), o.const(f.i)));
}

export function adcImm<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1) writeArithmetic(o, f.d, o.addWithCarry(o.reg(f.n), o.const(f.i), o.flagC()));
  else o.writeReg(f.d, o.add(o.add(o.reg(f.n), o.const(f.i)), o.flagC()));
}

export function sbcImm<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1) writeArithmetic(o, f.d, o.addWithCarry(o.reg(f.n), o.const(~f.i), o.flagC()));
  else o.writeReg(f.d, o.add(o.add(o.reg(f.n), o.const(~f.i)), o.flagC()));
}

export function rscImm<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1) writeArithmetic(o, f.d, o.addWithCarry(o.not(o.reg(f.n)), o.const(f.i), o.flagC()));
  else o.writeReg(f.d, o.add(o.add(o.not(o.reg(f.n)), o.const(f.i)), o.flagC()));
}

export function tstImm<V>(o: Ops<V>, f: Fields): void {
  o.setNZC(o.and(o.reg(f.n), o.expandImm(f.v, f.r)));
}

export function teqImm<V>(o: Ops<V>, f: Fields): void {
  o.setNZC(o.xor(o.reg(f.n), o.expandImm(f.v, f.r)));
}

export function cmpImm<V>(o: Ops<V>, f: Fields): void {
  o.setNZCV(o.addWithCarry(o.reg(f.n), o.const(~f.i), o.const(1)));
}

export function cmnImm<V>(o: Ops<V>, f: Fields): void {
  o.setNZCV(o.addWithCarry(o.reg(f.n), o.const(f.i), o.const(0)));
}

export function orrImm<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1) writeLogical(o, f.d, o.or(o.reg(f.n), o.expandImm(f.v, f.r)));
  else o.writeReg(f.d, o.or(o.reg(f.n), o.const(f.i)));
}

export function movImm<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1) writeLogical(o, f.d, o.expandImm(f.v, f.r));
  else o.writeReg(f.d, o.const(f.i));
}

export function bicImm<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1) writeLogical(o, f.d, o.and(o.reg(f.n), o.not(o.expandImm(f.v, f.r))));
  else o.writeReg(f.d, o.and(o.reg(f.n), o.const(~f.i)));
}

export function mvnImm<V>(o: Ops<V>, f: Fields): void {
  if (f.S === 1) writeLogical(o, f.d, o.not(o.expandImm(f.v, f.r)));
  else o.writeReg(f.d, o.const(~f.i));
}
