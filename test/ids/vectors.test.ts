import { describe, expect, it } from "vitest";
import { runCheck } from "../../src/ids/index.ts";
import type { CpuRegisters } from "../../src/linux/index.ts";
import { openKernel } from "../../src/linux/index.ts";
import { SyntheticKernel } from "../linux/synthetic-kernel.ts";
import { checkNamed, messageIds } from "./check-run.ts";

const good: CpuRegisters = { sctlr: 0x0005317f, ttbr0: 0x4000, dacr: 0x51 };

/** The registers as a kernel leaves them, but for what is given; the synthetic guest has no vectors to look at. */
const lookAt = (registers: Partial<CpuRegisters>, change: (guest: SyntheticKernel) => void = () => {}) => {
  const guest = new SyntheticKernel();
  const kernel = openKernel({ ...guest.source, registers: { ...good, ...registers } });
  change(guest);
  return runCheck(checkNamed("vectors"), kernel);
};

describe("ids vectors", () => {
  it("has nothing against the registers of a kernel that runs, and says that it saw no vectors", () => {
    const report = lookAt({});
    expect(messageIds(report)).toEqual([]);
    expect(report.cannotTell.join()).toContain("ffff0000 is not mapped");
  });

  it.each([
    ["TTBCR splits the address space", { ttbcr: 1 }],
    ["the process identifier is not zero", { fcse: 0x02000000 }],
    ["a domain beyond Linux's is open", { dacr: 0x351 }],
  ])("finds that %s", (_what, registers) => {
    expect(messageIds(lookAt(registers))).toEqual(["register"]);
  });

  it("finds a page table that maps the kernel otherwise", () => {
    const report = lookAt({ ttbr0: 0x284000 }, (guest) => guest.view.setUint32(0x284000 + 0xc01 * 4, 0x00300c1e, true));
    expect(messageIds(report)).toEqual(["table"]);
    expect(report.findings[0].data).toMatchObject({ section: "c0100000", entry: "00300c1e" });
  });

  it("finds an entry that uses another table", () => {
    const report = lookAt({}, (guest) => guest.word(guest.va(0x8bf8), 0xe28f8b02));
    expect(messageIds(report)).toEqual(["other-table"]);
  });

  it("cannot tell of registers that the source does not have", () => {
    const report = runCheck(checkNamed("vectors"), openKernel(new SyntheticKernel().source));
    expect(report.cannotTell).toContain("CP15: this source has no registers");
  });
});
