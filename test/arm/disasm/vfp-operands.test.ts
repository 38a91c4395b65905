import { describe, expect, it } from "vitest";
import { makeInsn } from "../../../src/arm/decode/index.ts";
import { disassemble } from "../../../src/arm/disasm/index.ts";
import { vfpOperandWriter } from "../../../src/arm/disasm/vfp-operands.ts";

const written = (placeholder: string, fields: object) =>
  vfpOperandWriter(placeholder)?.({ ...makeInsn(0, 0, () => {}), ...fields });

describe("VFP operands", () => {
  it("name registers by their precision", () => {
    expect(written("single n", { n: 31 })).toBe("s31");
    expect(written("double m", { m: 15 })).toBe("d15");
    expect(written("singlePair m", { m: 4 })).toBe("s4, s5");
  });

  it("write lists as ranges, of words or of pairs of them", () => {
    expect(written("singles", { d: 3, v: 1 })).toBe("{s3}");
    expect(written("singles", { d: 3, v: 4 })).toBe("{s3-s6}");
    expect(written("doubles", { d: 2, v: 4 })).toBe("{d2-d3}");
    expect(written("doubles", { d: 2, v: 5 })).toBe("{d2-d3}");
  });

  it("name system registers, and number those that there are none of", () => {
    expect([written("vfpSystem", { k: 1 }), written("vfpSystem", { k: 8 })]).toEqual(["fpscr", "fpexc"]);
    expect(written("vfpSystem", { k: 12 })).toBe("<impl def 0xc>");
  });

  it("leave other placeholders to others", () => {
    expect(vfpOperandWriter("n")).toBeUndefined();
    expect(vfpOperandWriter("single k")).toBeUndefined();
  });

  it("are written for processors with VFP, and not for ARMv5", () => {
    const text = (word: number, architecture: 5 | 6) => disassemble(word, 0, { architecture }).replace("\t", " ");
    expect([text(0xee300a81, 6), text(0xee300a81, 5)]).toEqual([
      "vadd.f32 s0, s1, s2",
      "cdp 10, 3, cr0, cr0, cr1, {4}",
    ]);
    expect(text(0xeef1fa10, 6)).toBe("vmrs APSR_nzcv, fpscr");
    expect(text(0xecbd8b10, 6)).toBe("vpop {d8-d15}");
  });
});
