/** Files held against a synthetic kernel: of its build, of another one, and of none that can be told. */
import { describe, expect, it } from "vitest";
import { openKernel, readSymbolFile } from "../../src/linux/index.ts";
import { givenBtf, typesOf } from "../debuginfo/btf-writer.ts";
import { givenIsf } from "../debuginfo/isf-writer.ts";
import { BANNER, SyntheticKernel } from "./synthetic-kernel.ts";

const mapOf = (guest: SyntheticKernel): string =>
  guest.symbols.map(({ address, type, name }) => `${address.toString(16).padStart(8, "0")} ${type} ${name}\n`).join("");
const fileOf = (text: string | Uint8Array, name = "System.map") =>
  readSymbolFile(name, typeof text === "string" ? Buffer.from(text, "latin1") : text);
const open = (guest: SyntheticKernel, ...texts: (string | Uint8Array)[]) =>
  openKernel(guest.source, { files: texts.map((text) => fileOf(text)) });

/** Offsets as the synthetic kernel has them. */
const offsetsOf = ({ offsets }: SyntheticKernel): Record<string, number> => ({
  "task_struct.tasks": offsets.tasks,
  "task_struct.pid": offsets.pid,
  "task_struct.tgid": offsets.pid + 4,
  "task_struct.comm": offsets.comm,
  "task_struct.mm": offsets.mm,
});
const symbolsOf = (guest: SyntheticKernel) => [
  ...guest.symbols,
  { address: guest.va(0x100000), type: "R", name: "linux_banner" },
];

describe("a System.map that was given", () => {
  it("of this build adds what memory does not name", () => {
    const guest = new SyntheticKernel();
    const kernel = open(guest, `${mapOf(guest)}c0100000 R linux_banner\nc0200000 D modules\n`);
    const [{ verdict, comparisons, title }] = kernel.given;
    expect({ verdict, title }).toEqual({ verdict: "same", title: "System.map" });
    expect(comparisons).toEqual([
      { what: "places", agreed: 2, differing: 0, examples: [] },
      { what: "symbols", agreed: guest.symbols.length, differing: 0, examples: [], isLoose: false },
    ]);
    expect(kernel.symbols.locate("modules")).toEqual({ address: 0xc0200000, source: "System.map" });
  });

  it("of another build is not used, and the count with the first that differ is told", () => {
    const guest = new SyntheticKernel();
    const moved = mapOf(guest).replace(/^c002/gm, "c003");
    const kernel = open(guest, `${moved}c0200000 D modules\n`);
    const [file] = kernel.given;
    expect(file.verdict).toBe("other");
    expect(file.describe()).toMatch(
      /^of another build, or the guest's memory was changed; it is not used; .*symbols: \d\d+ of \d+ disagree, such as .* is at 0xc0030000 there and at 0xc0020000 in memory/,
    );
    expect(kernel.symbols.find("modules")).toBeUndefined();
  });

  it("with one address that differs is not used", () => {
    const guest = new SyntheticKernel();
    const kernel = open(guest, mapOf(guest).replace("c0020000 T sys_call0", "c0020010 T sys_call0"));
    expect(kernel.given[0].verdict).toBe("other");
    expect(kernel.given[0].describe()).toContain("symbols: 1 of ");
  });

  it("whose variable is called as a function in memory is not blamed for it", () => {
    const guest = new SyntheticKernel();
    expect(open(guest, `${mapOf(guest)}c0200000 d do_thing_7\n`).given[0].verdict).toBe("same");
  });

  it("is held against the exports too, where local symbols are others", () => {
    const guest = new SyntheticKernel();
    const local = open(guest, `${mapOf(guest)}c0300000 d init_task\n`).given[0];
    const global = open(guest, `${mapOf(guest)}c0300000 D init_task\n`).given[0];
    expect([local.verdict, global.verdict]).toEqual(["same", "other"]);
    expect(global.describe()).toContain("exported symbols: 1 of 1 disagree, such as init_task is at 0xc0300000 there");
  });

  it("is used alone when the kernel has no kallsyms, once the system call entry proves it", () => {
    const guest = new SyntheticKernel();
    const map = mapOf(guest);
    guest.image.fill(0, 0x101000, 0x180000);
    const kernel = open(guest, map);
    expect(kernel.symbols.kallsyms.known).toBe(false);
    expect(kernel.symbols.text).toMatchObject({ known: true, confidence: "likely" });
    expect(kernel.syscallTable).toMatchObject({ known: true, value: { address: guest.syscallTable, count: 400 } });
    const wrong = open(guest, map.replace("sys_call_table", "sys_other_table"));
    expect([wrong.given[0].verdict, wrong.symbols.text.known]).toEqual(["unknown", false]);
    expect(wrong.given[0].describe()).toBe("nothing in memory can be held against it; it is not used");
  });
});

describe("Volatility's table that was given", () => {
  const isfOf = (guest: SyntheticKernel, banner: string, offsets = offsetsOf(guest)) =>
    givenIsf({ banner: banner.trimEnd(), symbols: symbolsOf(guest), types: typesOf(offsets) });

  it("of this build agrees in version line, places, symbols and offsets, and adds those not learned", () => {
    const guest = new SyntheticKernel();
    const kernel = open(guest, isfOf(guest, BANNER, { ...offsetsOf(guest), "module.refcnt": 0x140 }));
    const [{ verdict, comparisons }] = kernel.given;
    expect(verdict).toBe("same");
    expect(comparisons.map(({ what, differing }) => [what, differing])).toEqual([
      ["version line", 0],
      ["places", 0],
      ["symbols", 0],
      ["offsets", 0],
    ]);
    expect(comparisons[3].agreed).toBe(5);
    expect(kernel.field("module.refcnt")).toMatchObject({ value: 0x140, confidence: "likely" });
    expect(kernel.field("task_struct.pid")).toMatchObject({
      value: guest.offsets.pid,
      evidence: expect.stringContaining("; System.map (ISF) says the same"),
    });
  });

  it("with another version line is not used, though all else agrees", () => {
    const guest = new SyntheticKernel();
    const kernel = open(guest, isfOf(guest, BANNER.replace("#7", "#8"), { "module.refcnt": 0x140 }));
    expect(kernel.given[0].verdict).toBe("other");
    expect(kernel.given[0].describe()).toMatch(/version line: 1 of 1 disagree, such as "Linux version .* #8 .*" there/);
    expect(kernel.field("module.refcnt").known).toBe(false);
  });

  it("that has an offset which was learned otherwise is told of, and what was proved holds", () => {
    const guest = new SyntheticKernel();
    const kernel = open(guest, isfOf(guest, BANNER, { ...offsetsOf(guest), "task_struct.pid": 4 }));
    expect(kernel.given[0].describe()).toMatch(
      /offsets: 1 of 5 disagree, such as task_struct.pid is 0x4 there and was learned as 0x/,
    );
    expect(kernel.field("task_struct.pid")).toMatchObject({
      value: guest.offsets.pid,
      evidence: expect.stringContaining("; but System.map (ISF) says 0x4"),
    });
  });

  it("may have the address of another symbol of one name, of which it keeps one", () => {
    const guest = new SyntheticKernel();
    const symbols = symbolsOf(guest).map((symbol) =>
      symbol.name === "do_thing_3" ? { ...symbol, address: 0xc0020044 } : symbol,
    );
    const isf = givenIsf({ banner: BANNER.trimEnd(), symbols, types: {} });
    expect(open(guest, isf).given[0].verdict).toBe("same");
  });
});

describe("BTF that was given", () => {
  it("is judged by the offsets alone", () => {
    const guest = new SyntheticKernel();
    const added = { ...offsetsOf(guest), "module.refcnt": 0x140 };
    const same = open(guest, givenBtf(typesOf(added)));
    expect(same.given[0].verdict).toBe("same");
    expect(same.field("module.refcnt")).toMatchObject({ value: 0x140, confidence: "likely" });
    const other = open(guest, givenBtf(typesOf({ ...added, "task_struct.comm": 0x10 })));
    expect(other.given[0].verdict).toBe("other");
    expect(other.field("module.refcnt").known).toBe(false);
    const nothing = open(guest, givenBtf(typesOf({ "module.refcnt": 0x140 })));
    expect(nothing.given[0].verdict).toBe("unknown");
    expect(nothing.field("module.refcnt").known).toBe(false);
  });
});
