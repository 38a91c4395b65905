import { describe, expect, it } from "vitest";
import { StateReader } from "../../src/devices/state-reader.ts";

const invalid = expect.objectContaining({ code: "state-invalid" });

describe("state reader", () => {
  const reader = new StateReader(
    {
      word: -1,
      on: true,
      data: Uint8Array.of(1, 2),
      list: [1, 2],
      part: { word: 7 },
      text: "a",
      half: 0.5,
      none: null,
    },
    "device0",
  );

  it("gives what was saved", () => {
    expect(reader.number("word")).toBe(-1);
    expect(reader.boolean("on")).toBe(true);
    expect(reader.bytes("data", 2)).toEqual(Uint8Array.of(1, 2));
    expect(reader.numbers("list", 2)).toEqual([1, 2]);
    expect(reader.child("part").number("word")).toBe(7);
    expect(reader.registers("part", { word: 0 })).toEqual({ word: 7 });
  });

  it("gives the nested states of a list of parts, all of them or none", () => {
    const parts = new StateReader({ parts: [{ a: 1 }, { a: 2 }], mixed: [{ a: 1 }, 7] }, "device0");
    expect(parts.objects("parts", 2)).toEqual([{ a: 1 }, { a: 2 }]);
    expect(() => parts.objects("parts", 3)).toThrow(invalid);
    expect(() => parts.objects("mixed", 2)).toThrow(invalid);
  });

  it("gives copies, so that the state stays as it is", () => {
    reader.bytes("data", 2)[0] = 99;
    reader.numbers("list", 2)[0] = 99;
    expect([reader.bytes("data", 2)[0], reader.numbers("list", 2)[0]]).toEqual([1, 1]);
  });

  it("names device, field and what it expected", () => {
    expect(() => reader.number("missing", 0, 7)).toThrow(
      "device0: expected the saved missing to be a whole number from 0 to 7, found nothing",
    );
  });

  it("refuses values of another type or out of range", () => {
    for (const field of ["on", "text", "half", "none", "data", "part", "missing"])
      expect(() => reader.number(field)).toThrow(invalid);
    expect(() => reader.number("word", 0)).toThrow(invalid);
    expect(() => reader.boolean("word")).toThrow(invalid);
    expect(() => reader.bytes("data", 3)).toThrow(invalid);
    expect(() => reader.numbers("list", 1)).toThrow(invalid);
    expect(() => reader.numbers("list", 2, 2)).toThrow(invalid);
    for (const field of ["list", "data", "none", "missing"]) expect(() => reader.child(field)).toThrow(invalid);
  });

  it("refuses registers that are missing or too many", () => {
    expect(() => reader.registers("part", { word: 0, other: 0 })).toThrow(invalid);
    expect(() => reader.registers("part", {})).toThrow(invalid);
    expect(() => reader.registers("part", { other: 0 })).toThrow(invalid);
  });
});
