import { describe, expect, it } from "vitest";
import { ElfFile } from "../../src/debuginfo/index.ts";
import { givenCore } from "./given-core.ts";

describe("ElfFile", () => {
  it("has the segments of a core", () => {
    const elf = new ElfFile(givenCore([{ address: 0x1000, bytes: new Uint8Array([1, 2, 3, 4]) }]));
    expect(elf.type).toBe(4);
    expect(elf.segments.map(({ type, physicalAddress, bytes }) => [type, physicalAddress, [...bytes]])).toEqual([
      [1, 0x1000, [1, 2, 3, 4]],
    ]);
    expect(elf.sections).toEqual([]);
  });

  it("refuses what is no 32-bit little-endian ARM file, and says which", () => {
    const change = (at: number, value: number): Uint8Array => {
      const file = givenCore([]);
      file[at] = value;
      return file;
    };
    const refused: [Uint8Array, RegExp][] = [
      [new Uint8Array([1, 2, 3, 4]), /does not begin with/],
      [givenCore([]).subarray(0, 20), /found 20 bytes/],
      [change(4, 2), /found a 64-bit one/],
      [change(5, 2), /found a big-endian one/],
      [change(18, 62), /machine 62/],
    ];
    for (const [file, message] of refused) {
      expect(() => new ElfFile(file)).toThrow(message);
      expect(() => new ElfFile(file)).toThrow(expect.objectContaining({ code: "elf-invalid" }));
    }
  });

  it("says that a file is truncated when a segment ends behind it", () => {
    const file = givenCore([{ address: 0, bytes: new Uint8Array(64) }]);
    expect(() => new ElfFile(file.subarray(0, file.length - 1)).segments).toThrow(/it is truncated/);
  });
});
