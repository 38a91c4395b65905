import { describe, expect, it } from "vitest";
import { isVmcoreinfo, parseVmcoreinfo } from "../../src/debuginfo/index.ts";

const TEXT = `OSRELEASE=6.1.0-50-rpi
BUILD-ID=e07012a8
PAGESIZE=4096
SYMBOL(init_uts_ns)=c0e07b40
SYMBOL(_stext)=c0100000
OFFSET(uts_namespace.name)=0
OFFSET(list_head.next)=0
OFFSET(list_head.prev)=4
SIZE(list_head)=8
NUMBER(NR_FREE_PAGES)=0
NUMBER(PG_head_mask)=-65536
CONFIG_ARM_LPAE=y
CRASHTIME=1767225600
`;

describe("VMCOREINFO", () => {
  it("has release, symbols, and structures with what is said of them", () => {
    expect(isVmcoreinfo(TEXT)).toBe(true);
    const { kind, release, symbols, structures } = parseVmcoreinfo(TEXT);
    expect({ kind, release }).toEqual({ kind: "VMCOREINFO", release: "6.1.0-50-rpi" });
    expect(symbols.map(({ name, address }) => [name, address])).toEqual([
      ["init_uts_ns", 0xc0e07b40],
      ["_stext", 0xc0100000],
    ]);
    expect(structures.get("list_head")).toEqual({
      sizeBytes: 8,
      members: new Map([
        ["next", 0],
        ["prev", 4],
      ]),
    });
    expect(structures.get("uts_namespace")?.members.get("name")).toBe(0);
  });

  it("leaves out lines that say nothing sensible", () => {
    const text = "OSRELEASE=6.1\nOFFSET(a.b)=-4\nOFFSET(a.c)=99999999999\nSYMBOL(x)=ffffffffffff\nSYMBOL(y)=\nSIZE(\n";
    const { symbols, structures } = parseVmcoreinfo(text);
    expect(symbols).toEqual([]);
    expect(structures.size).toBe(0);
    expect(isVmcoreinfo("OSRELEASE=%s\n")).toBe(false);
  });
});
