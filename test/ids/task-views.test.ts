import { describe, expect, it } from "vitest";
import { SyntheticKernel } from "../linux/synthetic-kernel.ts";
import { messageIds, reportAfter } from "./check-run.ts";

describe("ids psxview", () => {
  it("finds a process that only one view has", () => {
    const guest = new SyntheticKernel();
    const [, init] = guest.taskAddresses;
    const { realParent } = guest.offsets;
    const hidden = guest.taskAddresses[4];
    const report = reportAfter("psxview", guest, () => {
      // One child of init, in no other place.
      guest.word(init + realParent + 8, hidden + realParent + 16);
      guest.word(init + realParent + 12, hidden + realParent + 16);
      guest.word(hidden + realParent + 16, init + realParent + 8);
      guest.word(hidden + realParent + 20, init + realParent + 8);
      guest.word(guest.initTask + realParent + 8, init + realParent + 16);
      guest.word(guest.initTask + realParent + 12, init + realParent + 16);
      guest.word(init + realParent + 16, guest.initTask + realParent + 8);
      guest.word(init + realParent + 20, guest.initTask + realParent + 8);
      guest.link(guest.taskAddresses.filter((task) => task !== hidden));
    });
    const found = report.findings.filter(({ data }) => String(data.absent).includes("the task list"));
    expect(messageIds(report)).toContain("hidden");
    expect(found.map(({ evidence }) => evidence.task)).toEqual([hidden]);
  });

  it("names the views that a kernel does not offer", () => {
    const report = reportAfter("psxview", new SyntheticKernel(), () => {});
    expect(report.cannotTell.join()).toContain("the PID table");
  });
});
