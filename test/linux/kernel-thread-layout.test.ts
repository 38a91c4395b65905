import { describe, expect, it } from "vitest";
import { openKernel } from "../../src/linux/index.ts";
import { THREAD_FIELDS } from "../../src/linux/kernel-thread-layout.ts";
import { SyntheticKernel } from "./synthetic-kernel.ts";

describe("the way to a kernel thread's whole name", () => {
  for (const padding of [0, 5]) {
    it(`is learned from the workers, with ${padding} words between the members of task_struct`, () => {
      const guest = new SyntheticKernel({ padding });
      const kernel = openKernel(guest.source);
      const offsets = Object.fromEntries(THREAD_FIELDS.map((name) => [name, kernel.offsetOf(name)]));
      expect(offsets).toEqual({
        "task_struct.worker_private": guest.offsets.realParent + 0x40,
        "kthread.data": 16,
        "kthread.full_name": 40,
        "worker.task": 0x20,
        "worker.desc": 0x38,
      });
    });
  }

  it("gives the names that comm cuts, and what a worker last worked on", () => {
    const names = [...openKernel(new SyntheticKernel().source).tasks()].map(({ name }) => name);
    expect(names).toContain("irq/59-mmci-pl18x (cmd)");
    expect(names).toContain("kworker/0:0-events");
  });

  it("proves no path to workers' names with a single worker", () => {
    const kernel = openKernel(new SyntheticKernel({ processes: ["sh", "[kworker/0:0"] }).source);
    expect(kernel.field("worker.desc")).toMatchObject({
      known: false,
      reason: "fewer than two workqueue threads exist",
    });
    expect([...kernel.tasks()].map(({ name }) => name)).toContain("kworker/0:0");
  });

  it("knows no uncut names where comm cuts none", () => {
    const processes = ["sh", "[kworker/0:0", "[kworker/0:1"];
    const kernel = openKernel(new SyntheticKernel({ processes }).source);
    expect(kernel.field("worker.desc").known).toBe(true);
    expect(kernel.field("kthread.full_name")).toMatchObject({
      known: false,
      reason: "no kernel thread has a name that comm cuts",
    });
  });
});
