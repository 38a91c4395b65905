/**
 * VFP arithmetic: data-processing instructions, comparisons and conversions (ARM DDI 0100I, C4.1).
 *
 * Registers are numbers of the precision, B = 1 for double. Multiply-accumulates round the product first.
 */
import type { Fields } from "../decode/index.ts";
import { FloatConversion, FloatOperation } from "../softfloat/index.ts";
import type { Ops } from "./ops.ts";

function compute<V>(o: Ops<V>, f: Fields, operation: number): void {
  o.requireVfp();
  if (o.aborted()) return;
  o.vfpCompute(operation, f.B === 1, f.d, f.n, f.m);
}

function convert<V>(o: Ops<V>, f: Fields, conversion: number): void {
  o.requireVfp();
  if (o.aborted()) return;
  o.vfpConvert(conversion, f.B === 1, f.d, f.m);
}

function compare<V>(o: Ops<V>, f: Fields, isSignalling: boolean, m: number): void {
  o.requireVfp();
  if (o.aborted()) return;
  o.vfpCompare(isSignalling, f.B === 1, f.d, m);
}

export function fadd<V>(o: Ops<V>, f: Fields): void {
  compute(o, f, FloatOperation.add);
}

export function fsub<V>(o: Ops<V>, f: Fields): void {
  compute(o, f, FloatOperation.sub);
}

export function fmul<V>(o: Ops<V>, f: Fields): void {
  compute(o, f, FloatOperation.mul);
}

export function fnmul<V>(o: Ops<V>, f: Fields): void {
  compute(o, f, FloatOperation.nmul);
}

export function fdiv<V>(o: Ops<V>, f: Fields): void {
  compute(o, f, FloatOperation.div);
}

export function fmac<V>(o: Ops<V>, f: Fields): void {
  compute(o, f, FloatOperation.mac);
}

export function fnmac<V>(o: Ops<V>, f: Fields): void {
  compute(o, f, FloatOperation.nmac);
}

export function fmsc<V>(o: Ops<V>, f: Fields): void {
  compute(o, f, FloatOperation.msc);
}

export function fnmsc<V>(o: Ops<V>, f: Fields): void {
  compute(o, f, FloatOperation.nmsc);
}

export function fcpy<V>(o: Ops<V>, f: Fields): void {
  compute(o, f, FloatOperation.copy);
}

export function fabs<V>(o: Ops<V>, f: Fields): void {
  compute(o, f, FloatOperation.abs);
}

export function fneg<V>(o: Ops<V>, f: Fields): void {
  compute(o, f, FloatOperation.neg);
}

export function fsqrt<V>(o: Ops<V>, f: Fields): void {
  compute(o, f, FloatOperation.sqrt);
}

export function fcvt<V>(o: Ops<V>, f: Fields): void {
  convert(o, f, FloatConversion.precision);
}

export function fuito<V>(o: Ops<V>, f: Fields): void {
  convert(o, f, FloatConversion.fromUnsigned);
}

export function fsito<V>(o: Ops<V>, f: Fields): void {
  convert(o, f, FloatConversion.fromSigned);
}

export function ftoui<V>(o: Ops<V>, f: Fields): void {
  convert(o, f, FloatConversion.toUnsigned);
}

export function ftouiz<V>(o: Ops<V>, f: Fields): void {
  convert(o, f, FloatConversion.toUnsignedZero);
}

export function ftosi<V>(o: Ops<V>, f: Fields): void {
  convert(o, f, FloatConversion.toSigned);
}

export function ftosiz<V>(o: Ops<V>, f: Fields): void {
  convert(o, f, FloatConversion.toSignedZero);
}

export function fcmp<V>(o: Ops<V>, f: Fields): void {
  compare(o, f, false, f.m);
}

export function fcmpe<V>(o: Ops<V>, f: Fields): void {
  compare(o, f, true, f.m);
}

export function fcmpz<V>(o: Ops<V>, f: Fields): void {
  compare(o, f, false, -1);
}

export function fcmpez<V>(o: Ops<V>, f: Fields): void {
  compare(o, f, true, -1);
}
