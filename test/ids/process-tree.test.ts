import { describe, expect, it } from "vitest";
import { runCheck } from "../../src/ids/index.ts";
import { openKernel } from "../../src/linux/index.ts";
import { SyntheticKernel } from "../linux/synthetic-kernel.ts";
import { checkNamed, messageIds, reportAfter } from "./check-run.ts";

describe("ids pstree", () => {
  it("has children below their parents, in the order of the list", () => {
    const report = runCheck(checkNamed("pstree"), openKernel(new SyntheticKernel().source));
    expect(report.rows.map(({ values }) => [values.depth, values.name])).toEqual([
      [0, "init"],
      [1, "sh"],
      [1, "sleep"],
      [0, "kthreadd"],
      [1, "kworker/0:0-events"],
      [1, "kworker/0:1-events"],
      [1, "irq/59-mmci-pl18x (cmd)"],
    ]);
    expect(report.verdict).toBe("clean");
  });

  it("finds processes that are their own ancestors, and ends", () => {
    const guest = new SyntheticKernel();
    const [, , , first, , third] = guest.taskAddresses;
    const report = reportAfter("pstree", guest, () => {
      guest.word(first + guest.offsets.realParent, third);
      guest.word(third + guest.offsets.realParent, first);
    });
    expect(messageIds(report)).toEqual(["circular", "circular"]);
  });
});
