import { describe, expect, it } from "vitest";
import { formatReport, runCheck } from "../../src/ids/index.ts";
import { openKernel, readSymbolFile } from "../../src/linux/index.ts";
import { givenIsf } from "../debuginfo/isf-writer.ts";
import { BANNER, SyntheticKernel } from "../linux/synthetic-kernel.ts";
import { checkNamed, messageIds } from "./check-run.ts";

const reportOf = (guest: SyntheticKernel, ...files: Uint8Array[]) => {
  const kernel = openKernel(guest.source, { files: files.map((bytes) => readSymbolFile("given", bytes)) });
  return runCheck(checkNamed("symbols"), kernel);
};
const isfOf = (guest: SyntheticKernel, { banner = BANNER.trimEnd(), moved = 0 } = {}): Uint8Array => {
  const places = guest.symbols.map((symbol) => ({ ...symbol, address: symbol.address + moved }));
  const symbols = [...places, { address: guest.va(0x100000), type: "R", name: "linux_banner" }];
  return givenIsf({ banner, symbols, types: {} });
};

describe("ids symbols", () => {
  it("says where page table, symbols, exports and fields are known from", () => {
    const guest = new SyntheticKernel();
    const report = reportOf(guest);
    expect(report.verdict).toBe("clean");
    const rows = new Map(report.rows.map(({ values }) => [values.source, values]));
    expect([...rows.keys()]).toEqual(["page table", "kallsyms", "export table", "VMCOREINFO", "fields"]);
    expect(rows.get("page table")?.what).toContain("swapper_pg_dir at c0004000 maps itself");
    expect(rows.get("kallsyms")?.count).toBe(guest.symbols.length);
    expect(rows.get("export table")?.count).toBe(31);
    expect(rows.get("VMCOREINFO")?.count).toBe(0);
    expect(Number(rows.get("fields")?.count)).toBeGreaterThan(5);
  });

  it("cannot tell without kallsyms, and says why", () => {
    const guest = new SyntheticKernel();
    guest.image.fill(0, 0x101000, 0x180000);
    const report = reportOf(guest);
    expect(report.verdict).toBe("cannot-tell");
    expect(report.cannotTell).toEqual([expect.stringMatching(/^kallsyms: no kallsyms token table/)]);
  });

  it("names a file of this build, and cannot tell of one of another kernel", () => {
    const guest = new SyntheticKernel();
    const same = reportOf(guest, isfOf(guest));
    expect([same.verdict, same.rows.at(-1)?.mark]).toEqual(["clean", undefined]);
    const other = reportOf(guest, isfOf(guest, { banner: BANNER.trimEnd().replace("#7", "#8"), moved: 0x40 }));
    expect([other.verdict, other.rows.at(-1)?.mark]).toEqual(["cannot-tell", "not used"]);
    expect(other.cannotTell[0]).toMatch(/^given \(ISF\): of another build, .* "Linux version .* #8 /);
  });

  it("finds a symbol table in memory that was changed: the file names the same kernel", () => {
    const guest = new SyntheticKernel();
    const report = reportOf(guest, isfOf(guest, { moved: 0x40 }));
    expect(report.verdict).toBe("finding");
    expect(messageIds(report)).toEqual(["disagree"]);
    expect(formatReport(report).at(-1)).toMatch(
      /^symbols: high: the symbols in memory and those of given \(ISF\) are not/,
    );
  });
});
