/** Thumb encodings that ARMv6 adds (ARM DDI 0100I, A7), each mapped to the ARM semantic that does its work. */
import { row } from "./row.ts";

/** In the order of the encoding. */
export const thumbV6Rows = [
  row("thumbSxth", "1011001000mmmddd", "sxth {d}, {m}", { semantic: "sxth", arch: "v6" }),
  row("thumbSxtb", "1011001001mmmddd", "sxtb {d}, {m}", { semantic: "sxtb", arch: "v6" }),
  row("thumbUxth", "1011001010mmmddd", "uxth {d}, {m}", { semantic: "uxth", arch: "v6" }),
  row("thumbUxtb", "1011001011mmmddd", "uxtb {d}, {m}", { semantic: "uxtb", arch: "v6" }),
  row("thumbSetend", "101101100101x000", "setend {x?be:le}", { semantic: "setend", arch: "v6" }),
  row("thumbCpsie", "1011011001100kkk", "cpsie {aif}", { semantic: "cps", arch: "v6" }),
  row("thumbCpsid", "1011011001110kkk", "cpsid {aif}", { semantic: "cps", arch: "v6", fixed: { S: 1 } }),
  row("thumbRev", "1011101000mmmddd", "rev {d}, {m}", { semantic: "rev", arch: "v6" }),
  row("thumbRev16", "1011101001mmmddd", "rev16 {d}, {m}", { semantic: "rev16", arch: "v6" }),
  row("thumbRevsh", "1011101011mmmddd", "revsh {d}, {m}", { semantic: "revsh", arch: "v6" }),
];
