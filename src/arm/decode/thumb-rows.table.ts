/** Thumb encodings of ARMv5TEJ (ARM DDI 0100I, A7), each mapped to the ARM semantic that does its work. */
import { row } from "./row.ts";

/** In the order of the encoding. */
export const thumbRows = [
  // Shift by immediate, add and subtract, immediate forms.
  row("thumbLslImm", "00000iiiiimmmddd", "lsls {d}, {m}, {#i}", { semantic: "movReg", fixed: { S: 1, y: 0 } }),
  row("thumbMovsReg", "0000000000mmmddd", "movs {d}, {m}", { semantic: "movReg", fixed: { S: 1, y: 0 } }),
  row("thumbLsrImm", "00001iiiiimmmddd", "lsrs {d}, {m}, {#i}", { semantic: "movReg", fixed: { S: 1, y: 1 } }),
  row("thumbAsrImm", "00010iiiiimmmddd", "asrs {d}, {m}, {#i}", { semantic: "movReg", fixed: { S: 1, y: 2 } }),
  row("thumbAddReg", "0001100mmmnnnddd", "adds {d}, {n}, {m}", { semantic: "addReg", fixed: { S: 1 } }),
  row("thumbSubReg", "0001101mmmnnnddd", "subs {d}, {n}, {m}", { semantic: "subReg", fixed: { S: 1 } }),
  row("thumbAddImm3", "0001110vvvnnnddd", "adds {d}, {n}, {#v}", {
    semantic: "addImm",
    fixed: { S: 1 },
    derive: "immediate",
  }),
  row("thumbSubImm3", "0001111vvvnnnddd", "subs {d}, {n}, {#v}", {
    semantic: "subImm",
    fixed: { S: 1 },
    derive: "immediate",
  }),
  row("thumbMovImm", "00100dddvvvvvvvv", "movs {d}, {#v}", {
    semantic: "movImm",
    fixed: { S: 1 },
    derive: "immediate",
  }),
  row("thumbCmpImm", "00101nnnvvvvvvvv", "cmp {n}, {#v}", {
    semantic: "cmpImm",
    fixed: { S: 1 },
    derive: "immediate",
  }),
  row("thumbAddImm8", "00110dddvvvvvvvv", "adds {d}, {#v}", {
    semantic: "addImm",
    fixed: { S: 1 },
    copy: { n: "d" },
    derive: "immediate",
  }),
  row("thumbSubImm8", "00111dddvvvvvvvv", "subs {d}, {#v}", {
    semantic: "subImm",
    fixed: { S: 1 },
    copy: { n: "d" },
    derive: "immediate",
  }),

  // Data processing on low registers.
  row("thumbAnd", "0100000000mmmddd", "ands {d}, {m}", { semantic: "andReg", fixed: { S: 1 }, copy: { n: "d" } }),
  row("thumbEor", "0100000001mmmddd", "eors {d}, {m}", { semantic: "eorReg", fixed: { S: 1 }, copy: { n: "d" } }),
  row("thumbLslReg", "0100000010sssddd", "lsls {d}, {s}", {
    semantic: "movRegShift",
    fixed: { S: 1, y: 0 },
    copy: { m: "d" },
  }),
  row("thumbLsrReg", "0100000011sssddd", "lsrs {d}, {s}", {
    semantic: "movRegShift",
    fixed: { S: 1, y: 1 },
    copy: { m: "d" },
  }),
  row("thumbAsrReg", "0100000100sssddd", "asrs {d}, {s}", {
    semantic: "movRegShift",
    fixed: { S: 1, y: 2 },
    copy: { m: "d" },
  }),
  row("thumbAdc", "0100000101mmmddd", "adcs {d}, {m}", { semantic: "adcReg", fixed: { S: 1 }, copy: { n: "d" } }),
  row("thumbSbc", "0100000110mmmddd", "sbcs {d}, {m}", { semantic: "sbcReg", fixed: { S: 1 }, copy: { n: "d" } }),
  row("thumbRorReg", "0100000111sssddd", "rors {d}, {s}", {
    semantic: "movRegShift",
    fixed: { S: 1, y: 3 },
    copy: { m: "d" },
  }),
  row("thumbTst", "0100001000mmmnnn", "tst {n}, {m}", { semantic: "tstReg", fixed: { S: 1 } }),
  row("thumbNeg", "0100001001nnnddd", "negs {d}, {n}", { semantic: "rsbImm", fixed: { S: 1 } }),
  row("thumbCmp", "0100001010mmmnnn", "cmp {n}, {m}", { semantic: "cmpReg", fixed: { S: 1 } }),
  row("thumbCmn", "0100001011mmmnnn", "cmn {n}, {m}", { semantic: "cmnReg", fixed: { S: 1 } }),
  row("thumbOrr", "0100001100mmmddd", "orrs {d}, {m}", { semantic: "orrReg", fixed: { S: 1 }, copy: { n: "d" } }),
  row("thumbMul", "0100001101sssddd", "muls {d}, {s}", { semantic: "mul", fixed: { S: 1 }, copy: { m: "d" } }),
  row("thumbBic", "0100001110mmmddd", "bics {d}, {m}", { semantic: "bicReg", fixed: { S: 1 }, copy: { n: "d" } }),
  row("thumbMvn", "0100001111mmmddd", "mvns {d}, {m}", { semantic: "mvnReg", fixed: { S: 1 } }),

  // All registers, branch and exchange.
  row("thumbAddHigh", "01000100dmmmmddd", "add {d}, {m}", { semantic: "addReg", copy: { n: "d" } }),
  row("thumbCmpHigh", "01000101nmmmmnnn", "cmp {n}, {m}", { semantic: "cmpReg", fixed: { S: 1 } }),
  row("thumbMovHigh", "01000110dmmmmddd", "mov {d}, {m}", { semantic: "movReg" }),
  row("thumbBx", "010001110mmmm---", "bx {m}", { semantic: "bx" }),
  row("thumbBlxReg", "010001111mmmm---", "blx {m}", { arch: "v5T" }),

  // Loads and stores.
  row("thumbLdrLiteral", "01001tttvvvvvvvv", "ldr {t}, [pc, {#v}]\t@ ({literal})", { scale: 2, fixed: { U: 1 } }),
  row("thumbStrReg", "0101000mmmnnnttt", "str {t}, [{n}, {m}]", { semantic: "strReg", fixed: { P: 1, U: 1 } }),
  row("thumbStrhReg", "0101001mmmnnnttt", "strh {t}, [{n}, {m}]", { semantic: "strhReg", fixed: { P: 1, U: 1 } }),
  row("thumbStrbReg", "0101010mmmnnnttt", "strb {t}, [{n}, {m}]", { semantic: "strbReg", fixed: { P: 1, U: 1 } }),
  row("thumbLdrsbReg", "0101011mmmnnnttt", "ldrsb {t}, [{n}, {m}]", { semantic: "ldrsbReg", fixed: { P: 1, U: 1 } }),
  row("thumbLdrReg", "0101100mmmnnnttt", "ldr {t}, [{n}, {m}]", { semantic: "ldrReg", fixed: { P: 1, U: 1 } }),
  row("thumbLdrhReg", "0101101mmmnnnttt", "ldrh {t}, [{n}, {m}]", { semantic: "ldrhReg", fixed: { P: 1, U: 1 } }),
  row("thumbLdrbReg", "0101110mmmnnnttt", "ldrb {t}, [{n}, {m}]", { semantic: "ldrbReg", fixed: { P: 1, U: 1 } }),
  row("thumbLdrshReg", "0101111mmmnnnttt", "ldrsh {t}, [{n}, {m}]", { semantic: "ldrshReg", fixed: { P: 1, U: 1 } }),
  row("thumbStrImm", "01100vvvvvnnnttt", "str {t}, [{n}, {#v}]", {
    semantic: "strImm",
    scale: 2,
    fixed: { P: 1, U: 1 },
  }),
  row("thumbLdrImm", "01101vvvvvnnnttt", "ldr {t}, [{n}, {#v}]", {
    semantic: "ldrImm",
    scale: 2,
    fixed: { P: 1, U: 1 },
  }),
  row("thumbStrbImm", "01110vvvvvnnnttt", "strb {t}, [{n}, {#v}]", { semantic: "strbImm", fixed: { P: 1, U: 1 } }),
  row("thumbLdrbImm", "01111vvvvvnnnttt", "ldrb {t}, [{n}, {#v}]", { semantic: "ldrbImm", fixed: { P: 1, U: 1 } }),
  row("thumbStrhImm", "10000vvvvvnnnttt", "strh {t}, [{n}, {#v}]", {
    semantic: "strhImm",
    scale: 1,
    fixed: { P: 1, U: 1 },
  }),
  row("thumbLdrhImm", "10001vvvvvnnnttt", "ldrh {t}, [{n}, {#v}]", {
    semantic: "ldrhImm",
    scale: 1,
    fixed: { P: 1, U: 1 },
  }),
  row("thumbStrSp", "10010tttvvvvvvvv", "str {t}, [sp, {#v}]", {
    semantic: "strImm",
    scale: 2,
    fixed: { n: 13, P: 1, U: 1 },
  }),
  row("thumbLdrSp", "10011tttvvvvvvvv", "ldr {t}, [sp, {#v}]", {
    semantic: "ldrImm",
    scale: 2,
    fixed: { n: 13, P: 1, U: 1 },
  }),

  // Addresses and the stack pointer.
  row("thumbAdr", "10100dddvvvvvvvv", "add {d}, pc, {#v}\t@ (adr {d}, {literal})", { scale: 2 }),
  row("thumbAddSpTo", "10101dddvvvvvvvv", "add {d}, sp, {#v}", {
    semantic: "addImm",
    scale: 2,
    fixed: { n: 13 },
    derive: "immediate",
  }),
  row("thumbAddSp", "101100000vvvvvvv", "add sp, {#v}", {
    semantic: "addImm",
    scale: 2,
    fixed: { n: 13, d: 13 },
    derive: "immediate",
  }),
  row("thumbSubSp", "101100001vvvvvvv", "sub sp, {#v}", {
    semantic: "subImm",
    scale: 2,
    fixed: { n: 13, d: 13 },
    derive: "immediate",
  }),
  row("thumbPush", "10110100llllllll", "push {list}", {
    semantic: "stm",
    fixed: { n: 13, P: 1, W: 1 },
    derive: "block",
  }),
  row("thumbPushLr", "10110101llllllll", "push {list}", {
    semantic: "stm",
    fixed: { n: 13, P: 1, W: 1, l: 0x4000 },
    derive: "block",
  }),
  row("thumbPop", "10111100llllllll", "pop {list}", {
    semantic: "ldm",
    fixed: { n: 13, U: 1, W: 1, L: 1 },
    derive: "block",
  }),
  row("thumbPopPc", "10111101llllllll", "pop {list}", {
    semantic: "ldm",
    fixed: { n: 13, U: 1, W: 1, L: 1, l: 0x8000 },
    derive: "block",
  }),
  row("thumbBkpt", "10111110vvvvvvvv", "bkpt {half v}", { semantic: "bkpt", arch: "v5T" }),
  row("thumbStm", "11000nnnllllllll", "stmia {n}!, {list}", {
    semantic: "stm",
    fixed: { U: 1, W: 1 },
    derive: "block",
  }),
  row("thumbLdm", "11001nnnllllllll", "ldmia {n}{W?!}, {list}", {
    semantic: "ldm",
    fixed: { U: 1, L: 1 },
    derive: "thumbLdm",
  }),

  // Branches and the supervisor call.
  row("thumbBCond", "1101ccccvvvvvvvv", "b{c}.n {target}", { semantic: "b", signed: true, scale: 1 }),
  row("thumbUdf", "11011110vvvvvvvv", "udf {#v}", { semantic: "undefined" }),
  row("thumbSvc", "11011111vvvvvvvv", "svc {v}", { semantic: "svc" }),
  row("thumbB", "11100vvvvvvvvvvv", "b.n {target}", { semantic: "b", signed: true, scale: 1 }),
  row("thumbBlxSuffix", "11101vvvvvvvvvv0", "blx.suffix lr, {#v}", { arch: "v5T", scale: 2 }),
  row("thumbBlPrefix", "11110vvvvvvvvvvv", "bl.prefix lr, pc, {#v}", { signed: true, scale: 12 }),
  row("thumbBlSuffix", "11111vvvvvvvvvvv", "bl.suffix lr, {#v}", { scale: 1 }),

  // What no other row matches.
  row("thumbUndefined", "----------------", "<undefined>", { semantic: "undefined" }),
];
