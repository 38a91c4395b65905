import { describe, expect, it } from "vitest";
import { clockOption, numberOption } from "../../src/devices/options.ts";
import { bench } from "./test-context.ts";

const withOptions = (options: Record<string, unknown>) => bench({ options }).context;

describe("numberOption", () => {
  it("takes the profile's number, or the fallback where there is none", () => {
    expect(numberOption(withOptions({ depth: 3 }), "depth", { fallback: 9 })).toBe(3);
    expect(numberOption(withOptions({}), "depth", { fallback: 9 })).toBe(9);
  });

  it.each([["three"], [1.5], [-1], [17], [null], [Number.NaN]])("refuses %j and names the option", (depth) => {
    const read = () => numberOption(withOptions({ depth }), "depth", { fallback: 1, high: 16 });
    expect(read).toThrow(expect.objectContaining({ code: "device-option-invalid" }));
    expect(read).toThrow("option depth to be a whole number from 0 to 16");
  });
});

describe("clockOption", () => {
  it("wants a rate of at least one hertz", () => {
    expect(clockOption(withOptions({ clockHz: 24_000_000 }), 1)).toBe(24_000_000);
    expect(() => clockOption(withOptions({ clockHz: 0 }), 1)).toThrow("clockHz");
  });
});
