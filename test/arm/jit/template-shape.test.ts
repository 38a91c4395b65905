import { describe, expect, it } from "vitest";
import { archsOf, Decoder, rows } from "../../../src/arm/decode/index.ts";
import { parametersOf, SLOT_REGISTERS, shapeKey } from "../../../src/arm/jit/template-shape.ts";

const decoder = new Decoder<never>(
  rows.map(() => () => {}),
  archsOf(6, true),
);
const keyOf = (word: number): number => shapeKey(decoder.armRow(word), word);

describe("the shape of an instruction", () => {
  it.each([
    ["other registers", 0xe0821003, 0xe0854006], // add r1, r2, r3; add r4, r5, r6
    ["another immediate and sign", 0xe5921004, 0xe5154ffc], // ldr r1, [r2, #4]; ldr r4, [r5, #-0xffc]
    ["another shift amount", 0xe1a01102, 0xe1a04f85], // mov r1, r2, lsl #2; mov r4, r5, lsl #31
    ["another condition", 0xe0821003, 0x00821003], // add; addeq
    ["another rotation, but for none", 0xe2921b01, 0xe2921a01], // adds r1, r2, #1024; #4096
    ["another distance", 0x1a000001, 0x1afffff0], // bne
    ["another base", 0xe92d4010, 0xe9234010], // push {r4, lr}; stmdb r3!, {r4, lr}
  ])("is the same with %s", (_what, one, other) => {
    expect(keyOf(one)).toBe(keyOf(other));
  });

  it.each([
    ["R15 as destination", 0xe0821003, 0xe082f003],
    ["R15 as operand", 0xe0821003, 0xe08f1003],
    ["no shift", 0xe1a01102, 0xe1a01002],
    ["another kind of shift", 0xe1a01102, 0xe1a01122],
    ["no rotation", 0xe2921b01, 0xe2921001],
    ["flags", 0xe0821003, 0xe0921003],
    ["another list", 0xe92d4010, 0xe92d4030],
    ["another condition of a branch, which tests it itself", 0x1a000001, 0x0a000001],
    ["another register of the coprocessor", 0xee011f10, 0xee021f10],
    ["the pair of another double word", 0xe1c020d0, 0xe1c040d0],
  ])("is another with %s", (_what, one, other) => {
    expect(keyOf(one)).not.toBe(keyOf(other));
  });

  it("keeps a byte of the record for each register", () => {
    const row = decoder.armRow(0xe0a32194); // umlal r2, r3, r4, r1
    const { registers, immediate } = parametersOf(row);
    expect(registers.map(({ slot }) => slot)).toEqual([0, 1, 2, 3].map((n) => SLOT_REGISTERS + n));
    expect(immediate).toBeUndefined();
  });
});
