import { describe, expect, it } from "vitest";
import { DEFAULT_LINE, frameBits, frameTimeNs, lineText } from "../../src/base/serial-line.ts";

describe("the settings of a serial line", () => {
  it("say how long a character takes", () => {
    expect(frameBits(DEFAULT_LINE)).toBe(10);
    expect(frameTimeNs({ ...DEFAULT_LINE, baudRate: 9600 })).toBe(1_041_667);
    expect(frameBits({ baudRate: 300, dataBits: 7, parity: "even", stopBits: 2 })).toBe(11);
  });

  it("are written as people write them", () => {
    expect(lineText(DEFAULT_LINE)).toBe("115200 8N1");
    expect(lineText({ baudRate: 300, dataBits: 7, parity: "even", stopBits: 2 })).toBe("300 7E2");
  });
});
