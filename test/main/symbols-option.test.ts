import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { addSymbols } from "../../src/main/symbols-flag.ts";
import { kernelKnowledge } from "../../src/main/symbols-option.ts";
import { givenBtf } from "../debuginfo/btf-writer.ts";

const folder = mkdtempSync(join(tmpdir(), "komainu-symbols-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function given(name: string, bytes: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}
const refusal = (path: string): unknown => {
  try {
    return kernelKnowledge([path]);
  } catch (error) {
    return error;
  }
};
const XZ = "/Td6WFoAAAFpIt42AgAhARYAAAB0L+WjAQARYzAwMDgwMDAgVCBfc3RleHQKAAAAiOXe/QABJhJHR+EQkEKZDQEAAAAAAVla";
const MAP = "c0008000 T _stext\n";

describe("--symbols", () => {
  it("reads every file by its content, unpacked where it is packed", () => {
    const paths = [given("System.map", MAP), given("packed.gz", gzipSync(MAP)), given("types", givenBtf({}))];
    const { files, isMemoryAlone } = kernelKnowledge(paths);
    expect(files.map(({ name, kind }) => [name, kind])).toEqual([
      ["System.map", "System.map"],
      ["packed.gz", "System.map"],
      ["types", "BTF"],
    ]);
    expect(isMemoryAlone).toBe(false);
  });

  it("reads what xz packed", () => {
    // `printf 'c0008000 T _stext\n' | xz --check=crc32 | base64`, by xz 5.4.
    const packed = Buffer.from(XZ, "base64");
    expect(kernelKnowledge([given("x.xz", packed)]).files[0].symbols).toEqual([
      { address: 0xc0008000, type: "T", name: "_stext" },
    ]);
  });

  it("names the file in what is wrong with it, with a code and what to do", () => {
    const packed = gzipSync(MAP);
    const refused: [string, string][] = [
      [join(folder, "absent"), "symbols-unreadable"],
      [folder, "symbols-unreadable"],
      [given("short.gz", packed.subarray(0, 15)), "symbols-packed"],
      [given("x.bz2", "BZh91AY"), "symbols-packed"],
      [given("hello", "hello"), "symbols-unknown"],
      [given("broken.map", `${MAP}oops\n`), "system-map-invalid"],
      [given("elf", "\x7fELF"), "elf-invalid"],
    ];
    for (const [path, code] of refused) {
      expect(refusal(path)).toMatchObject({ code, hint: expect.any(String), message: expect.stringContaining(path) });
    }
  });
});

describe("--no-symbols", () => {
  it("is memory alone, and neither option is memory with what was booted", () => {
    expect(kernelKnowledge(false)).toEqual({ files: [], isMemoryAlone: true });
    expect(kernelKnowledge(undefined)).toEqual({ files: [], isMemoryAlone: false });
  });

  it("and --symbols: the later counts", () => {
    expect(addSymbols("b", addSymbols("a", undefined))).toEqual(["a", "b"]);
    expect(addSymbols("a", false)).toEqual(["a"]);
  });
});
