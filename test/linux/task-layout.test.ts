import { describe, expect, it } from "vitest";
import { openKernel } from "../../src/linux/index.ts";
import { TASK_FIELDS } from "../../src/linux/task-layout.ts";
import { SyntheticKernel } from "./synthetic-kernel.ts";

describe("what is learned of the types", () => {
  for (const padding of [0, 3, 11]) {
    it(`finds every member with ${padding} words between them`, () => {
      const guest = new SyntheticKernel({ padding });
      const kernel = openKernel(guest.source);
      // Only kernels from 6.10 on show rescuers by the name of their queue.
      const ofRescuers = ["worker.rescue_wq", "workqueue_struct.name"];
      for (const name of TASK_FIELDS) {
        const isAbsent = ofRescuers.includes(name);
        const expected = isAbsent ? { known: false, isAbsent } : { known: true, confidence: "proved" };
        expect(kernel.field(name), name).toMatchObject(expected);
      }
      const { tasks, pid, comm, mm, flags, realParent, groupLeader } = guest.offsets;
      expect(kernel.offsetOf("task_struct.tasks")).toBe(tasks);
      expect(kernel.offsetOf("task_struct.pid")).toBe(pid);
      expect(kernel.offsetOf("task_struct.tgid")).toBe(pid + 4);
      expect(kernel.offsetOf("task_struct.comm")).toBe(comm);
      expect(kernel.offsetOf("task_struct.mm")).toBe(mm);
      expect(kernel.offsetOf("task_struct.flags")).toBe(flags);
      expect(kernel.offsetOf("task_struct.real_parent")).toBe(realParent);
      expect(kernel.offsetOf("task_struct.group_leader")).toBe(groupLeader);
      expect(kernel.offsetOf("mm_struct.pgd")).toBe(0x18);
      expect(kernel.offsetOf("mm_struct.arg_start")).toBe(0x40 + 28);
    });
  }

  it("stays unknown while only the idle task exists, and is learned once there are more", () => {
    const guest = new SyntheticKernel();
    guest.link([guest.initTask]);
    const kernel = openKernel(guest.source);
    expect(kernel.field("task_struct.tasks")).toMatchObject({ known: false });
    guest.link(guest.taskAddresses);
    kernel.refresh();
    expect(kernel.field("task_struct.tasks")).toMatchObject({ known: true });
  });

  it("keeps what was proved when the list is damaged later", () => {
    const guest = new SyntheticKernel();
    const kernel = openKernel(guest.source);
    expect(kernel.field("task_struct.pid").known).toBe(true);
    guest.word(guest.taskAddresses[2] + guest.offsets.tasks, 0);
    kernel.refresh();
    expect(kernel.field("task_struct.pid").known).toBe(true);
  });

  it("says which member is not known when no process has user memory", () => {
    const guest = new SyntheticKernel({ processes: ["[a", "[b"] });
    guest.word(guest.taskAddresses[1] + guest.offsets.mm, 0);
    const kernel = openKernel(guest.source);
    expect(kernel.field("mm_struct.pgd")).toMatchObject({ known: false, reason: "no process has user memory yet" });
    expect(kernel.field("task_struct.pid").known).toBe(true);
  });
});
