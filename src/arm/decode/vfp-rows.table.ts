/** VFPv2 encodings (ARM DDI 0100I, C3, C4 and C5). */
import { row } from "./row.ts";

/** Named as the manual names them; each lies inside the row of a coprocessor instruction. */
export const vfpRows = [
  // Three registers; B = 1 stands for double precision here and below.
  row("fmacs", "cccc11100d00nnnndddd1010n0m0mmmm", "vmla{c}.f32 {single d}, {single n}, {single m}", {
    semantic: "fmac",
    arch: "vfpv2",
    singles: "dm",
  }),
  row("fmacd", "cccc11100000nnnndddd10110000mmmm", "vmla{c}.f64 {double d}, {double n}, {double m}", {
    semantic: "fmac",
    arch: "vfpv2",
    fixed: { B: 1 },
  }),
  row("fnmacs", "cccc11100d00nnnndddd1010n1m0mmmm", "vmls{c}.f32 {single d}, {single n}, {single m}", {
    semantic: "fnmac",
    arch: "vfpv2",
    singles: "dm",
  }),
  row("fnmacd", "cccc11100000nnnndddd10110100mmmm", "vmls{c}.f64 {double d}, {double n}, {double m}", {
    semantic: "fnmac",
    arch: "vfpv2",
    fixed: { B: 1 },
  }),
  row("fmscs", "cccc11100d01nnnndddd1010n0m0mmmm", "vnmls{c}.f32 {single d}, {single n}, {single m}", {
    semantic: "fmsc",
    arch: "vfpv2",
    singles: "dm",
  }),
  row("fmscd", "cccc11100001nnnndddd10110000mmmm", "vnmls{c}.f64 {double d}, {double n}, {double m}", {
    semantic: "fmsc",
    arch: "vfpv2",
    fixed: { B: 1 },
  }),
  row("fnmscs", "cccc11100d01nnnndddd1010n1m0mmmm", "vnmla{c}.f32 {single d}, {single n}, {single m}", {
    semantic: "fnmsc",
    arch: "vfpv2",
    singles: "dm",
  }),
  row("fnmscd", "cccc11100001nnnndddd10110100mmmm", "vnmla{c}.f64 {double d}, {double n}, {double m}", {
    semantic: "fnmsc",
    arch: "vfpv2",
    fixed: { B: 1 },
  }),
  row("fmuls", "cccc11100d10nnnndddd1010n0m0mmmm", "vmul{c}.f32 {single d}, {single n}, {single m}", {
    semantic: "fmul",
    arch: "vfpv2",
    singles: "dm",
  }),
  row("fmuld", "cccc11100010nnnndddd10110000mmmm", "vmul{c}.f64 {double d}, {double n}, {double m}", {
    semantic: "fmul",
    arch: "vfpv2",
    fixed: { B: 1 },
  }),
  row("fnmuls", "cccc11100d10nnnndddd1010n1m0mmmm", "vnmul{c}.f32 {single d}, {single n}, {single m}", {
    semantic: "fnmul",
    arch: "vfpv2",
    singles: "dm",
  }),
  row("fnmuld", "cccc11100010nnnndddd10110100mmmm", "vnmul{c}.f64 {double d}, {double n}, {double m}", {
    semantic: "fnmul",
    arch: "vfpv2",
    fixed: { B: 1 },
  }),
  row("fadds", "cccc11100d11nnnndddd1010n0m0mmmm", "vadd{c}.f32 {single d}, {single n}, {single m}", {
    semantic: "fadd",
    arch: "vfpv2",
    singles: "dm",
  }),
  row("faddd", "cccc11100011nnnndddd10110000mmmm", "vadd{c}.f64 {double d}, {double n}, {double m}", {
    semantic: "fadd",
    arch: "vfpv2",
    fixed: { B: 1 },
  }),
  row("fsubs", "cccc11100d11nnnndddd1010n1m0mmmm", "vsub{c}.f32 {single d}, {single n}, {single m}", {
    semantic: "fsub",
    arch: "vfpv2",
    singles: "dm",
  }),
  row("fsubd", "cccc11100011nnnndddd10110100mmmm", "vsub{c}.f64 {double d}, {double n}, {double m}", {
    semantic: "fsub",
    arch: "vfpv2",
    fixed: { B: 1 },
  }),
  row("fdivs", "cccc11101d00nnnndddd1010n0m0mmmm", "vdiv{c}.f32 {single d}, {single n}, {single m}", {
    semantic: "fdiv",
    arch: "vfpv2",
    singles: "dm",
  }),
  row("fdivd", "cccc11101000nnnndddd10110000mmmm", "vdiv{c}.f64 {double d}, {double n}, {double m}", {
    semantic: "fdiv",
    arch: "vfpv2",
    fixed: { B: 1 },
  }),

  // Two registers.
  row("fcpys", "cccc11101d110000dddd101001m0mmmm", "vmov{c}.f32 {single d}, {single m}", {
    semantic: "fcpy",
    arch: "vfpv2",
    singles: "dm",
  }),
  row("fcpyd", "cccc111010110000dddd10110100mmmm", "vmov{c}.f64 {double d}, {double m}", {
    semantic: "fcpy",
    arch: "vfpv2",
    fixed: { B: 1 },
  }),
  row("fabss", "cccc11101d110000dddd101011m0mmmm", "vabs{c}.f32 {single d}, {single m}", {
    semantic: "fabs",
    arch: "vfpv2",
    singles: "dm",
  }),
  row("fabsd", "cccc111010110000dddd10111100mmmm", "vabs{c}.f64 {double d}, {double m}", {
    semantic: "fabs",
    arch: "vfpv2",
    fixed: { B: 1 },
  }),
  row("fnegs", "cccc11101d110001dddd101001m0mmmm", "vneg{c}.f32 {single d}, {single m}", {
    semantic: "fneg",
    arch: "vfpv2",
    singles: "dm",
  }),
  row("fnegd", "cccc111010110001dddd10110100mmmm", "vneg{c}.f64 {double d}, {double m}", {
    semantic: "fneg",
    arch: "vfpv2",
    fixed: { B: 1 },
  }),
  row("fsqrts", "cccc11101d110001dddd101011m0mmmm", "vsqrt{c}.f32 {single d}, {single m}", {
    semantic: "fsqrt",
    arch: "vfpv2",
    singles: "dm",
  }),
  row("fsqrtd", "cccc111010110001dddd10111100mmmm", "vsqrt{c}.f64 {double d}, {double m}", {
    semantic: "fsqrt",
    arch: "vfpv2",
    fixed: { B: 1 },
  }),

  // Comparisons.
  row("fcmps", "cccc11101d110100dddd101001m0mmmm", "vcmp{c}.f32 {single d}, {single m}", {
    semantic: "fcmp",
    arch: "vfpv2",
    singles: "dm",
  }),
  row("fcmpd", "cccc111010110100dddd10110100mmmm", "vcmp{c}.f64 {double d}, {double m}", {
    semantic: "fcmp",
    arch: "vfpv2",
    fixed: { B: 1 },
  }),
  row("fcmpes", "cccc11101d110100dddd101011m0mmmm", "vcmpe{c}.f32 {single d}, {single m}", {
    semantic: "fcmpe",
    arch: "vfpv2",
    singles: "dm",
  }),
  row("fcmped", "cccc111010110100dddd10111100mmmm", "vcmpe{c}.f64 {double d}, {double m}", {
    semantic: "fcmpe",
    arch: "vfpv2",
    fixed: { B: 1 },
  }),
  row("fcmpzs", "cccc11101d110101dddd101001000000", "vcmp{c}.f32 {single d}, #0.0", {
    semantic: "fcmpz",
    arch: "vfpv2",
    singles: "d",
  }),
  row("fcmpzd", "cccc111010110101dddd101101000000", "vcmp{c}.f64 {double d}, #0.0", {
    semantic: "fcmpz",
    arch: "vfpv2",
    fixed: { B: 1 },
  }),
  row("fcmpezs", "cccc11101d110101dddd101011000000", "vcmpe{c}.f32 {single d}, #0.0", {
    semantic: "fcmpez",
    arch: "vfpv2",
    singles: "d",
  }),
  row("fcmpezd", "cccc111010110101dddd101111000000", "vcmpe{c}.f64 {double d}, #0.0", {
    semantic: "fcmpez",
    arch: "vfpv2",
    fixed: { B: 1 },
  }),

  // Conversions; B is the precision of m, or of d when a word is converted.
  row("fcvtds", "cccc111010110111dddd101011m0mmmm", "vcvt{c}.f64.f32 {double d}, {single m}", {
    semantic: "fcvt",
    arch: "vfpv2",
    singles: "m",
  }),
  row("fcvtsd", "cccc11101d110111dddd10111100mmmm", "vcvt{c}.f32.f64 {single d}, {double m}", {
    semantic: "fcvt",
    arch: "vfpv2",
    singles: "d",
    fixed: { B: 1 },
  }),
  row("fuitos", "cccc11101d111000dddd101001m0mmmm", "vcvt{c}.f32.u32 {single d}, {single m}", {
    semantic: "fuito",
    arch: "vfpv2",
    singles: "dm",
  }),
  row("fuitod", "cccc111010111000dddd101101m0mmmm", "vcvt{c}.f64.u32 {double d}, {single m}", {
    semantic: "fuito",
    arch: "vfpv2",
    singles: "m",
    fixed: { B: 1 },
  }),
  row("fsitos", "cccc11101d111000dddd101011m0mmmm", "vcvt{c}.f32.s32 {single d}, {single m}", {
    semantic: "fsito",
    arch: "vfpv2",
    singles: "dm",
  }),
  row("fsitod", "cccc111010111000dddd101111m0mmmm", "vcvt{c}.f64.s32 {double d}, {single m}", {
    semantic: "fsito",
    arch: "vfpv2",
    singles: "m",
    fixed: { B: 1 },
  }),
  row("ftouis", "cccc11101d111100dddd101001m0mmmm", "vcvtr{c}.u32.f32 {single d}, {single m}", {
    semantic: "ftoui",
    arch: "vfpv2",
    singles: "dm",
  }),
  row("ftouid", "cccc11101d111100dddd10110100mmmm", "vcvtr{c}.u32.f64 {single d}, {double m}", {
    semantic: "ftoui",
    arch: "vfpv2",
    singles: "d",
    fixed: { B: 1 },
  }),
  row("ftouizs", "cccc11101d111100dddd101011m0mmmm", "vcvt{c}.u32.f32 {single d}, {single m}", {
    semantic: "ftouiz",
    arch: "vfpv2",
    singles: "dm",
  }),
  row("ftouizd", "cccc11101d111100dddd10111100mmmm", "vcvt{c}.u32.f64 {single d}, {double m}", {
    semantic: "ftouiz",
    arch: "vfpv2",
    singles: "d",
    fixed: { B: 1 },
  }),
  row("ftosis", "cccc11101d111101dddd101001m0mmmm", "vcvtr{c}.s32.f32 {single d}, {single m}", {
    semantic: "ftosi",
    arch: "vfpv2",
    singles: "dm",
  }),
  row("ftosid", "cccc11101d111101dddd10110100mmmm", "vcvtr{c}.s32.f64 {single d}, {double m}", {
    semantic: "ftosi",
    arch: "vfpv2",
    singles: "d",
    fixed: { B: 1 },
  }),
  row("ftosizs", "cccc11101d111101dddd101011m0mmmm", "vcvt{c}.s32.f32 {single d}, {single m}", {
    semantic: "ftosiz",
    arch: "vfpv2",
    singles: "dm",
  }),
  row("ftosizd", "cccc11101d111101dddd10111100mmmm", "vcvt{c}.s32.f64 {single d}, {double m}", {
    semantic: "ftosiz",
    arch: "vfpv2",
    singles: "d",
    fixed: { B: 1 },
  }),

  // Transfers between the register files.
  row("fmsr", "cccc11100000nnnntttt1010n0010000", "vmov{c} {single n}, {t}", { semantic: "fmsr", arch: "vfpv2" }),
  row("fmrs", "cccc11100001nnnntttt1010n0010000", "vmov{c} {t}, {single n}", { semantic: "fmrs", arch: "vfpv2" }),
  row("fmdlr", "cccc11100000nnnntttt101100010000", "vmov{c}.32 {double n}[0], {t}", {
    semantic: "fmdlr",
    arch: "vfpv2",
  }),
  row("fmdhr", "cccc11100010nnnntttt101100010000", "vmov{c}.32 {double n}[1], {t}", {
    semantic: "fmdhr",
    arch: "vfpv2",
  }),
  row("fmrdl", "cccc11100001nnnntttt101100010000", "vmov{c}.32 {t}, {double n}[0]", {
    semantic: "fmrdl",
    arch: "vfpv2",
  }),
  row("fmrdh", "cccc11100011nnnntttt101100010000", "vmov{c}.32 {t}, {double n}[1]", {
    semantic: "fmrdh",
    arch: "vfpv2",
  }),
  row("fmsrr", "cccc11000100nnnntttt101000m1mmmm", "vmov{c} {singlePair m}, {t}, {n}", {
    semantic: "fmrrWrite",
    arch: "vfpv2",
    singles: "m",
  }),
  row("fmrrs", "cccc11000101nnnntttt101000m1mmmm", "vmov{c} {t}, {n}, {singlePair m}", {
    semantic: "fmrrRead",
    arch: "vfpv2",
    singles: "m",
  }),
  row("fmdrr", "cccc11000100nnnntttt10110001mmmm", "vmov{c} {double m}, {t}, {n}", {
    semantic: "fmrrWrite",
    arch: "vfpv2",
    fixed: { B: 1 },
  }),
  row("fmrrd", "cccc11000101nnnntttt10110001mmmm", "vmov{c} {t}, {n}, {double m}", {
    semantic: "fmrrRead",
    arch: "vfpv2",
    fixed: { B: 1 },
  }),

  // System registers, by the number k.
  row("fmxr", "cccc11101110kkkktttt101000010000", "vmsr{c} {vfpSystem}, {t}", { semantic: "fmxr", arch: "vfpv2" }),
  row("fmrx", "cccc11101111kkkktttt101000010000", "vmrs{c} {t}, {vfpSystem}", { semantic: "fmrx", arch: "vfpv2" }),

  // Loads and stores.
  row("flds", "cccc1101Ud01nnnndddd1010vvvvvvvv", "vldr{c} {single d}, [{n}{offset}]", {
    semantic: "fld",
    arch: "vfpv2",
    singles: "d",
    scale: 2,
    derive: "offset",
  }),
  row("fldd", "cccc1101U001nnnndddd1011vvvvvvvv", "vldr{c} {double d}, [{n}{offset}]", {
    semantic: "fld",
    arch: "vfpv2",
    fixed: { B: 1 },
    scale: 2,
    derive: "offset",
  }),
  row("fsts", "cccc1101Ud00nnnndddd1010vvvvvvvv", "vstr{c} {single d}, [{n}{offset}]", {
    semantic: "fst",
    arch: "vfpv2",
    singles: "d",
    scale: 2,
    derive: "offset",
  }),
  row("fstd", "cccc1101U000nnnndddd1011vvvvvvvv", "vstr{c} {double d}, [{n}{offset}]", {
    semantic: "fst",
    arch: "vfpv2",
    fixed: { B: 1 },
    scale: 2,
    derive: "offset",
  }),

  // Loads and stores of several registers; v is the number of words, of which the X forms leave the last alone.
  row("fldmsia", "cccc11001d01nnnndddd1010vvvvvvvv", "vldmia{c} {n}, {singles}", {
    semantic: "fldm",
    arch: "vfpv2",
    singles: "d",
    fixed: { U: 1 },
  }),
  row("fldmdia", "cccc11001001nnnndddd1011vvvvvvv0", "vldmia{c} {n}, {doubles}", {
    semantic: "fldm",
    arch: "vfpv2",
    fixed: { U: 1, B: 1 },
    scale: 1,
  }),
  row("fldmxia", "cccc11001001nnnndddd1011vvvvvvv1", "fldmiax{c} {n}, {doubles}\t@ Deprecated", {
    semantic: "fldm",
    arch: "vfpv2",
    fixed: { U: 1, B: 1, v: 1 },
    scale: 1,
  }),
  row("fldmsiaWb", "cccc11001d11nnnndddd1010vvvvvvvv", "vldmia{c} {n}!, {singles}", {
    semantic: "fldm",
    arch: "vfpv2",
    singles: "d",
    fixed: { U: 1, W: 1 },
  }),
  row("fldmdiaWb", "cccc11001011nnnndddd1011vvvvvvv0", "vldmia{c} {n}!, {doubles}", {
    semantic: "fldm",
    arch: "vfpv2",
    fixed: { U: 1, W: 1, B: 1 },
    scale: 1,
  }),
  row("fldmxiaWb", "cccc11001011nnnndddd1011vvvvvvv1", "fldmiax{c} {n}!, {doubles}\t@ Deprecated", {
    semantic: "fldm",
    arch: "vfpv2",
    fixed: { U: 1, W: 1, B: 1, v: 1 },
    scale: 1,
  }),
  row("fldmsdb", "cccc11010d11nnnndddd1010vvvvvvvv", "vldmdb{c} {n}!, {singles}", {
    semantic: "fldm",
    arch: "vfpv2",
    singles: "d",
    fixed: { P: 1, W: 1 },
  }),
  row("fldmddb", "cccc11010011nnnndddd1011vvvvvvv0", "vldmdb{c} {n}!, {doubles}", {
    semantic: "fldm",
    arch: "vfpv2",
    fixed: { P: 1, W: 1, B: 1 },
    scale: 1,
  }),
  row("fldmxdb", "cccc11010011nnnndddd1011vvvvvvv1", "fldmdbx{c} {n}!, {doubles}\t@ Deprecated", {
    semantic: "fldm",
    arch: "vfpv2",
    fixed: { P: 1, W: 1, B: 1, v: 1 },
    scale: 1,
  }),
  row("fstmsia", "cccc11001d00nnnndddd1010vvvvvvvv", "vstmia{c} {n}, {singles}", {
    semantic: "fstm",
    arch: "vfpv2",
    singles: "d",
    fixed: { U: 1 },
  }),
  row("fstmdia", "cccc11001000nnnndddd1011vvvvvvv0", "vstmia{c} {n}, {doubles}", {
    semantic: "fstm",
    arch: "vfpv2",
    fixed: { U: 1, B: 1 },
    scale: 1,
  }),
  row("fstmxia", "cccc11001000nnnndddd1011vvvvvvv1", "fstmiax{c} {n}, {doubles}\t@ Deprecated", {
    semantic: "fstm",
    arch: "vfpv2",
    fixed: { U: 1, B: 1, v: 1 },
    scale: 1,
  }),
  row("fstmsiaWb", "cccc11001d10nnnndddd1010vvvvvvvv", "vstmia{c} {n}!, {singles}", {
    semantic: "fstm",
    arch: "vfpv2",
    singles: "d",
    fixed: { U: 1, W: 1 },
  }),
  row("fstmdiaWb", "cccc11001010nnnndddd1011vvvvvvv0", "vstmia{c} {n}!, {doubles}", {
    semantic: "fstm",
    arch: "vfpv2",
    fixed: { U: 1, W: 1, B: 1 },
    scale: 1,
  }),
  row("fstmxiaWb", "cccc11001010nnnndddd1011vvvvvvv1", "fstmiax{c} {n}!, {doubles}\t@ Deprecated", {
    semantic: "fstm",
    arch: "vfpv2",
    fixed: { U: 1, W: 1, B: 1, v: 1 },
    scale: 1,
  }),
  row("fstmsdb", "cccc11010d10nnnndddd1010vvvvvvvv", "vstmdb{c} {n}!, {singles}", {
    semantic: "fstm",
    arch: "vfpv2",
    singles: "d",
    fixed: { P: 1, W: 1 },
  }),
  row("fstmddb", "cccc11010010nnnndddd1011vvvvvvv0", "vstmdb{c} {n}!, {doubles}", {
    semantic: "fstm",
    arch: "vfpv2",
    fixed: { P: 1, W: 1, B: 1 },
    scale: 1,
  }),
  row("fstmxdb", "cccc11010010nnnndddd1011vvvvvvv1", "fstmdbx{c} {n}!, {doubles}\t@ Deprecated", {
    semantic: "fstm",
    arch: "vfpv2",
    fixed: { P: 1, W: 1, B: 1, v: 1 },
    scale: 1,
  }),
];
