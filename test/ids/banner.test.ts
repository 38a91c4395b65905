import { describe, expect, it } from "vitest";
import { formatReport } from "../../src/ids/index.ts";
import { BANNER, SyntheticKernel } from "../linux/synthetic-kernel.ts";
import { messageIds, reportAfter } from "./check-run.ts";

describe("ids banner", () => {
  it("prints the kernel's version line", () => {
    const report = reportAfter("banner", new SyntheticKernel(), () => {});
    expect(report.verdict).toBe("clean");
    expect(formatReport(report)).toEqual([BANNER.trimEnd()]);
  });

  it("finds a version line that was changed", () => {
    const guest = new SyntheticKernel();
    const report = reportAfter("banner", guest, () => guest.text(0x100000, "Linux version 9"));
    expect(messageIds(report)).toEqual(["changed"]);
  });

  it("cannot tell when there is no version line", () => {
    const guest = new SyntheticKernel();
    guest.image.fill(0, 0x100000, 0x100100);
    const report = reportAfter("banner", guest, () => {});
    expect(report).toMatchObject({
      verdict: "cannot-tell",
      rows: [],
      cannotTell: [expect.stringContaining("banner:")],
    });
  });
});
