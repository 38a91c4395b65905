import { describe, expect, it } from "vitest";
import { openKernel, parseSystemMap } from "../../src/linux/index.ts";
import { SyntheticKernel } from "./synthetic-kernel.ts";

const mapOf = (guest: SyntheticKernel): string =>
  guest.symbols.map(({ address, type, name }) => `${address.toString(16).padStart(8, "0")} ${type} ${name}\n`).join("");

describe("System.map", () => {
  it("supplements the symbols found in memory", () => {
    const guest = new SyntheticKernel();
    const kernel = openKernel(guest.source, { systemMap: `${mapOf(guest)}c0200000 D modules\n` });
    expect(kernel.symbols.find("modules")).toBe(0xc0200000);
  });

  it("of another build is refused, naming the symbol and both addresses", () => {
    const guest = new SyntheticKernel();
    const systemMap = mapOf(guest).replace("c0020000 T sys_call0", "c0020010 T sys_call0");
    expect(() => openKernel(guest.source, { systemMap })).toThrowError(
      expect.objectContaining({
        code: "system-map-mismatch",
        facts: { name: "sys_call0", expected: 0xc0020010, found: 0xc0020000 },
      }),
    );
  });

  it("that is no System.map is refused with its line", () => {
    expect(() => parseSystemMap("c0008000 T _text\nhello\n")).toThrowError(
      expect.objectContaining({ code: "system-map-invalid", facts: { line: 2 } }),
    );
  });

  it("is used alone when the kernel has no kallsyms", () => {
    const guest = new SyntheticKernel();
    const systemMap = mapOf(guest);
    guest.image.fill(0, 0x101000, 0x180000);
    const kernel = openKernel(guest.source, { systemMap });
    expect(kernel.symbols.kallsyms.known).toBe(false);
    expect(kernel.symbols.text).toMatchObject({ known: true, confidence: "likely" });
    expect(kernel.syscallTable).toMatchObject({ known: true, value: { address: guest.syscallTable, count: 400 } });
  });
});
