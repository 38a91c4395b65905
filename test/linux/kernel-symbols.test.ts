import { describe, expect, it } from "vitest";
import { parseSystemMap, proved, unknown } from "../../src/linux/index.ts";
import { KernelSymbols } from "../../src/linux/kernel-symbols.ts";

const MEMORY = "c0008000 T _stext\nc0008000 T do_one\nc0008100 t do_two\nc0009000 T _etext\n";
const absent = unknown("not found");
const kallsyms = proved(parseSystemMap(MEMORY), "for this test");
const exports = proved(parseSystemMap("c0200000 D init_task\nc0008104 T do_two\n"), "for this test");

describe("a kernel's symbols", () => {
  it("are those of kallsyms first, then the exports, then the System.map", () => {
    const systemMap = parseSystemMap(`${MEMORY}c0300000 D jiffies\n`);
    const symbols = new KernelSymbols({ kallsyms, exports, systemMap });
    expect([symbols.find("do_two"), symbols.find("init_task"), symbols.find("jiffies")]).toEqual([
      0xc0008100, 0xc0200000, 0xc0300000,
    ]);
    expect(symbols.find("none")).toBeUndefined();
  });

  it("tell the function an address lies in, and all names of its start", () => {
    const symbols = new KernelSymbols({ kallsyms, exports: absent, systemMap: undefined });
    expect(symbols.at(0xc0008104)).toMatchObject({ symbol: { name: "do_two" }, offset: 4 });
    expect(symbols.namesAt(0xc0008000)).toEqual(["_stext", "do_one"]);
    expect(symbols.at(0xc0007fff)).toBeUndefined();
  });

  it("are those of the System.map when memory gives none, and then only likely", () => {
    const symbols = new KernelSymbols({ kallsyms: absent, exports: absent, systemMap: parseSystemMap(MEMORY) });
    expect(symbols.text).toMatchObject({ known: true, confidence: "likely" });
    expect(symbols.at(0xc0008200)?.symbol.name).toBe("do_two");
  });

  it("are none without any source, and say why", () => {
    const symbols = new KernelSymbols({ kallsyms: absent, exports: absent, systemMap: undefined });
    expect([symbols.text, symbols.at(0xc0008000), symbols.namesAt(0xc0008000)]).toEqual([absent, undefined, []]);
    expect(symbols.textRange).toMatchObject({ known: false });
  });

  it("give the range of the kernel's code", () => {
    const symbols = new KernelSymbols({ kallsyms, exports, systemMap: undefined });
    expect(symbols.textRange).toMatchObject({ value: { startAddress: 0xc0008000, endAddress: 0xc0009000 } });
  });

  it("refuse the System.map of another kernel", () => {
    const systemMap = parseSystemMap(MEMORY.replaceAll("c0008", "c0108"));
    expect(() => new KernelSymbols({ kallsyms, exports, systemMap })).toThrow(
      expect.objectContaining({ code: "system-map-mismatch" }),
    );
  });
});
