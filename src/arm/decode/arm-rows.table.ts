/** ARM encodings of ARMv5TEJ (ARM DDI 0100I, A3 and A4). */
import { row } from "./row.ts";

/** In the order of the manual's chapters; the decoder sorts by specificity. */
export const armRows = [
  // Data processing, immediate operand.
  row("andImm", "cccc0010000Snnnnddddrrrrvvvvvvvv", "and{S}{c} {d}, {n}, {imm}", { derive: "immediate" }),
  row("eorImm", "cccc0010001Snnnnddddrrrrvvvvvvvv", "eor{S}{c} {d}, {n}, {imm}", { derive: "immediate" }),
  row("subImm", "cccc0010010Snnnnddddrrrrvvvvvvvv", "sub{S}{c} {d}, {n}, {imm}", { derive: "immediate" }),
  row("rsbImm", "cccc0010011Snnnnddddrrrrvvvvvvvv", "rsb{S}{c} {d}, {n}, {imm}", { derive: "immediate" }),
  row("addImm", "cccc0010100Snnnnddddrrrrvvvvvvvv", "add{S}{c} {d}, {n}, {imm}", { derive: "immediate" }),
  row("adcImm", "cccc0010101Snnnnddddrrrrvvvvvvvv", "adc{S}{c} {d}, {n}, {imm}", { derive: "immediate" }),
  row("sbcImm", "cccc0010110Snnnnddddrrrrvvvvvvvv", "sbc{S}{c} {d}, {n}, {imm}", { derive: "immediate" }),
  row("rscImm", "cccc0010111Snnnnddddrrrrvvvvvvvv", "rsc{S}{c} {d}, {n}, {imm}", { derive: "immediate" }),
  row("tstImm", "cccc00110001nnnn----rrrrvvvvvvvv", "tst{c} {n}, {imm}", { fixed: { S: 1 }, derive: "immediate" }),
  row("teqImm", "cccc00110011nnnn----rrrrvvvvvvvv", "teq{c} {n}, {imm}", { fixed: { S: 1 }, derive: "immediate" }),
  row("cmpImm", "cccc00110101nnnn----rrrrvvvvvvvv", "cmp{c} {n}, {imm}", { fixed: { S: 1 }, derive: "immediate" }),
  row("cmnImm", "cccc00110111nnnn----rrrrvvvvvvvv", "cmn{c} {n}, {imm}", { fixed: { S: 1 }, derive: "immediate" }),
  row("orrImm", "cccc0011100Snnnnddddrrrrvvvvvvvv", "orr{S}{c} {d}, {n}, {imm}", { derive: "immediate" }),
  row("movImm", "cccc0011101S----ddddrrrrvvvvvvvv", "mov{S}{c} {d}, {imm}", { derive: "immediate" }),
  row("bicImm", "cccc0011110Snnnnddddrrrrvvvvvvvv", "bic{S}{c} {d}, {n}, {imm}", { derive: "immediate" }),
  row("mvnImm", "cccc0011111S----ddddrrrrvvvvvvvv", "mvn{S}{c} {d}, {imm}", { derive: "immediate" }),

  // Data processing, register shifted by a constant.
  row("andReg", "cccc0000000Snnnnddddiiiiiyy0mmmm", "and{S}{c} {d}, {n}, {m}{shift}"),
  row("eorReg", "cccc0000001Snnnnddddiiiiiyy0mmmm", "eor{S}{c} {d}, {n}, {m}{shift}"),
  row("subReg", "cccc0000010Snnnnddddiiiiiyy0mmmm", "sub{S}{c} {d}, {n}, {m}{shift}"),
  row("rsbReg", "cccc0000011Snnnnddddiiiiiyy0mmmm", "rsb{S}{c} {d}, {n}, {m}{shift}"),
  row("addReg", "cccc0000100Snnnnddddiiiiiyy0mmmm", "add{S}{c} {d}, {n}, {m}{shift}"),
  row("adcReg", "cccc0000101Snnnnddddiiiiiyy0mmmm", "adc{S}{c} {d}, {n}, {m}{shift}"),
  row("sbcReg", "cccc0000110Snnnnddddiiiiiyy0mmmm", "sbc{S}{c} {d}, {n}, {m}{shift}"),
  row("rscReg", "cccc0000111Snnnnddddiiiiiyy0mmmm", "rsc{S}{c} {d}, {n}, {m}{shift}"),
  row("tstReg", "cccc00010001nnnn----iiiiiyy0mmmm", "tst{c} {n}, {m}{shift}", { fixed: { S: 1 } }),
  row("teqReg", "cccc00010011nnnn----iiiiiyy0mmmm", "teq{c} {n}, {m}{shift}", { fixed: { S: 1 } }),
  row("cmpReg", "cccc00010101nnnn----iiiiiyy0mmmm", "cmp{c} {n}, {m}{shift}", { fixed: { S: 1 } }),
  row("cmnReg", "cccc00010111nnnn----iiiiiyy0mmmm", "cmn{c} {n}, {m}{shift}", { fixed: { S: 1 } }),
  row("orrReg", "cccc0001100Snnnnddddiiiiiyy0mmmm", "orr{S}{c} {d}, {n}, {m}{shift}"),
  row("movReg", "cccc0001101S----ddddiiiiiyy0mmmm", "mov{S}{c} {d}, {m}{shift}"),
  row("bicReg", "cccc0001110Snnnnddddiiiiiyy0mmmm", "bic{S}{c} {d}, {n}, {m}{shift}"),
  row("mvnReg", "cccc0001111S----ddddiiiiiyy0mmmm", "mvn{S}{c} {d}, {m}{shift}"),

  // Data processing, register shifted by a register.
  row("andRegShift", "cccc0000000Snnnnddddssss0yy1mmmm", "and{S}{c} {d}, {n}, {m}, {y} {s}"),
  row("eorRegShift", "cccc0000001Snnnnddddssss0yy1mmmm", "eor{S}{c} {d}, {n}, {m}, {y} {s}"),
  row("subRegShift", "cccc0000010Snnnnddddssss0yy1mmmm", "sub{S}{c} {d}, {n}, {m}, {y} {s}"),
  row("rsbRegShift", "cccc0000011Snnnnddddssss0yy1mmmm", "rsb{S}{c} {d}, {n}, {m}, {y} {s}"),
  row("addRegShift", "cccc0000100Snnnnddddssss0yy1mmmm", "add{S}{c} {d}, {n}, {m}, {y} {s}"),
  row("adcRegShift", "cccc0000101Snnnnddddssss0yy1mmmm", "adc{S}{c} {d}, {n}, {m}, {y} {s}"),
  row("sbcRegShift", "cccc0000110Snnnnddddssss0yy1mmmm", "sbc{S}{c} {d}, {n}, {m}, {y} {s}"),
  row("rscRegShift", "cccc0000111Snnnnddddssss0yy1mmmm", "rsc{S}{c} {d}, {n}, {m}, {y} {s}"),
  row("tstRegShift", "cccc00010001nnnn----ssss0yy1mmmm", "tst{c} {n}, {m}, {y} {s}", { fixed: { S: 1 } }),
  row("teqRegShift", "cccc00010011nnnn----ssss0yy1mmmm", "teq{c} {n}, {m}, {y} {s}", { fixed: { S: 1 } }),
  row("cmpRegShift", "cccc00010101nnnn----ssss0yy1mmmm", "cmp{c} {n}, {m}, {y} {s}", { fixed: { S: 1 } }),
  row("cmnRegShift", "cccc00010111nnnn----ssss0yy1mmmm", "cmn{c} {n}, {m}, {y} {s}", { fixed: { S: 1 } }),
  row("orrRegShift", "cccc0001100Snnnnddddssss0yy1mmmm", "orr{S}{c} {d}, {n}, {m}, {y} {s}"),
  row("movRegShift", "cccc0001101S----ddddssss0yy1mmmm", "mov{S}{c} {d}, {m}, {y} {s}"),
  row("bicRegShift", "cccc0001110Snnnnddddssss0yy1mmmm", "bic{S}{c} {d}, {n}, {m}, {y} {s}"),
  row("mvnRegShift", "cccc0001111S----ddddssss0yy1mmmm", "mvn{S}{c} {d}, {m}, {y} {s}"),

  // Multiplies.
  row("mul", "cccc0000000Sdddd----ssss1001mmmm", "mul{S}{c} {d}, {m}, {s}"),
  row("mla", "cccc0000001Sddddnnnnssss1001mmmm", "mla{S}{c} {d}, {m}, {s}, {n}"),
  row("umull", "cccc0000100Shhhhddddssss1001mmmm", "umull{S}{c} {d}, {h}, {m}, {s}"),
  row("umlal", "cccc0000101Shhhhddddssss1001mmmm", "umlal{S}{c} {d}, {h}, {m}, {s}"),
  row("smull", "cccc0000110Shhhhddddssss1001mmmm", "smull{S}{c} {d}, {h}, {m}, {s}"),
  row("smlal", "cccc0000111Shhhhddddssss1001mmmm", "smlal{S}{c} {d}, {h}, {m}, {s}"),

  // Signed multiplies of halves, saturating arithmetic, count of leading zeros. x and z choose the top half.
  row("smlaxy", "cccc00010000ddddnnnnssss1zx0mmmm", "smla{x?t:b}{z?t:b}{c} {d}, {m}, {s}, {n}", { arch: "v5TE" }),
  row("smlawy", "cccc00010010ddddnnnnssss1z00mmmm", "smlaw{z?t:b}{c} {d}, {m}, {s}, {n}", { arch: "v5TE" }),
  row("smulwy", "cccc00010010dddd----ssss1z10mmmm", "smulw{z?t:b}{c} {d}, {m}, {s}", { arch: "v5TE" }),
  row("smlalxy", "cccc00010100hhhhddddssss1zx0mmmm", "smlal{x?t:b}{z?t:b}{c} {d}, {h}, {m}, {s}", { arch: "v5TE" }),
  row("smulxy", "cccc00010110dddd----ssss1zx0mmmm", "smul{x?t:b}{z?t:b}{c} {d}, {m}, {s}", { arch: "v5TE" }),
  row("qadd", "cccc00010000nnnndddd----0101mmmm", "qadd{c} {d}, {m}, {n}", { arch: "v5TE" }),
  row("qsub", "cccc00010010nnnndddd----0101mmmm", "qsub{c} {d}, {m}, {n}", { arch: "v5TE" }),
  row("qdadd", "cccc00010100nnnndddd----0101mmmm", "qdadd{c} {d}, {m}, {n}", { arch: "v5TE" }),
  row("qdsub", "cccc00010110nnnndddd----0101mmmm", "qdsub{c} {d}, {m}, {n}", { arch: "v5TE" }),
  row("clz", "cccc00010110----dddd----0001mmmm", "clz{c} {d}, {m}", { arch: "v5T" }),

  // Branches.
  row("b", "cccc1010vvvvvvvvvvvvvvvvvvvvvvvv", "b{c} {target}", { signed: true, scale: 2 }),
  row("bl", "cccc1011vvvvvvvvvvvvvvvvvvvvvvvv", "bl{c} {target}", { signed: true, scale: 2 }),
  row("blxImm", "11111010vvvvvvvvvvvvvvvvvvvvvvvv", "blx {target}", { arch: "v5T", signed: true, scale: 2 }),
  row("blxImmHalf", "11111011vvvvvvvvvvvvvvvvvvvvvvvv", "blx {target}", {
    semantic: "blxImm",
    arch: "v5T",
    signed: true,
    scale: 2,
    fixed: { v: 2 },
  }),
  row("bx", "cccc00010010------------0001mmmm", "bx{c} {m}"),
  row("bxj", "cccc00010010------------0010mmmm", "bxj{c} {m}", { semantic: "bx", arch: "v5TEJ" }),
  row("blxReg", "cccc00010010------------0011mmmm", "blx{c} {m}", { arch: "v5T" }),

  // Status register. k is the mask of fields.
  row("mrs", "cccc00010R00----dddd----0000----", "mrs{c} {d}, {psr}"),
  row("msrReg", "cccc00010R10kkkk--------0000mmmm", "msr{c} {psrFields}, {m}"),
  row("msrImm", "cccc00110R10kkkk----rrrrvvvvvvvv", "msr{c} {psrFields}, {imm}", { derive: "immediate" }),

  // Exceptions.
  row("svc", "cccc1111vvvvvvvvvvvvvvvvvvvvvvvv", "svc{c} {hex v}"),
  row("bkpt", "cccc00010010vvvvvvvvvvvv0111vvvv", "bkpt{c} {half v}", { arch: "v5T" }),
  row("udf", "cccc01111111vvvvvvvvvvvv1111vvvv", "udf{c} {#v}", { semantic: "undefined" }),

  // Loads and stores of words and bytes.
  row("ldrImm", "cccc0101U001nnnnttttvvvvvvvvvvvv", "ldr{c} {t}, [{n}{offset}]", { fixed: { P: 1 }, derive: "offset" }),
  row("ldrImmPre", "cccc0101U011nnnnttttvvvvvvvvvvvv", "ldr{c} {t}, [{n}, {#offset}]!", {
    semantic: "ldrImmIndexed",
    fixed: { P: 1, W: 1 },
    derive: "offset",
  }),
  row("ldrImmPost", "cccc0100U001nnnnttttvvvvvvvvvvvv", "ldr{c} {t}, [{n}], {#offset}", {
    semantic: "ldrImmIndexed",
    derive: "offset",
  }),
  row("ldrtImm", "cccc0100U011nnnnttttvvvvvvvvvvvv", "ldrt{c} {t}, [{n}], {#offset}", {
    fixed: { W: 1 },
    derive: "offset",
  }),
  row("ldrReg", "cccc0111U001nnnnttttiiiiiyy0mmmm", "ldr{c} {t}, [{n}, {U?:-}{m}{shift}]", { fixed: { P: 1 } }),
  row("ldrRegPre", "cccc0111U011nnnnttttiiiiiyy0mmmm", "ldr{c} {t}, [{n}, {U?:-}{m}{shift}]!", {
    semantic: "ldrRegIndexed",
    fixed: { P: 1, W: 1 },
  }),
  row("ldrRegPost", "cccc0110U001nnnnttttiiiiiyy0mmmm", "ldr{c} {t}, [{n}], {U?:-}{m}{shift}", {
    semantic: "ldrRegIndexed",
  }),
  row("ldrtReg", "cccc0110U011nnnnttttiiiiiyy0mmmm", "ldrt{c} {t}, [{n}], {U?:-}{m}{shift}", { fixed: { W: 1 } }),
  row("strImm", "cccc0101U000nnnnttttvvvvvvvvvvvv", "str{c} {t}, [{n}{offset}]", { fixed: { P: 1 }, derive: "offset" }),
  row("strImmPre", "cccc0101U010nnnnttttvvvvvvvvvvvv", "str{c} {t}, [{n}, {#offset}]!", {
    semantic: "strImmIndexed",
    fixed: { P: 1, W: 1 },
    derive: "offset",
  }),
  row("strImmPost", "cccc0100U000nnnnttttvvvvvvvvvvvv", "str{c} {t}, [{n}], {#offset}", {
    semantic: "strImmIndexed",
    derive: "offset",
  }),
  row("strtImm", "cccc0100U010nnnnttttvvvvvvvvvvvv", "strt{c} {t}, [{n}], {#offset}", {
    fixed: { W: 1 },
    derive: "offset",
  }),
  row("strReg", "cccc0111U000nnnnttttiiiiiyy0mmmm", "str{c} {t}, [{n}, {U?:-}{m}{shift}]", { fixed: { P: 1 } }),
  row("strRegPre", "cccc0111U010nnnnttttiiiiiyy0mmmm", "str{c} {t}, [{n}, {U?:-}{m}{shift}]!", {
    semantic: "strRegIndexed",
    fixed: { P: 1, W: 1 },
  }),
  row("strRegPost", "cccc0110U000nnnnttttiiiiiyy0mmmm", "str{c} {t}, [{n}], {U?:-}{m}{shift}", {
    semantic: "strRegIndexed",
  }),
  row("strtReg", "cccc0110U010nnnnttttiiiiiyy0mmmm", "strt{c} {t}, [{n}], {U?:-}{m}{shift}", { fixed: { W: 1 } }),
  row("ldrbImm", "cccc0101U101nnnnttttvvvvvvvvvvvv", "ldrb{c} {t}, [{n}{offset}]", {
    fixed: { P: 1 },
    derive: "offset",
  }),
  row("ldrbImmPre", "cccc0101U111nnnnttttvvvvvvvvvvvv", "ldrb{c} {t}, [{n}, {#offset}]!", {
    semantic: "ldrbImmIndexed",
    fixed: { P: 1, W: 1 },
    derive: "offset",
  }),
  row("ldrbImmPost", "cccc0100U101nnnnttttvvvvvvvvvvvv", "ldrb{c} {t}, [{n}], {#offset}", {
    semantic: "ldrbImmIndexed",
    derive: "offset",
  }),
  row("ldrbtImm", "cccc0100U111nnnnttttvvvvvvvvvvvv", "ldrbt{c} {t}, [{n}], {#offset}", {
    fixed: { W: 1 },
    derive: "offset",
  }),
  row("ldrbReg", "cccc0111U101nnnnttttiiiiiyy0mmmm", "ldrb{c} {t}, [{n}, {U?:-}{m}{shift}]", { fixed: { P: 1 } }),
  row("ldrbRegPre", "cccc0111U111nnnnttttiiiiiyy0mmmm", "ldrb{c} {t}, [{n}, {U?:-}{m}{shift}]!", {
    semantic: "ldrbRegIndexed",
    fixed: { P: 1, W: 1 },
  }),
  row("ldrbRegPost", "cccc0110U101nnnnttttiiiiiyy0mmmm", "ldrb{c} {t}, [{n}], {U?:-}{m}{shift}", {
    semantic: "ldrbRegIndexed",
  }),
  row("ldrbtReg", "cccc0110U111nnnnttttiiiiiyy0mmmm", "ldrbt{c} {t}, [{n}], {U?:-}{m}{shift}", { fixed: { W: 1 } }),
  row("strbImm", "cccc0101U100nnnnttttvvvvvvvvvvvv", "strb{c} {t}, [{n}{offset}]", {
    fixed: { P: 1 },
    derive: "offset",
  }),
  row("strbImmPre", "cccc0101U110nnnnttttvvvvvvvvvvvv", "strb{c} {t}, [{n}, {#offset}]!", {
    semantic: "strbImmIndexed",
    fixed: { P: 1, W: 1 },
    derive: "offset",
  }),
  row("strbImmPost", "cccc0100U100nnnnttttvvvvvvvvvvvv", "strb{c} {t}, [{n}], {#offset}", {
    semantic: "strbImmIndexed",
    derive: "offset",
  }),
  row("strbtImm", "cccc0100U110nnnnttttvvvvvvvvvvvv", "strbt{c} {t}, [{n}], {#offset}", {
    fixed: { W: 1 },
    derive: "offset",
  }),
  row("strbReg", "cccc0111U100nnnnttttiiiiiyy0mmmm", "strb{c} {t}, [{n}, {U?:-}{m}{shift}]", { fixed: { P: 1 } }),
  row("strbRegPre", "cccc0111U110nnnnttttiiiiiyy0mmmm", "strb{c} {t}, [{n}, {U?:-}{m}{shift}]!", {
    semantic: "strbRegIndexed",
    fixed: { P: 1, W: 1 },
  }),
  row("strbRegPost", "cccc0110U100nnnnttttiiiiiyy0mmmm", "strb{c} {t}, [{n}], {U?:-}{m}{shift}", {
    semantic: "strbRegIndexed",
  }),
  row("strbtReg", "cccc0110U110nnnnttttiiiiiyy0mmmm", "strbt{c} {t}, [{n}], {U?:-}{m}{shift}", { fixed: { W: 1 } }),

  // Loads and stores of halves, signed bytes and double words.
  row("ldrhImm", "cccc0001U101nnnnttttvvvv1011vvvv", "ldrh{c} {t}, [{n}{offset}]", {
    fixed: { P: 1 },
    derive: "offset",
  }),
  row("ldrhImmPre", "cccc0001U111nnnnttttvvvv1011vvvv", "ldrh{c} {t}, [{n}, {#offset}]!", {
    semantic: "ldrhImmIndexed",
    fixed: { P: 1, W: 1 },
    derive: "offset",
  }),
  row("ldrhImmPost", "cccc0000U1-1nnnnttttvvvv1011vvvv", "ldrh{c} {t}, [{n}], {#offset}", {
    semantic: "ldrhImmIndexed",
    derive: "offset",
  }),
  row("ldrhReg", "cccc0001U001nnnntttt----1011mmmm", "ldrh{c} {t}, [{n}, {U?:-}{m}]", { fixed: { P: 1 } }),
  row("ldrhRegPre", "cccc0001U011nnnntttt----1011mmmm", "ldrh{c} {t}, [{n}, {U?:-}{m}]!", {
    semantic: "ldrhRegIndexed",
    fixed: { P: 1, W: 1 },
  }),
  row("ldrhRegPost", "cccc0000U0-1nnnntttt----1011mmmm", "ldrh{c} {t}, [{n}], {U?:-}{m}", {
    semantic: "ldrhRegIndexed",
  }),
  row("strhImm", "cccc0001U100nnnnttttvvvv1011vvvv", "strh{c} {t}, [{n}{offset}]", {
    fixed: { P: 1 },
    derive: "offset",
  }),
  row("strhImmPre", "cccc0001U110nnnnttttvvvv1011vvvv", "strh{c} {t}, [{n}, {#offset}]!", {
    semantic: "strhImmIndexed",
    fixed: { P: 1, W: 1 },
    derive: "offset",
  }),
  row("strhImmPost", "cccc0000U1-0nnnnttttvvvv1011vvvv", "strh{c} {t}, [{n}], {#offset}", {
    semantic: "strhImmIndexed",
    derive: "offset",
  }),
  row("strhReg", "cccc0001U000nnnntttt----1011mmmm", "strh{c} {t}, [{n}, {U?:-}{m}]", { fixed: { P: 1 } }),
  row("strhRegPre", "cccc0001U010nnnntttt----1011mmmm", "strh{c} {t}, [{n}, {U?:-}{m}]!", {
    semantic: "strhRegIndexed",
    fixed: { P: 1, W: 1 },
  }),
  row("strhRegPost", "cccc0000U0-0nnnntttt----1011mmmm", "strh{c} {t}, [{n}], {U?:-}{m}", {
    semantic: "strhRegIndexed",
  }),
  row("ldrsbImm", "cccc0001U101nnnnttttvvvv1101vvvv", "ldrsb{c} {t}, [{n}{offset}]", {
    fixed: { P: 1 },
    derive: "offset",
  }),
  row("ldrsbImmPre", "cccc0001U111nnnnttttvvvv1101vvvv", "ldrsb{c} {t}, [{n}, {#offset}]!", {
    semantic: "ldrsbImmIndexed",
    fixed: { P: 1, W: 1 },
    derive: "offset",
  }),
  row("ldrsbImmPost", "cccc0000U1-1nnnnttttvvvv1101vvvv", "ldrsb{c} {t}, [{n}], {#offset}", {
    semantic: "ldrsbImmIndexed",
    derive: "offset",
  }),
  row("ldrsbReg", "cccc0001U001nnnntttt----1101mmmm", "ldrsb{c} {t}, [{n}, {U?:-}{m}]", { fixed: { P: 1 } }),
  row("ldrsbRegPre", "cccc0001U011nnnntttt----1101mmmm", "ldrsb{c} {t}, [{n}, {U?:-}{m}]!", {
    semantic: "ldrsbRegIndexed",
    fixed: { P: 1, W: 1 },
  }),
  row("ldrsbRegPost", "cccc0000U0-1nnnntttt----1101mmmm", "ldrsb{c} {t}, [{n}], {U?:-}{m}", {
    semantic: "ldrsbRegIndexed",
  }),
  row("ldrshImm", "cccc0001U101nnnnttttvvvv1111vvvv", "ldrsh{c} {t}, [{n}{offset}]", {
    fixed: { P: 1 },
    derive: "offset",
  }),
  row("ldrshImmPre", "cccc0001U111nnnnttttvvvv1111vvvv", "ldrsh{c} {t}, [{n}, {#offset}]!", {
    semantic: "ldrshImmIndexed",
    fixed: { P: 1, W: 1 },
    derive: "offset",
  }),
  row("ldrshImmPost", "cccc0000U1-1nnnnttttvvvv1111vvvv", "ldrsh{c} {t}, [{n}], {#offset}", {
    semantic: "ldrshImmIndexed",
    derive: "offset",
  }),
  row("ldrshReg", "cccc0001U001nnnntttt----1111mmmm", "ldrsh{c} {t}, [{n}, {U?:-}{m}]", { fixed: { P: 1 } }),
  row("ldrshRegPre", "cccc0001U011nnnntttt----1111mmmm", "ldrsh{c} {t}, [{n}, {U?:-}{m}]!", {
    semantic: "ldrshRegIndexed",
    fixed: { P: 1, W: 1 },
  }),
  row("ldrshRegPost", "cccc0000U0-1nnnntttt----1111mmmm", "ldrsh{c} {t}, [{n}], {U?:-}{m}", {
    semantic: "ldrshRegIndexed",
  }),
  row("ldrdImm", "cccc0001U100nnnnttttvvvv1101vvvv", "ldrd{c} {t}, [{n}{offset}]", {
    fixed: { P: 1 },
    derive: "offset",
    arch: "v5TE",
  }),
  row("ldrdImmPre", "cccc0001U110nnnnttttvvvv1101vvvv", "ldrd{c} {t}, [{n}, {#offset}]!", {
    semantic: "ldrdImmIndexed",
    fixed: { P: 1, W: 1 },
    derive: "offset",
    arch: "v5TE",
  }),
  row("ldrdImmPost", "cccc0000U1-0nnnnttttvvvv1101vvvv", "ldrd{c} {t}, [{n}], {#offset}", {
    semantic: "ldrdImmIndexed",
    derive: "offset",
    arch: "v5TE",
  }),
  row("ldrdReg", "cccc0001U000nnnntttt----1101mmmm", "ldrd{c} {t}, [{n}, {U?:-}{m}]", {
    fixed: { P: 1 },
    arch: "v5TE",
  }),
  row("ldrdRegPre", "cccc0001U010nnnntttt----1101mmmm", "ldrd{c} {t}, [{n}, {U?:-}{m}]!", {
    semantic: "ldrdRegIndexed",
    fixed: { P: 1, W: 1 },
    arch: "v5TE",
  }),
  row("ldrdRegPost", "cccc0000U0-0nnnntttt----1101mmmm", "ldrd{c} {t}, [{n}], {U?:-}{m}", {
    semantic: "ldrdRegIndexed",
    arch: "v5TE",
  }),
  row("strdImm", "cccc0001U100nnnnttttvvvv1111vvvv", "strd{c} {t}, [{n}{offset}]", {
    fixed: { P: 1 },
    derive: "offset",
    arch: "v5TE",
  }),
  row("strdImmPre", "cccc0001U110nnnnttttvvvv1111vvvv", "strd{c} {t}, [{n}, {#offset}]!", {
    semantic: "strdImmIndexed",
    fixed: { P: 1, W: 1 },
    derive: "offset",
    arch: "v5TE",
  }),
  row("strdImmPost", "cccc0000U1-0nnnnttttvvvv1111vvvv", "strd{c} {t}, [{n}], {#offset}", {
    semantic: "strdImmIndexed",
    derive: "offset",
    arch: "v5TE",
  }),
  row("strdReg", "cccc0001U000nnnntttt----1111mmmm", "strd{c} {t}, [{n}, {U?:-}{m}]", {
    fixed: { P: 1 },
    arch: "v5TE",
  }),
  row("strdRegPre", "cccc0001U010nnnntttt----1111mmmm", "strd{c} {t}, [{n}, {U?:-}{m}]!", {
    semantic: "strdRegIndexed",
    fixed: { P: 1, W: 1 },
    arch: "v5TE",
  }),
  row("strdRegPost", "cccc0000U0-0nnnntttt----1111mmmm", "strd{c} {t}, [{n}], {U?:-}{m}", {
    semantic: "strdRegIndexed",
    arch: "v5TE",
  }),

  // Loads and stores of several registers. With ^, LDM with R15 in the list returns from an exception.
  row("ldm", "cccc100PU0W1nnnnllllllllllllllll", "ldm{mode}{c} {n}{W?!}, {list}", { fixed: { L: 1 }, derive: "block" }),
  row("stm", "cccc100PU0W0nnnnllllllllllllllll", "stm{mode}{c} {n}{W?!}, {list}", { derive: "block" }),
  row("ldmUser", "cccc100PU101nnnn0lllllllllllllll", "ldm{mode}{c} {n}, {list}^", { fixed: { L: 1 }, derive: "block" }),
  row("stmUser", "cccc100PU1W0nnnnllllllllllllllll", "stm{mode}{c} {n}{W?!}, {list}^", { derive: "block" }),
  row("ldmExceptionReturn", "cccc100PU1W1nnnn1lllllllllllllll", "ldm{mode}{c} {n}{W?!}, {list}^", {
    fixed: { L: 1, l: 0x8000 },
    derive: "block",
  }),

  // Semaphores and the preload hint.
  row("swp", "cccc00010000nnnntttt----1001mmmm", "swp{c} {t}, {m}, [{n}]"),
  row("swpb", "cccc00010100nnnntttt----1001mmmm", "swpb{c} {t}, {m}, [{n}]"),
  row("pldImm", "11110101U101nnnn----vvvvvvvvvvvv", "pld [{n}{offset}]", {
    semantic: "pld",
    arch: "v5TE",
    derive: "offset",
  }),
  row("pldReg", "11110111U101nnnn----iiiiiyy0mmmm", "pld [{n}, {U?:-}{m}{shift}]", { semantic: "pld", arch: "v5TE" }),

  // Coprocessor register transfers: p coprocessor, o and q opcodes, k and m its registers. MCR2 and MRC2 never answer.
  row("mcr", "cccc1110ooo0kkkkttttppppqqq1mmmm", "mcr{c} {p}, {o}, {t}, {ck}, {cm}, {braces q}"),
  row("mrc", "cccc1110ooo1kkkkttttppppqqq1mmmm", "mrc{c} {p}, {o}, {t}, {ck}, {cm}, {braces q}"),
  row("mcr2", "11111110ooo0kkkkttttppppqqq1mmmm", "mcr2 {p}, {o}, {t}, {ck}, {cm}, {braces q}", {
    semantic: "coprocessorAbsent",
    arch: "v5T",
  }),
  row("mrc2", "11111110ooo1kkkkttttppppqqq1mmmm", "mrc2 {p}, {o}, {t}, {ck}, {cm}, {braces q}", {
    semantic: "coprocessorAbsent",
    arch: "v5T",
  }),
  row("mcrr", "cccc11000100nnnnttttppppoooommmm", "mcrr{c} {p}, {o}, {t}, {n}, {cm}", { arch: "v5TE" }),
  row("mrrc", "cccc11000101nnnnttttppppoooommmm", "mrrc{c} {p}, {o}, {t}, {n}, {cm}", {
    semantic: "coprocessorAbsent",
    arch: "v5TE",
  }),
  row("cdp", "cccc1110ooookkkkddddppppqqq0mmmm", "cdp{c} {p}, {o}, {cd}, {ck}, {cm}, {braces q}", {
    semantic: "coprocessorAbsent",
  }),
  row("cdp2", "11111110ooookkkkddddppppqqq0mmmm", "cdp2 {p}, {o}, {cd}, {ck}, {cm}, {braces q}", {
    semantic: "coprocessorAbsent",
    arch: "v5T",
  }),

  // Coprocessor loads and stores; B is the bit that the assembler writes as L, "long".
  row("ldc", "cccc1101UB01nnnnkkkkppppvvvvvvvv", "ldc{B?l}{c} {p}, {ck}, [{n}{offset}]", {
    semantic: "coprocessorAbsent",
    scale: 2,
    derive: "offset",
  }),
  row("ldcPre", "cccc1101UB11nnnnkkkkppppvvvvvvvv", "ldc{B?l}{c} {p}, {ck}, [{n}, {#offset}]!", {
    semantic: "coprocessorAbsent",
    scale: 2,
    derive: "offset",
  }),
  row("ldcPost", "cccc1100UB11nnnnkkkkppppvvvvvvvv", "ldc{B?l}{c} {p}, {ck}, [{n}], {#offset}", {
    semantic: "coprocessorAbsent",
    scale: 2,
    derive: "offset",
  }),
  row("ldcUnindexed", "cccc11001B01nnnnkkkkppppvvvvvvvv", "ldc{B?l}{c} {p}, {ck}, [{n}], {option}", {
    semantic: "coprocessorAbsent",
    fixed: { U: 1 },
  }),
  row("stc", "cccc1101UB00nnnnkkkkppppvvvvvvvv", "stc{B?l}{c} {p}, {ck}, [{n}{offset}]", {
    semantic: "coprocessorAbsent",
    scale: 2,
    derive: "offset",
  }),
  row("stcPre", "cccc1101UB10nnnnkkkkppppvvvvvvvv", "stc{B?l}{c} {p}, {ck}, [{n}, {#offset}]!", {
    semantic: "coprocessorAbsent",
    scale: 2,
    derive: "offset",
  }),
  row("stcPost", "cccc1100UB10nnnnkkkkppppvvvvvvvv", "stc{B?l}{c} {p}, {ck}, [{n}], {#offset}", {
    semantic: "coprocessorAbsent",
    scale: 2,
    derive: "offset",
  }),
  row("stcUnindexed", "cccc11001B00nnnnkkkkppppvvvvvvvv", "stc{B?l}{c} {p}, {ck}, [{n}], {option}", {
    semantic: "coprocessorAbsent",
    fixed: { U: 1 },
  }),
  row("ldc2", "11111101UB01nnnnkkkkppppvvvvvvvv", "ldc2{B?l} {p}, {ck}, [{n}{offset}]", {
    semantic: "coprocessorAbsent",
    arch: "v5T",
    scale: 2,
    derive: "offset",
  }),
  row("ldc2Pre", "11111101UB11nnnnkkkkppppvvvvvvvv", "ldc2{B?l} {p}, {ck}, [{n}, {#offset}]!", {
    semantic: "coprocessorAbsent",
    arch: "v5T",
    scale: 2,
    derive: "offset",
  }),
  row("ldc2Post", "11111100UB11nnnnkkkkppppvvvvvvvv", "ldc2{B?l} {p}, {ck}, [{n}], {#offset}", {
    semantic: "coprocessorAbsent",
    arch: "v5T",
    scale: 2,
    derive: "offset",
  }),
  row("ldc2Unindexed", "111111001B01nnnnkkkkppppvvvvvvvv", "ldc2{B?l} {p}, {ck}, [{n}], {option}", {
    semantic: "coprocessorAbsent",
    arch: "v5T",
    fixed: { U: 1 },
  }),
  row("stc2", "11111101UB00nnnnkkkkppppvvvvvvvv", "stc2{B?l} {p}, {ck}, [{n}{offset}]", {
    semantic: "coprocessorAbsent",
    arch: "v5T",
    scale: 2,
    derive: "offset",
  }),
  row("stc2Pre", "11111101UB10nnnnkkkkppppvvvvvvvv", "stc2{B?l} {p}, {ck}, [{n}, {#offset}]!", {
    semantic: "coprocessorAbsent",
    arch: "v5T",
    scale: 2,
    derive: "offset",
  }),
  row("stc2Post", "11111100UB10nnnnkkkkppppvvvvvvvv", "stc2{B?l} {p}, {ck}, [{n}], {#offset}", {
    semantic: "coprocessorAbsent",
    arch: "v5T",
    scale: 2,
    derive: "offset",
  }),
  row("stc2Unindexed", "111111001B00nnnnkkkkppppvvvvvvvv", "stc2{B?l} {p}, {ck}, [{n}], {option}", {
    semantic: "coprocessorAbsent",
    arch: "v5T",
    fixed: { U: 1 },
  }),

  // What no other row matches.
  row("undefined", "cccc----------------------------", "<undefined>"),
  row("undefinedUnconditional", "1111----------------------------", "<undefined>", { semantic: "undefined" }),
];
