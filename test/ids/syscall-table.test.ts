import { describe, expect, it } from "vitest";
import { formatReport, runCheck } from "../../src/ids/index.ts";
import { openKernel } from "../../src/linux/index.ts";
import { SYSCALLS, SyntheticKernel } from "../linux/synthetic-kernel.ts";
import { checkNamed, messageIds, reportAfter } from "./check-run.ts";

describe("ids syscall", () => {
  it("prints address and symbol of every slot", () => {
    const guest = new SyntheticKernel();
    const report = reportAfter("syscall", guest, () => {});
    expect(report.verdict).toBe("clean");
    const lines = formatReport(report);
    expect(lines).toHaveLength(SYSCALLS);
    expect(lines[0]).toBe("c0020000 sys_call0");
    expect(lines[17]).toBe("c0020220 sys_ni_syscall");
  });

  const tampered: [string, number, string, string][] = [
    ["outside kernel text", 0xbf000040, "outside-text", "bf000040 ?  <-- outside kernel text"],
    ["inside a function", 0xc0020048, "no-symbol-start", "c0020048 sys_call2+0x8  <-- not the start of a function"],
    ["at another function", 0xc0030020, "no-system-call", "c0030020 do_thing_0  <-- not a system call"],
    ["nowhere", 0, "outside-text", "00000000 ?  <-- outside kernel text"],
  ];
  for (const [where, value, messageId, line] of tampered) {
    it(`marks a slot that points ${where}`, () => {
      const guest = new SyntheticKernel();
      const report = reportAfter("syscall", guest, () => guest.word(guest.syscallTable + 3 * 4, value));
      expect(report.verdict).toBe("finding");
      expect(messageIds(report)).toEqual([messageId]);
      expect(report.findings[0].data).toMatchObject({ slot: 3 });
      expect(formatReport(report)[3]).toBe(line);
    });
  }

  it("finds an entry path that uses another table", () => {
    const guest = new SyntheticKernel();
    const report = reportAfter("syscall", guest, () => guest.word(guest.va(0x8bf8), 0xe28f8b02));
    expect(messageIds(report)).toEqual(["other-table"]);
  });

  it("cannot tell, naming what is missing, without symbols", () => {
    const guest = new SyntheticKernel();
    guest.image.fill(0, 0x101000, 0x180000);
    const report = runCheck(checkNamed("syscall"), openKernel(guest.source));
    expect(report.verdict).toBe("cannot-tell");
    expect(report.cannotTell.join()).toMatch(/symbols: .*token table/);
  });
});
