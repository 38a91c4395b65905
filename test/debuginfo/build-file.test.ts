import { describe, expect, it } from "vitest";
import { readBuildFile } from "../../src/debuginfo/index.ts";
import { givenBtf } from "./btf-writer.ts";
import { givenCore } from "./given-core.ts";
import { givenIsf } from "./isf-writer.ts";

const types = { task_struct: { sizeBytes: 64, members: [{ name: "pid", offset: 8 }] } };
const wanted = new Set(["task_struct"]);
const text = (content: string): Uint8Array => Buffer.from(content, "latin1");

describe("readBuildFile", () => {
  it("tells the format by the content", () => {
    const symbols = [{ name: "init_task", address: 0xc0800000, type: "?" }];
    const files: [string, Uint8Array, number, number][] = [
      ["System.map", text("c0008000 T _stext\n"), 1, 0],
      ["BTF", givenBtf(types), 0, 1],
      ["ISF", givenIsf({ symbols, types }), 1, 1],
      ["VMCOREINFO", text("OSRELEASE=6.1\nSYMBOL(_stext)=c0100000\nOFFSET(list_head.next)=0\n"), 1, 1],
    ];
    for (const [kind, bytes, symbolCount, structureCount] of files) {
      const file = readBuildFile("anything", bytes, wanted);
      expect(file).toMatchObject({ name: "anything", kind });
      expect([file.symbols.length, file.structures.size]).toEqual([symbolCount, structureCount]);
    }
  });

  it("says what else a file is", () => {
    const refused: [Uint8Array, string, RegExp][] = [
      [new Uint8Array(), "symbols-unknown", /found an empty file/],
      [text("hello world"), "symbols-unknown", /found text that begins "hello world"/],
      [new Uint8Array([0, 1, 2, 3]), "symbols-unknown", /found other data/],
      [givenCore([{ address: 0, bytes: new Uint8Array(8) }]), "symbols-missing", /without symbols, DWARF or BTF/],
      [text("ffffffc008000000 T _text\n"), "system-map-invalid", /line 1 .* 32-bit kernel/],
      [text('{"a": 1}'), "debug-info-invalid", /metadata and user_types/],
    ];
    for (const [bytes, code, message] of refused) {
      expect(() => readBuildFile("x", bytes, wanted)).toThrow(expect.objectContaining({ code }));
      expect(() => readBuildFile("x", bytes, wanted)).toThrow(message);
    }
  });

  it("ends with a value or a coded error whatever is done to a file", () => {
    let state = 7;
    const random = (limit: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return Math.floor((state / 0x100000000) * limit);
    };
    const whole = [givenBtf(types), givenIsf({ symbols: [{ name: "a", address: 4, type: "?" }], types })];
    for (let round = 0; round < 4000; round++) {
      const bytes = whole[round % 2].slice(0, round % 5 === 0 ? random(200) : undefined);
      for (let change = random(4); change >= 0 && bytes.length > 0; change--) bytes[random(bytes.length)] = random(256);
      try {
        expect(readBuildFile("x", bytes, wanted).name).toBe("x");
      } catch (error) {
        expect(error).toHaveProperty("code");
      }
    }
  });
});
