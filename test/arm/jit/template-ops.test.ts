import { describe, expect, it } from "vitest";
import { Decoder, rows } from "../../../src/arm/decode/index.ts";
import { STAND_INS, TemplateOps } from "../../../src/arm/jit/template-ops.ts";
import { parametersOf } from "../../../src/arm/jit/template-shape.ts";
import { WasmWriter } from "../../../src/arm/jit/wasm-writer.ts";
import { core } from "./given-code.ts";

const decoder = new Decoder<unknown>(rows.map(() => () => {}));

/** The code of an instruction with one set of stand-ins. */
function codeOf(word: number, set = 0, parameters = parametersOf(rows[decoder.arm(word).row])): Buffer {
  const ops = new TemplateOps(new WasmWriter(), core, STAND_INS[set]);
  ops.depth = 5;
  ops.instruction(ops.withStandIns(decoder.arm(word), parameters), 0, 1);
  return Buffer.from(ops.w.bytes);
}

describe("the code of a template", () => {
  it("is the same for all instructions of a shape", () => {
    expect(codeOf(0xe0821003).equals(codeOf(0xe0854006))).toBe(true); // add with other registers
    expect(codeOf(0xe5921004).equals(codeOf(0xe5154ffc))).toBe(true); // ldr with another offset
    expect(codeOf(0xe2921b01).equals(codeOf(0xe2954a02))).toBe(true); // adds with another immediate
    expect(codeOf(0xe1b01102).equals(codeOf(0xe1b04f85))).toBe(true); // movs with another shift
  });

  it("is the same with both sets of stand-ins, where its function computes with no parameter", () => {
    for (const word of [0xe0821003, 0xe5921004, 0xe2921b01, 0xe1b01102, 0xe92d4010, 0xe0a32194])
      expect(codeOf(word, 0).equals(codeOf(word, 1)), word.toString(16)).toBe(true);
  });

  it("differs where a function computes with one: so it is noticed", () => {
    // ldrd r2, [r0] also takes the register after r2, whose number it computes.
    const word = 0xe1c020d0;
    const row = rows[decoder.arm(word).row];
    const { registers, ...others } = parametersOf(row);
    const withPair = { ...others, registers: [...registers, { name: "t", shift: 12, slot: 11 } as const] };
    expect(registers.map(({ name }) => name)).not.toContain("t");
    expect(codeOf(word, 0, withPair).equals(codeOf(word, 1, withPair))).toBe(false);
  });
});
