import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ElfFile, readDwarf } from "../../src/debuginfo/index.ts";

const SOURCE = `
struct inner { int a; struct { short b, c; }; };
typedef const struct inner inner_t;
struct outer { char tag; union { long number; void *pointer; }; inner_t nested; unsigned low : 3, high : 20; struct outer *next; };
struct outer variable;
int function(struct outer *o) { struct local { int x; } l = { o->tag }; return l.x + o->nested.c; }
int _start(void) { return function(&variable); }
`;

const folder = mkdtempSync(join(tmpdir(), "komainu-dwarf-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Compiles for ARM with this version of DWARF; the compiler is what guests are built with. */
function compiled(...flags: readonly string[]): Uint8Array {
  const [source, output] = [join(folder, "x.c"), join(folder, `x${flags.join("")}`)];
  writeFileSync(source, SOURCE);
  const args = ["-O1", ...flags, "-nostdlib", "-static", "-o", output, source];
  const { status, stderr } = spawnSync("arm-linux-gnueabi-gcc", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return readFileSync(output);
}

describe.each(["-gdwarf-4", "-gdwarf-5"])("readDwarf of %s", (flag) => {
  it("has the members of structures, of nameless ones as their own, behind typedefs and qualifiers", () => {
    const found = readDwarf(new ElfFile(compiled(flag)), new Set(["outer", "inner", "absent"]));
    expect([...found.keys()].toSorted()).toEqual(["inner", "outer"]);
    expect(found.get("outer")).toMatchObject({ sizeBytes: 24 });
    expect(Object.fromEntries(found.get("outer")?.members ?? [])).toMatchObject({
      tag: 0,
      number: 4,
      pointer: 4,
      nested: 8,
      "nested.a": 8,
      "nested.c": 14,
      next: 20,
    });
  });

  it("finds a structure inside a function only where it is not jumped over", () => {
    expect(readDwarf(new ElfFile(compiled(flag)), new Set(["outer"])).size).toBe(1);
  });
});

describe("a file without debug information", () => {
  it("is refused, and a damaged one too", () => {
    expect(() => readDwarf(new ElfFile(compiled("-s")), new Set(["outer"]))).toThrow(
      /a section .debug_info, found none/,
    );
    const file = compiled("-gdwarf-4");
    const elf = new ElfFile(file);
    elf.sections.find(({ name }) => name === ".debug_info")?.bytes.fill(0xff, 0, 4);
    expect(() => readDwarf(elf, new Set(["outer"]))).toThrow(expect.objectContaining({ code: "debug-info-invalid" }));
  });
});
