import { describe, expect, it } from "vitest";
import { makeInsn } from "../../../src/arm/decode/index.ts";
import { placeholderWriter } from "../../../src/arm/disasm/operands.ts";

/** What a placeholder becomes for an instruction with these fields, and the comment it leaves. */
function written(placeholder: string, fields: object, { address = 0x8000, isThumb = false } = {}): string[] {
  const writing = {
    insn: Object.assign(
      makeInsn(0, 0, () => {}),
      fields,
    ),
    address,
    isThumb,
    comment: "",
  };
  return [placeholderWriter(placeholder)(writing), writing.comment];
}

describe("placeholders", () => {
  it.each([
    ["S", { S: 1 }, "s"],
    ["c", { c: 14 }, ""],
    ["c", { c: 13 }, "le"],
    ["n", { n: 10 }, "sl"],
    ["shift", { y: 0, i: 0 }, ""],
    ["shift", { y: 1, i: 0 }, ", lsr #32"],
    ["shift", { y: 3, i: 0 }, ", rrx"],
    ["shift", { y: 2, i: 7 }, ", asr #7"],
    ["U?:-", { U: 0 }, "-"],
    ["U?:-", { U: 1 }, ""],
    ["x?t:b", { x: 0 }, "b"],
    ["W?!", { W: 1 }, "!"],
    ["list", { l: 0x8011 }, "{r0, r4, pc}"],
    ["one t", { t: 13 }, "{sp}"],
    ["mode", { P: 0, U: 1 }, ""],
    ["mode", { P: 1, U: 0 }, "db"],
    ["psrFields", { R: 1, k: 9 }, "SPSR_fc"],
    ["ck", { k: 7 }, "cr7"],
    ["braces q", { q: 4 }, "{4}"],
    ["half v", { v: 0xab }, "0x00ab"],
    ["hex v", { v: 0xab }, "0x000000ab"],
  ])("{%s} of %j is %j", (placeholder, fields, text) => {
    expect(written(placeholder, fields)).toEqual([text, ""]);
  });

  it("repeat a number outside -16 .. 32 in hexadecimal", () => {
    expect(written("#v", { v: 32 })).toEqual(["#32", ""]);
    expect(written("#v", { v: 33 })).toEqual(["#33", "0x21"]);
    expect(written("#offset", { v: -16, U: 0 })).toEqual(["#-16", ""]);
    expect(written("#offset", { v: -17, U: 0 })).toEqual(["#-17", "0xffffffef"]);
  });

  it("keep the sign of an offset of zero", () => {
    expect(written("offset", { v: 0, U: 1 })).toEqual(["", ""]);
    expect(written("offset", { v: 0, U: 0 })).toEqual([", #-0", ""]);
  });

  it("tell the address behind an offset from the PC, which Thumb literals align", () => {
    expect(written("offset", { n: 15, v: 8, U: 1 })).toEqual([", #8", "0x8010"]);
    expect(written("target", { v: -8 })[0]).toBe("0x8000");
    expect(written("literal", { v: 4 }, { address: 0x8002, isThumb: true })[0]).toBe("0x8008");
  });

  it("write a modified immediate in two parts where the assembler would rotate less", () => {
    expect(written("imm", { i: 2, v: 2, r: 0 })[0]).toBe("#2");
    expect(written("imm", { i: 2, v: 8, r: 1 })[0]).toBe("#8, 2");
    expect(written("imm", { i: 0xf000000f | 0, v: 0xff, r: 2 })).toEqual(["#-268435441", "0xf000000f"]);
  });

  it("refuse what the syntax language does not have", () => {
    expect(() => placeholderWriter("nonsense")).toThrow(/placeholder/);
  });
});
