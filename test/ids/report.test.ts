import { describe, expect, it } from "vitest";
import { checks, formatReport, runCheck } from "../../src/ids/index.ts";
import { openKernel } from "../../src/linux/index.ts";
import { randomFrom, SyntheticKernel } from "../linux/synthetic-kernel.ts";

describe("the list of checks", () => {
  it("is sorted by id, and each names its view and columns", () => {
    const ids = checks.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort());
    for (const { columns, title, view } of checks) {
      expect(columns.length).toBeGreaterThan(0);
      expect(title && view).not.toBe("");
    }
  });
});

describe("any guest memory", () => {
  it("gives a value, a finding or a reason, never an exception, for 500 random corruptions", () => {
    const random = randomFrom(0x1234567);
    const pristine = new SyntheticKernel();
    const guest = new SyntheticKernel();
    const opened = openKernel(guest.source);
    for (const check of checks) runCheck(check, opened);
    let findings = 0;
    for (let round = 0; round < 500; round++) {
      guest.image.set(pristine.image);
      const interesting = [
        guest.initTask,
        guest.taskAddresses[1 + random(5)],
        guest.syscallTable,
        guest.va(0x4000 + 0x3000),
      ];
      for (let word = 0; word < 4; word++) {
        const at = (interesting[random(interesting.length)] + random(0x200) * 4) >>> 0;
        const values = [
          0,
          0xffffffff,
          at,
          guest.initTask + random(0x800),
          guest.taskAddresses[random(6)],
          random(2 ** 32),
        ];
        guest.word(at, values[random(values.length)]);
      }
      for (const check of checks) {
        const report = runCheck(check, opened);
        expect(["clean", "finding", "cannot-tell"]).toContain(report.verdict);
        formatReport(report);
        if (report.verdict === "finding") findings++;
      }
    }
    expect(findings).toBeGreaterThan(100);
  });
});
