import { describe, expect, it } from "vitest";
import { FIELDS, openKernel } from "../../src/linux/index.ts";
import { SyntheticKernel } from "./synthetic-kernel.ts";

describe("the table of types", () => {
  it("names every field once", () => {
    expect(new Set(FIELDS).size).toBe(FIELDS.length);
    expect(FIELDS.length).toBeGreaterThan(100);
  });

  it("has a fact or a reason for each, on a kernel that has little of it", () => {
    const kernel = openKernel(new SyntheticKernel().source);
    for (const name of FIELDS) {
      const fact = kernel.field(name);
      expect(fact.known ? fact.evidence : fact.reason, name).not.toBe("");
    }
  });

  it("keeps what was learned when the guest's lists are damaged later, and tries the rest again", () => {
    const guest = new SyntheticKernel();
    const kernel = openKernel(guest.source);
    const pid = kernel.field("task_struct.pid");
    expect(pid.known).toBe(true);
    guest.word(guest.initTask + guest.offsets.tasks, 0);
    kernel.refresh();
    expect(kernel.field("task_struct.pid")).toEqual(pid);
    expect(kernel.field("cred.uid").known).toBe(false);
  });
});
