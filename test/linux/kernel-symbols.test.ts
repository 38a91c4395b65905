import { describe, expect, it } from "vitest";
import { readSystemMap } from "../../src/debuginfo/index.ts";
import { proved, symbolTableOf, unknown } from "../../src/linux/index.ts";
import { KernelSymbols } from "../../src/linux/kernel-symbols.ts";

const MEMORY = "c0008000 T _stext\nc0008000 T do_one\nc0008100 t do_two\nc0009000 T _etext\n";
const absent = unknown("not found");
const tableOf = (text: string) => symbolTableOf("System.map", readSystemMap(text));
const kallsyms = proved(symbolTableOf("kallsyms", readSystemMap(MEMORY)), "for this test");
const exported = symbolTableOf("ksymtab", readSystemMap("c0200000 D init_task\nc0008104 T do_two\n"));
const exports = proved(exported, "for this test");

describe("a kernel's symbols", () => {
  it("are those of kallsyms first, then the exports, then what was given", () => {
    const symbols = new KernelSymbols({ kallsyms, exports, given: [tableOf(`${MEMORY}c0300000 D jiffies\n`)] });
    expect(["do_two", "init_task", "jiffies", "none"].map((name) => symbols.locate(name))).toEqual([
      { address: 0xc0008100, source: "kallsyms" },
      { address: 0xc0200000, source: "ksymtab" },
      { address: 0xc0300000, source: "System.map" },
      undefined,
    ]);
    expect(symbols.find("jiffies")).toBe(0xc0300000);
  });

  it("tell the function an address lies in, and all names of its start", () => {
    const symbols = new KernelSymbols({ kallsyms, exports: absent });
    expect(symbols.at(0xc0008104)).toMatchObject({ symbol: { name: "do_two" }, offset: 4 });
    expect(symbols.namesAt(0xc0008000)).toEqual(["_stext", "do_one"]);
    expect(symbols.at(0xc0007fff)).toBeUndefined();
  });

  it("are those of a file when memory gives none, and then only likely; VMCOREINFO is too little for that", () => {
    const note = symbolTableOf("VMCOREINFO", readSystemMap("c0008000 T _stext\n"));
    const symbols = new KernelSymbols({ kallsyms: absent, exports: absent, given: [note, tableOf(MEMORY)] });
    expect(symbols.text).toMatchObject({ known: true, confidence: "likely" });
    expect(symbols.at(0xc0008200)?.symbol.name).toBe("do_two");
    expect(new KernelSymbols({ kallsyms: absent, exports: absent, given: [note] }).text).toBe(absent);
  });

  it("are none without any source, and say why", () => {
    const symbols = new KernelSymbols({ kallsyms: absent, exports: absent });
    expect([symbols.text, symbols.at(0xc0008000), symbols.namesAt(0xc0008000)]).toEqual([absent, undefined, []]);
    expect(symbols.textRange).toMatchObject({ known: false });
  });

  it("give the range of the kernel's code", () => {
    const symbols = new KernelSymbols({ kallsyms, exports });
    expect(symbols.textRange).toMatchObject({ value: { startAddress: 0xc0008000, endAddress: 0xc0009000 } });
  });
});
