import { describe, expect, it } from "vitest";
import { FIELDS, openKernel } from "../../src/linux/index.ts";
import { ImageSource } from "../../src/memory/index.ts";
import { BANNER, SyntheticKernel } from "./synthetic-kernel.ts";

describe("opening a kernel", () => {
  it("finds the linear map at any physical and virtual start", () => {
    for (const physOffset of [0, 0x10000000, 0x80000000]) {
      for (const pageOffset of [0xc0000000, 0x80000000]) {
        const { map } = openKernel(new SyntheticKernel({ physOffset, pageOffset }).source);
        expect(map).toMatchObject({ physOffset, pageOffset, tableAddress: physOffset + 0x4000 });
      }
    }
  });

  it("says that there is none in empty memory", () => {
    const memory = new ImageSource(new Uint8Array(1 << 20));
    expect(() => openKernel({ memory })).toThrowError(expect.objectContaining({ code: "kernel-not-found" }));
  });

  it("says that there is none while the MMU is off", () => {
    const { memory } = new SyntheticKernel().source;
    const registers = { ttbr0: 0, sctlr: 0x78, dacr: 0 };
    expect(() => openKernel({ memory, registers })).toThrowError(
      expect.objectContaining({ code: "kernel-not-found", message: expect.stringContaining("MMU is off") }),
    );
  });

  it("takes the flat map of the boot-time decompressor for no kernel", () => {
    const image = new Uint8Array(1 << 20);
    const view = new DataView(image.buffer);
    for (let index = 0; index < 4096; index++) view.setUint32(0x4000 + index * 4, ((index << 20) | 0xc12) >>> 0, true);
    expect(() => openKernel({ memory: new ImageSource(image) })).toThrowError(
      expect.objectContaining({ code: "kernel-not-found" }),
    );
  });

  it("names big-endian and LPAE guests", () => {
    const { memory } = new SyntheticKernel().source;
    const registers = { ttbr0: 0x4000, sctlr: 0x02000001, dacr: 0 };
    expect(() => openKernel({ memory, registers })).toThrowError(
      expect.objectContaining({ code: "kernel-layout-unsupported", message: expect.stringContaining("big-endian") }),
    );
    const image = new Uint8Array(1 << 20);
    const view = new DataView(image.buffer);
    for (let index = 0; index < 4; index++) view.setUint32(0x3000 + index * 8, 0x4003 + index * 0x1000, true);
    expect(() => openKernel({ memory: new ImageSource(image) })).toThrowError(
      expect.objectContaining({ code: "kernel-layout-unsupported", message: expect.stringContaining("LPAE") }),
    );
  });

  it("is current until the memory is another", () => {
    const guest = new SyntheticKernel();
    const kernel = openKernel(guest.source);
    expect(kernel.isCurrent()).toBe(true);
    guest.image.fill(0);
    expect(kernel.isCurrent()).toBe(false);
  });

  it("does not change the guest", () => {
    const guest = new SyntheticKernel();
    const before = guest.image.slice();
    const kernel = openKernel(guest.source);
    kernel.walkTasks();
    expect(Buffer.compare(before, guest.image)).toBe(0);
  });
});

describe("what is learned of the types", () => {
  for (const padding of [0, 3, 11]) {
    it(`finds every member with ${padding} words between them`, () => {
      const guest = new SyntheticKernel({ padding });
      const kernel = openKernel(guest.source);
      for (const name of FIELDS) expect(kernel.field(name), name).toMatchObject({ known: true, confidence: "proved" });
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

describe("processes", () => {
  it("are read with their names, parents, kind and arguments", () => {
    const kernel = openKernel(new SyntheticKernel({ physOffset: 0x10000000 }).source);
    const read = [...kernel.tasks()].map((task) => ({
      pid: task.pid,
      comm: task.comm,
      parent: task.parent?.pid,
      isKernelThread: task.isKernelThread,
      argv: task.argv(),
    }));
    expect(read).toEqual([
      { pid: 1, comm: "init", parent: 0, isKernelThread: false, argv: ["init", "-x"] },
      { pid: 2, comm: "kthreadd", parent: 0, isKernelThread: true, argv: undefined },
      { pid: 3, comm: "sh", parent: 1, isKernelThread: false, argv: ["sh", "-x"] },
      { pid: 4, comm: "kworker/0:0", parent: 2, isKernelThread: true, argv: undefined },
      { pid: 5, comm: "sleep", parent: 1, isKernelThread: false, argv: ["sleep", "-x"] },
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

describe("the banner", () => {
  it("is the complete line, not a template or a copy without a build number", () => {
    const guest = new SyntheticKernel();
    guest.text(0xf0000, "Linux version 6.1.99 (builder@host) (gcc 12.2.0, GNU ld 2.40) # \n\0");
    guest.text(0xf1000, "Linux version %s (%s)\0");
    expect(openKernel(guest.source).readBanner()).toBe(BANNER);
  });

  it("is the line that agrees with the running kernel's own names when there are two", () => {
    const guest = new SyntheticKernel({ exports: false });
    guest.text(0xf0000, BANNER.replace("6.1.99", "5.10.1"));
    const kernel = openKernel(guest.source);
    expect(kernel.banner).toMatchObject({ known: true, confidence: "likely" });
  });
});
