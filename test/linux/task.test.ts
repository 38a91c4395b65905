import { describe, expect, it } from "vitest";
import { openKernel } from "../../src/linux/index.ts";
import { SyntheticKernel } from "./synthetic-kernel.ts";

describe("processes", () => {
  it("are read with their names, parents, kind and arguments", () => {
    const kernel = openKernel(new SyntheticKernel({ physOffset: 0x10000000 }).source);
    const read = [...kernel.tasks()].map((task) => ({
      pid: task.pid,
      comm: task.comm,
      name: task.name,
      parent: task.parent?.pid,
      isKernelThread: task.isKernelThread,
      argv: task.argv(),
    }));
    expect(read).toEqual([
      { pid: 1, comm: "init", name: "init", parent: 0, isKernelThread: false, argv: ["init", "-x"] },
      { pid: 2, comm: "kthreadd", name: "kthreadd", parent: 0, isKernelThread: true, argv: undefined },
      { pid: 3, comm: "sh", name: "sh", parent: 1, isKernelThread: false, argv: ["sh", "-x"] },
      { pid: 4, comm: "kworker/0:0", name: "kworker/0:0-events", parent: 2, isKernelThread: true, argv: undefined },
      { pid: 5, comm: "sleep", name: "sleep", parent: 1, isKernelThread: false, argv: ["sleep", "-x"] },
      { pid: 6, comm: "kworker/0:1", name: "kworker/0:1-events", parent: 2, isKernelThread: true, argv: undefined },
      {
        pid: 7,
        comm: "irq/59-mmci-pl1",
        name: "irq/59-mmci-pl18x (cmd)",
        parent: 2,
        isKernelThread: true,
        argv: undefined,
      },
    ]);
  });

  it("are read at the moment of asking", () => {
    const guest = new SyntheticKernel();
    const kernel = openKernel(guest.source);
    const [, , shell] = [...kernel.tasks()];
    guest.text(guest.taskAddresses[3] - guest.pageOffset + guest.offsets.comm, "renamed\0");
    expect(shell.comm).toBe("renamed");
  });
});

describe("a busy worker", () => {
  it("is named with a plus sign", () => {
    const guest = new SyntheticKernel();
    const kernel = openKernel(guest.source);
    expect(kernel.field("worker.desc")).toMatchObject({ known: true, value: 0x38 });
    guest.word(guest.va(0x250000 + 4 * 0x200 + 0x100 + 8), guest.va(0x260000));
    expect([...kernel.tasks()][3].name).toBe("kworker/0:0+events");
  });
});
