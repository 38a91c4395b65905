import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ElfFile, isBtf, readBtf, readDwarf } from "../../src/debuginfo/index.ts";
import type { GivenType } from "./btf-writer.ts";
import { givenBtf } from "./btf-writer.ts";

const TYPES: Record<string, GivenType> = {
  inner: {
    sizeBytes: 8,
    members: [
      { name: "a", offset: 0 },
      { name: "b", offset: 4 },
    ],
  },
  ".1": { kind: "union", sizeBytes: 4, members: [{ name: "number", offset: 0 }] },
  outer: {
    sizeBytes: 24,
    members: [
      { name: "tag", offset: 0 },
      { name: "", offset: 4, of: ".1" },
      { name: "nested", offset: 8, of: "inner" },
    ],
  },
};
const EXPECTED = { tag: 0, number: 4, nested: 8, "nested.a": 8, "nested.b": 12 };
const wanted = new Set(["outer", "absent"]);
const membersOf = (bytes: Uint8Array, name = "outer") =>
  Object.fromEntries(readBtf(bytes, new Set([name])).get(name)?.members ?? []);

describe("readBtf", () => {
  it("has the wanted structures, nameless parts as their own, behind typedefs and qualifiers", () => {
    const found = readBtf(givenBtf(TYPES), wanted);
    expect([...found.keys()]).toEqual(["outer"]);
    expect(found.get("outer")?.sizeBytes).toBe(24);
    expect(membersOf(givenBtf(TYPES))).toEqual(EXPECTED);
  });

  it("takes the size off the offset of bit fields", () => {
    expect(membersOf(givenBtf(TYPES, { bitfields: true }))).toEqual(EXPECTED);
  });

  it("refuses what is damaged with what it expected", () => {
    const change = (at: number, value: number): Uint8Array => {
      const bytes = givenBtf(TYPES);
      bytes[at] = value;
      return bytes;
    };
    const refused: [Uint8Array, RegExp][] = [
      [givenBtf(TYPES).subarray(0, 20), /a header of 24 bytes, found 20/],
      [change(0, 0xeb), /little-endian data/],
      [change(2, 9), /version 1, found version 9/],
      [givenBtf(TYPES).subarray(0, 200), /up to byte/],
      [change(24 + 7, 31), /a known kind of type, found kind 31/],
    ];
    refused[1][0][1] = 0x9f;
    for (const [bytes, message] of refused) {
      expect(() => readBtf(bytes, wanted)).toThrow(message);
      expect(() => readBtf(bytes, wanted)).toThrow(expect.objectContaining({ code: "debug-info-invalid" }));
    }
  });

  it("ends on structures that contain themselves many times over", () => {
    const members = Array.from({ length: 2000 }, () => ({ name: "", offset: 0, of: "loop" }));
    const types = { loop: { sizeBytes: 4, members: [{ name: "x", offset: 0 }, ...members] } };
    expect(membersOf(givenBtf(types), "loop")).toEqual({ x: 0 });
  });
});

const folder = mkdtempSync(join(tmpdir(), "komainu-btf-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const hasPahole = spawnSync("pahole", ["--version"]).status === 0;

describe.runIf(hasPahole)("BTF that pahole made of a compiled file", () => {
  it("says what DWARF says", () => {
    const [source, object] = [join(folder, "x.c"), join(folder, "x.o")];
    writeFileSync(
      source,
      `struct inner { int a; struct { short b, c; }; };
       typedef const struct inner inner_t;
       struct outer { char tag; union { long number; void *pointer; }; inner_t nested; unsigned low : 3, high : 20; struct outer *next; };
       struct outer variable; int f(struct outer *o) { return o->nested.c + variable.tag; }`,
    );
    const compiled = spawnSync("arm-linux-gnueabi-gcc", ["-g", "-gdwarf-4", "-c", "-o", object, source]);
    expect(compiled.status).toBe(0);
    const made = spawnSync("pahole", ["--btf_encode_detached", join(folder, "x.btf"), object], { encoding: "utf8" });
    expect(made.stderr).toBe("");
    const btf = readFileSync(join(folder, "x.btf"));
    expect(isBtf(btf)).toBe(true);
    const names = new Set(["outer", "inner"]);
    const dwarf = readDwarf(new ElfFile(readFileSync(object)), names);
    for (const name of names) {
      const said = Object.fromEntries(readBtf(btf, names).get(name)?.members ?? []);
      expect(said).toEqual(Object.fromEntries(dwarf.get(name)?.members ?? []));
      expect(Object.keys(said).length).toBeGreaterThan(2);
    }
  });
});
