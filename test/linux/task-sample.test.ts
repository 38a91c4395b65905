import { describe, expect, it } from "vitest";
import { AddressSpace } from "../../src/linux/index.ts";
import { viewKernelImage } from "../../src/linux/kernel-image.ts";
import { findKernelMap } from "../../src/linux/kernel-map.ts";
import { commOf, copyTask, findComm, findFamily, findInitTask, findTaskList } from "../../src/linux/task-sample.ts";
import { SyntheticKernel } from "./synthetic-kernel.ts";

const given = (guest = new SyntheticKernel()) => {
  const map = findKernelMap(guest.source);
  const space = new AddressSpace(guest.source.memory, map.tableAddress, map.format);
  const sample = () => {
    const task = copyTask(space, guest.initTask);
    if (task === undefined) throw new Error("the idle task is mapped");
    return task;
  };
  const list = () => findTaskList(space, sample(), guest.offsets.comm, guest.offsets.groupLeader);
  return { guest, map, space, sample, list };
};

describe("the idle task", () => {
  it("shows where comm and the family are", () => {
    const { guest, sample } = given();
    const { comm, realParent, groupLeader } = guest.offsets;
    expect(findComm(sample())).toMatchObject({ known: true, value: comm });
    expect(findFamily(sample())).toMatchObject({ known: true, value: { realParent, groupLeader } });
    expect(commOf(sample(), comm)).toBe("swapper");
  });

  it("shows nothing when it has another name or another parent", () => {
    const { guest, sample } = given();
    guest.word(guest.initTask + guest.offsets.comm, 0x78787878);
    guest.word(guest.initTask + guest.offsets.realParent, guest.taskAddresses[1]);
    expect([findComm(sample()).known, findFamily(sample()).known]).toEqual([false, false]);
  });

  it("is found in the image by its name and its family, and is then only likely", () => {
    const { guest, map, space } = given();
    const image = () => viewKernelImage(space, map, 4 << 20);
    expect(findInitTask(image())).toMatchObject({ value: guest.initTask, confidence: "likely" });
    guest.word(guest.initTask + guest.offsets.realParent, 0);
    expect(findInitTask(image()).known).toBe(false);
  });

  it("is not copied where nothing is mapped", () => {
    expect(copyTask(given().space, 0xbf000000)).toBeUndefined();
  });
});

describe("the list of tasks", () => {
  it("is the ring through named group leaders, the idle task left out", () => {
    const { guest, list } = given();
    const found = list();
    if (!found.known) throw new Error(found.reason);
    expect(found.value.offset).toBe(guest.offsets.tasks);
    expect(found.value.samples.map(({ address }) => address)).toEqual(guest.taskAddresses.slice(1));
  });

  it("is found at the moment when a task is in only by its backward link", () => {
    const { guest, list } = given();
    const { tasks } = guest.offsets;
    // list_add has stored all but prev->next.
    guest.word(guest.taskAddresses[2] + tasks, guest.taskAddresses[4] + tasks);
    const found = list();
    if (!found.known) throw new Error(found.reason);
    expect(found.value.samples.map(({ address }) => address)).toEqual(guest.taskAddresses.slice(1));
  });

  it("is not found when both ways are broken, or a member is no leader of a group", () => {
    const broken = given();
    for (const link of [0, 4]) broken.guest.word(broken.guest.taskAddresses[2] + broken.guest.offsets.tasks + link, 0);
    expect(broken.list().known).toBe(false);
    const thread = given();
    thread.guest.word(thread.guest.taskAddresses[3] + thread.guest.offsets.groupLeader, thread.guest.taskAddresses[1]);
    expect(thread.list().known).toBe(false);
  });
});
