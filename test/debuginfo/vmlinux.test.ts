import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readVmlinux } from "../../src/debuginfo/index.ts";

const SOURCE = `
const char linux_banner[] = "Linux version 6.1.99 (a@b) (gcc) #7 Sat\\n";
struct pair { int first, second; };
struct pair variable = { 1, 2 };
static struct pair zeros;
static __attribute__((noinline)) int helper(struct pair *p) { return p->second; }
int _start(void) { return helper(&variable) + helper(&zeros); }
__attribute__((weak)) int weak_function(void) { return 1; }
__attribute__((weak)) int weak_variable = 2;
__asm__(".globl absolute\\nabsolute = 0x1234\\n");
`;

const folder = mkdtempSync(join(tmpdir(), "komainu-vmlinux-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function compiled(...flags: readonly string[]): Uint8Array {
  const [source, output] = [join(folder, "x.c"), join(folder, `x${flags.join("")}`)];
  writeFileSync(source, SOURCE);
  const args = ["-O1", ...flags, "-nostdlib", "-static", "-o", output, source];
  const { status, stderr } = spawnSync("arm-linux-gnueabi-gcc", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return readFileSync(output);
}

/** What binutils' nm says of the file that was compiled last with these flags. */
function nm(...flags: readonly string[]): string[] {
  const { stdout } = spawnSync("arm-linux-gnueabi-nm", [join(folder, `x${flags.join("")}`)], { encoding: "utf8" });
  return stdout
    .trimEnd()
    .split("\n")
    .filter((line) => !/ \$[adt]$/.test(line))
    .toSorted();
}

const wanted = new Set(["pair"]);
const linesOf = (symbols: readonly { address: number; type: string; name: string }[]): string[] =>
  symbols.map(({ address, type, name }) => `${address.toString(16).padStart(8, "0")} ${type} ${name}`).toSorted();

describe("readVmlinux", () => {
  it("has the symbols that nm shows, with its letters, the version line, and structures by DWARF", () => {
    for (const flags of [["-gdwarf-4"], ["-gdwarf-5", "-mthumb", "-march=armv7-a", "-mfloat-abi=soft"]]) {
      const { kind, banner, symbols, structures } = readVmlinux(compiled(...flags), wanted);
      expect({ kind, banner }).toEqual({ kind: "vmlinux", banner: "Linux version 6.1.99 (a@b) (gcc) #7 Sat" });
      expect(linesOf(symbols)).toEqual(nm(...flags));
      expect(linesOf(symbols).length).toBeGreaterThan(8);
      expect(Object.fromEntries(structures.get("pair")?.members ?? [])).toEqual({ first: 0, second: 4 });
    }
  });

  it("reads debug information that the compiler packed", () => {
    const packed = compiled("-gdwarf-4", "-gz=zlib");
    expect(readVmlinux(packed, wanted).structures.get("pair")?.sizeBytes).toBe(8);
  });

  it("has symbols alone where there is no debug information, and refuses a file that says nothing", () => {
    expect(readVmlinux(compiled("-g0"), wanted)).toMatchObject({ structures: new Map() });
    expect(() => readVmlinux(compiled("-s"), wanted)).toThrow(expect.objectContaining({ code: "symbols-missing" }));
  });
});
