import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rows } from "../../../src/arm/decode/index.ts";
import { disassemble, disassembleBytes } from "../../../src/arm/disasm/index.ts";

const oneSpace = (text: string) => text.replace(/\s+/g, " ");

/** What objdump 2.40 wrote; see `make-objdump.ts`. */
const golden = readFileSync(join(import.meta.dirname, "objdump.golden.txt"), "utf8")
  .trimEnd()
  .split("\n");

describe("disassemble", () => {
  it("writes the corpus and random words of every row as objdump does", () => {
    const ours = golden.map((line) => {
      const [key] = line.split("\t");
      const [set, address, word] = key.split(" ");
      const options = { isThumb: set.startsWith("thumb"), architecture: set.endsWith("v6") ? 6 : 5 } as const;
      const text = disassemble(Number.parseInt(word, 16), Number.parseInt(address, 16), options);
      return `${key}\t${oneSpace(text)}`;
    });
    expect(ours).toEqual(golden);
    expect(golden.length).toBeGreaterThan(1000);
  });

  it("has something to write for every row, and leaves no placeholder in it", () => {
    for (const { pattern, isThumb, name } of rows.filter(({ arch }) => arch !== "vfpv2")) {
      const bits = pattern.replace(/^cccc/, "1110").replace(/[^01]/g, "0");
      const text = disassemble(Number.parseInt(bits, 2), 0x8000, { isThumb, architecture: 6 });
      expect(text, name).toMatch(/\S/);
      expect(text, name).not.toMatch(/undefined\b(?!.*instruction)|NaN|\?|#v/);
    }
  });

  it("takes the word signed or unsigned and wraps addresses at 32 bits", () => {
    expect(disassemble(0xeafffffe | 0, 0xffff0000 | 0)).toBe("b\t0xffff0000");
    expect(disassemble(0xeafffffc, 0)).toBe("b\t0xfffffff8");
  });

  it("says what it does not know", () => {
    expect(disassemble(0xf57ff05f, 0)).toBe("\t@ <UNDEFINED> instruction: 0xf57ff05f");
    expect(disassemble(0xb100, 0, { isThumb: true })).toBe("\t@ <UNDEFINED> instruction: 0xb100");
  });
});

describe("disassembleBytes", () => {
  const bytes = (...halves: number[]) => new Uint8Array(Uint16Array.from(halves).buffer);

  it("lists ARM instructions with their addresses and ignores a rest that is no instruction", () => {
    const lines = disassembleBytes(Uint8Array.of(0, 0, 0xa0, 0xe1, 1, 0, 0x80, 0xe2, 9, 9), 0x100);
    expect(lines.map(({ address, text }) => [address, oneSpace(text)])).toEqual([
      [0x100, "nop @ (mov r0, r0)"],
      [0x104, "add r0, r0, #1"],
    ]);
  });

  it("writes the two halves of a Thumb call as one instruction", () => {
    const lines = disassembleBytes(bytes(0x46c0, 0xf7ff, 0xfffd, 0xf000, 0xe802, 0xf000), 0x8000, { isThumb: true });
    expect(lines.map(({ address, sizeBytes, text }) => [address, sizeBytes, oneSpace(text)])).toEqual([
      [0x8000, 2, "nop @ (mov r8, r8)"],
      [0x8002, 4, "bl 0x8000"],
      [0x8006, 4, "blx 0x800c"],
      [0x800a, 2, "bl.prefix lr, pc, #0"],
    ]);
    expect(lines[1].raw).toBe(0xf7fffffd);
  });
});
