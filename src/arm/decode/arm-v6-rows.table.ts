/** ARM encodings that ARMv6 and ARMv6K add (ARM DDI 0100I, A3 and A4; ARM1176JZF-S TRM, DDI 0301H, 2.11). */
import { row } from "./row.ts";

/** In the order of the manual's chapters; the decoder sorts by specificity. */
export const armV6Rows = [
  // Parallel addition and subtraction; k tells signed 1, saturating 2, halving 3, and 4 more for unsigned.
  row("sadd16", "cccc01100001nnnndddd11110001mmmm", "sadd16{c} {d}, {n}, {m}", {
    semantic: "parallelAdd16",
    arch: "v6",
    fixed: { k: 1 },
  }),
  row("sasx", "cccc01100001nnnndddd11110011mmmm", "sasx{c} {d}, {n}, {m}", {
    semantic: "parallelAsx",
    arch: "v6",
    fixed: { k: 1 },
  }),
  row("ssax", "cccc01100001nnnndddd11110101mmmm", "ssax{c} {d}, {n}, {m}", {
    semantic: "parallelSax",
    arch: "v6",
    fixed: { k: 1 },
  }),
  row("ssub16", "cccc01100001nnnndddd11110111mmmm", "ssub16{c} {d}, {n}, {m}", {
    semantic: "parallelSub16",
    arch: "v6",
    fixed: { k: 1 },
  }),
  row("sadd8", "cccc01100001nnnndddd11111001mmmm", "sadd8{c} {d}, {n}, {m}", {
    semantic: "parallelAdd8",
    arch: "v6",
    fixed: { k: 1 },
  }),
  row("ssub8", "cccc01100001nnnndddd11111111mmmm", "ssub8{c} {d}, {n}, {m}", {
    semantic: "parallelSub8",
    arch: "v6",
    fixed: { k: 1 },
  }),
  row("qadd16", "cccc01100010nnnndddd11110001mmmm", "qadd16{c} {d}, {n}, {m}", {
    semantic: "parallelAdd16",
    arch: "v6",
    fixed: { k: 2 },
  }),
  row("qasx", "cccc01100010nnnndddd11110011mmmm", "qasx{c} {d}, {n}, {m}", {
    semantic: "parallelAsx",
    arch: "v6",
    fixed: { k: 2 },
  }),
  row("qsax", "cccc01100010nnnndddd11110101mmmm", "qsax{c} {d}, {n}, {m}", {
    semantic: "parallelSax",
    arch: "v6",
    fixed: { k: 2 },
  }),
  row("qsub16", "cccc01100010nnnndddd11110111mmmm", "qsub16{c} {d}, {n}, {m}", {
    semantic: "parallelSub16",
    arch: "v6",
    fixed: { k: 2 },
  }),
  row("qadd8", "cccc01100010nnnndddd11111001mmmm", "qadd8{c} {d}, {n}, {m}", {
    semantic: "parallelAdd8",
    arch: "v6",
    fixed: { k: 2 },
  }),
  row("qsub8", "cccc01100010nnnndddd11111111mmmm", "qsub8{c} {d}, {n}, {m}", {
    semantic: "parallelSub8",
    arch: "v6",
    fixed: { k: 2 },
  }),
  row("shadd16", "cccc01100011nnnndddd11110001mmmm", "shadd16{c} {d}, {n}, {m}", {
    semantic: "parallelAdd16",
    arch: "v6",
    fixed: { k: 3 },
  }),
  row("shasx", "cccc01100011nnnndddd11110011mmmm", "shasx{c} {d}, {n}, {m}", {
    semantic: "parallelAsx",
    arch: "v6",
    fixed: { k: 3 },
  }),
  row("shsax", "cccc01100011nnnndddd11110101mmmm", "shsax{c} {d}, {n}, {m}", {
    semantic: "parallelSax",
    arch: "v6",
    fixed: { k: 3 },
  }),
  row("shsub16", "cccc01100011nnnndddd11110111mmmm", "shsub16{c} {d}, {n}, {m}", {
    semantic: "parallelSub16",
    arch: "v6",
    fixed: { k: 3 },
  }),
  row("shadd8", "cccc01100011nnnndddd11111001mmmm", "shadd8{c} {d}, {n}, {m}", {
    semantic: "parallelAdd8",
    arch: "v6",
    fixed: { k: 3 },
  }),
  row("shsub8", "cccc01100011nnnndddd11111111mmmm", "shsub8{c} {d}, {n}, {m}", {
    semantic: "parallelSub8",
    arch: "v6",
    fixed: { k: 3 },
  }),
  row("uadd16", "cccc01100101nnnndddd11110001mmmm", "uadd16{c} {d}, {n}, {m}", {
    semantic: "parallelAdd16",
    arch: "v6",
    fixed: { k: 5 },
  }),
  row("uasx", "cccc01100101nnnndddd11110011mmmm", "uasx{c} {d}, {n}, {m}", {
    semantic: "parallelAsx",
    arch: "v6",
    fixed: { k: 5 },
  }),
  row("usax", "cccc01100101nnnndddd11110101mmmm", "usax{c} {d}, {n}, {m}", {
    semantic: "parallelSax",
    arch: "v6",
    fixed: { k: 5 },
  }),
  row("usub16", "cccc01100101nnnndddd11110111mmmm", "usub16{c} {d}, {n}, {m}", {
    semantic: "parallelSub16",
    arch: "v6",
    fixed: { k: 5 },
  }),
  row("uadd8", "cccc01100101nnnndddd11111001mmmm", "uadd8{c} {d}, {n}, {m}", {
    semantic: "parallelAdd8",
    arch: "v6",
    fixed: { k: 5 },
  }),
  row("usub8", "cccc01100101nnnndddd11111111mmmm", "usub8{c} {d}, {n}, {m}", {
    semantic: "parallelSub8",
    arch: "v6",
    fixed: { k: 5 },
  }),
  row("uqadd16", "cccc01100110nnnndddd11110001mmmm", "uqadd16{c} {d}, {n}, {m}", {
    semantic: "parallelAdd16",
    arch: "v6",
    fixed: { k: 6 },
  }),
  row("uqasx", "cccc01100110nnnndddd11110011mmmm", "uqasx{c} {d}, {n}, {m}", {
    semantic: "parallelAsx",
    arch: "v6",
    fixed: { k: 6 },
  }),
  row("uqsax", "cccc01100110nnnndddd11110101mmmm", "uqsax{c} {d}, {n}, {m}", {
    semantic: "parallelSax",
    arch: "v6",
    fixed: { k: 6 },
  }),
  row("uqsub16", "cccc01100110nnnndddd11110111mmmm", "uqsub16{c} {d}, {n}, {m}", {
    semantic: "parallelSub16",
    arch: "v6",
    fixed: { k: 6 },
  }),
  row("uqadd8", "cccc01100110nnnndddd11111001mmmm", "uqadd8{c} {d}, {n}, {m}", {
    semantic: "parallelAdd8",
    arch: "v6",
    fixed: { k: 6 },
  }),
  row("uqsub8", "cccc01100110nnnndddd11111111mmmm", "uqsub8{c} {d}, {n}, {m}", {
    semantic: "parallelSub8",
    arch: "v6",
    fixed: { k: 6 },
  }),
  row("uhadd16", "cccc01100111nnnndddd11110001mmmm", "uhadd16{c} {d}, {n}, {m}", {
    semantic: "parallelAdd16",
    arch: "v6",
    fixed: { k: 7 },
  }),
  row("uhasx", "cccc01100111nnnndddd11110011mmmm", "uhasx{c} {d}, {n}, {m}", {
    semantic: "parallelAsx",
    arch: "v6",
    fixed: { k: 7 },
  }),
  row("uhsax", "cccc01100111nnnndddd11110101mmmm", "uhsax{c} {d}, {n}, {m}", {
    semantic: "parallelSax",
    arch: "v6",
    fixed: { k: 7 },
  }),
  row("uhsub16", "cccc01100111nnnndddd11110111mmmm", "uhsub16{c} {d}, {n}, {m}", {
    semantic: "parallelSub16",
    arch: "v6",
    fixed: { k: 7 },
  }),
  row("uhadd8", "cccc01100111nnnndddd11111001mmmm", "uhadd8{c} {d}, {n}, {m}", {
    semantic: "parallelAdd8",
    arch: "v6",
    fixed: { k: 7 },
  }),
  row("uhsub8", "cccc01100111nnnndddd11111111mmmm", "uhsub8{c} {d}, {n}, {m}", {
    semantic: "parallelSub8",
    arch: "v6",
    fixed: { k: 7 },
  }),
  row("sel", "cccc01101000nnnndddd11111011mmmm", "sel{c} {d}, {n}, {m}", { arch: "v6" }),

  // Extension with rotation by 8 * r, and with addition.
  row("sxtab16", "cccc01101000nnnnddddrr000111mmmm", "sxtab16{c} {d}, {n}, {m}{rotation}", { arch: "v6" }),
  row("sxtb16", "cccc011010001111ddddrr000111mmmm", "sxtb16{c} {d}, {m}{rotation}", { arch: "v6" }),
  row("sxtab", "cccc01101010nnnnddddrr000111mmmm", "sxtab{c} {d}, {n}, {m}{rotation}", { arch: "v6" }),
  row("sxtb", "cccc011010101111ddddrr000111mmmm", "sxtb{c} {d}, {m}{rotation}", { arch: "v6" }),
  row("sxtah", "cccc01101011nnnnddddrr000111mmmm", "sxtah{c} {d}, {n}, {m}{rotation}", { arch: "v6" }),
  row("sxth", "cccc011010111111ddddrr000111mmmm", "sxth{c} {d}, {m}{rotation}", { arch: "v6" }),
  row("uxtab16", "cccc01101100nnnnddddrr000111mmmm", "uxtab16{c} {d}, {n}, {m}{rotation}", { arch: "v6" }),
  row("uxtb16", "cccc011011001111ddddrr000111mmmm", "uxtb16{c} {d}, {m}{rotation}", { arch: "v6" }),
  row("uxtab", "cccc01101110nnnnddddrr000111mmmm", "uxtab{c} {d}, {n}, {m}{rotation}", { arch: "v6" }),
  row("uxtb", "cccc011011101111ddddrr000111mmmm", "uxtb{c} {d}, {m}{rotation}", { arch: "v6" }),
  row("uxtah", "cccc01101111nnnnddddrr000111mmmm", "uxtah{c} {d}, {n}, {m}{rotation}", { arch: "v6" }),
  row("uxth", "cccc011011111111ddddrr000111mmmm", "uxth{c} {d}, {m}{rotation}", { arch: "v6" }),

  // Reversal and packing of bytes and halves.
  row("rev", "cccc011010111111dddd11110011mmmm", "rev{c} {d}, {m}", { arch: "v6" }),
  row("rev16", "cccc011010111111dddd11111011mmmm", "rev16{c} {d}, {m}", { arch: "v6" }),
  row("revsh", "cccc011011111111dddd11111011mmmm", "revsh{c} {d}, {m}", { arch: "v6" }),
  row("pkhbt", "cccc01101000nnnnddddiiiii001mmmm", "pkhbt{c} {d}, {n}, {m}{shift}", { arch: "v6" }),
  row("pkhtb", "cccc01101000nnnnddddiiiii101mmmm", "pkhtb{c} {d}, {n}, {m}{shift}", { arch: "v6", fixed: { y: 2 } }),

  // Saturation to v bits.
  row("ssat", "cccc0110101vvvvvddddiiiii001mmmm", "ssat{c} {d}, {#v}, {m}{shift}", { arch: "v6", derive: "width" }),
  row("ssatAsr", "cccc0110101vvvvvddddiiiii101mmmm", "ssat{c} {d}, {#v}, {m}{shift}", {
    semantic: "ssat",
    arch: "v6",
    fixed: { y: 2 },
    derive: "width",
  }),
  row("usat", "cccc0110111vvvvvddddiiiii001mmmm", "usat{c} {d}, {#v}, {m}{shift}", { arch: "v6" }),
  row("usatAsr", "cccc0110111vvvvvddddiiiii101mmmm", "usat{c} {d}, {#v}, {m}{shift}", {
    semantic: "usat",
    arch: "v6",
    fixed: { y: 2 },
  }),
  row("ssat16", "cccc01101010vvvvdddd11110011mmmm", "ssat16{c} {d}, {#v}, {m}", { arch: "v6", derive: "width" }),
  row("usat16", "cccc01101110vvvvdddd11110011mmmm", "usat16{c} {d}, {#v}, {m}", { arch: "v6" }),

  // Multiplies of both halves (x exchanges those of s), of the high word (z rounds), and sums of differences.
  row("smlad", "cccc01110000ddddnnnnssss00x1mmmm", "smlad{x?x}{c} {d}, {m}, {s}, {n}", { arch: "v6" }),
  row("smuad", "cccc01110000dddd1111ssss00x1mmmm", "smuad{x?x}{c} {d}, {m}, {s}", { arch: "v6" }),
  row("smlsd", "cccc01110000ddddnnnnssss01x1mmmm", "smlsd{x?x}{c} {d}, {m}, {s}, {n}", { arch: "v6" }),
  row("smusd", "cccc01110000dddd1111ssss01x1mmmm", "smusd{x?x}{c} {d}, {m}, {s}", { arch: "v6" }),
  row("smlald", "cccc01110100hhhhddddssss00x1mmmm", "smlald{x?x}{c} {d}, {h}, {m}, {s}", { arch: "v6" }),
  row("smlsld", "cccc01110100hhhhddddssss01x1mmmm", "smlsld{x?x}{c} {d}, {h}, {m}, {s}", { arch: "v6" }),
  row("smmla", "cccc01110101ddddnnnnssss00z1mmmm", "smmla{z?r}{c} {d}, {m}, {s}, {n}", { arch: "v6" }),
  row("smmul", "cccc01110101dddd1111ssss00z1mmmm", "smmul{z?r}{c} {d}, {m}, {s}", { arch: "v6" }),
  row("smmls", "cccc01110101ddddnnnnssss11z1mmmm", "smmls{z?r}{c} {d}, {m}, {s}, {n}", { arch: "v6" }),
  row("umaal", "cccc00000100hhhhddddssss1001mmmm", "umaal{c} {d}, {h}, {m}, {s}", { arch: "v6" }),
  row("usad8", "cccc01111000dddd1111ssss0001mmmm", "usad8{c} {d}, {m}, {s}", { arch: "v6" }),
  row("usada8", "cccc01111000ddddnnnnssss0001mmmm", "usada8{c} {d}, {m}, {s}, {n}", { arch: "v6" }),

  // Exclusive loads and stores.
  row("ldrex", "cccc00011001nnnntttt111110011111", "ldrex{c} {t}, [{n}]", { arch: "v6" }),
  row("strex", "cccc00011000nnnndddd11111001tttt", "strex{c} {d}, {t}, [{n}]", { arch: "v6" }),
  row("ldrexd", "cccc00011011nnnntttt111110011111", "ldrexd{c} {t}, [{n}]", { arch: "v6K" }),
  row("strexd", "cccc00011010nnnndddd11111001tttt", "strexd{c} {d}, {t}, [{n}]", { arch: "v6K" }),
  row("ldrexb", "cccc00011101nnnntttt111110011111", "ldrexb{c} {t}, [{n}]", { arch: "v6K" }),
  row("strexb", "cccc00011100nnnndddd11111001tttt", "strexb{c} {d}, {t}, [{n}]", { arch: "v6K" }),
  row("ldrexh", "cccc00011111nnnntttt111110011111", "ldrexh{c} {t}, [{n}]", { arch: "v6K" }),
  row("strexh", "cccc00011110nnnndddd11111001tttt", "strexh{c} {d}, {t}, [{n}]", { arch: "v6K" }),
  row("clrex", "11110101011111111111000000011111", "clrex", { arch: "v6K" }),

  // Processor state: k masks F, I and A (bits 0, 1, 2), S disables, W changes the mode to v.
  row("cpsie", "1111000100001000-------kkk0-----", "cpsie {aif}", { semantic: "cps", arch: "v6" }),
  row("cpsid", "1111000100001100-------kkk0-----", "cpsid {aif}", {
    semantic: "cps",
    arch: "v6",
    fixed: { S: 1 },
  }),
  row("cpsieMode", "1111000100001010-------kkk0vvvvv", "cpsie {aif},{#v}", {
    semantic: "cps",
    arch: "v6",
    fixed: { W: 1 },
  }),
  row("cpsidMode", "1111000100001110-------kkk0vvvvv", "cpsid {aif},{#v}", {
    semantic: "cps",
    arch: "v6",
    fixed: { S: 1, W: 1 },
  }),
  row("cpsMode", "1111000100000010----------0vvvvv", "cps {#v}", { semantic: "cps", arch: "v6", fixed: { W: 1 } }),
  row("setend", "1111000100000001000000x000000000", "setend {x?be:le}", { arch: "v6" }),
  row("srs", "1111100PU1W0110100000101000vvvvv", "srs{U?i:d}{P?b:a} sp{W?!}, {#v}", { arch: "v6" }),
  row("rfe", "1111100PU0W1nnnn0000101000000000", "rfe{U?i:d}{P?b:a} {n}{W?!}", { arch: "v6" }),

  // Hints, all of which this core takes as NOP.
  row("nop", "cccc00110010000011110000vvvvvvvv", "nop{c} {option}", { arch: "v6K" }),
  row("yield", "cccc0011001000001111000000000001", "yield{c}", { semantic: "nop", arch: "v6K" }),
  row("wfe", "cccc0011001000001111000000000010", "wfe{c}", { semantic: "nop", arch: "v6K" }),
  row("wfi", "cccc0011001000001111000000000011", "wfi{c}", { semantic: "nop", arch: "v6K" }),
  row("sev", "cccc0011001000001111000000000100", "sev{c}", { semantic: "nop", arch: "v6K" }),
];
