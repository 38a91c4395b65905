import { describe, expect, it } from "vitest";
import { openKernel } from "../../src/linux/index.ts";
import { SwitchLog } from "../../src/linux/switch-log.ts";
import { collectTasks } from "../../src/linux/task-views.ts";
import { SyntheticKernel } from "./synthetic-kernel.ts";

const SIBLING = 16;
const CHILDREN = 8;

/** Every task among its parent's children. */
function givenFamilies(): SyntheticKernel {
  const guest = new SyntheticKernel();
  const { realParent } = guest.offsets;
  const children = new Map<number, number[]>();
  for (const task of guest.taskAddresses.slice(1)) {
    const parent = guest.read(task + realParent);
    children.set(parent, [...(children.get(parent) ?? []), task]);
  }
  for (const [parent, tasks] of children) {
    const ring = [parent + realParent + CHILDREN, ...tasks.map((task) => task + realParent + SIBLING)];
    for (const [index, link] of ring.entries()) {
      const next = ring[(index + 1) % ring.length];
      guest.word(link, next);
      guest.word(next + 4, link);
    }
  }
  return guest;
}

describe("collectTasks", () => {
  it("has every process in list and family, and says which views it could not have", () => {
    const guest = givenFamilies();
    const { tasks, missing } = collectTasks(openKernel(guest.source));
    expect(tasks).toHaveLength(guest.taskAddresses.length - 1);
    for (const { views } of tasks) expect(views).toEqual(new Set(["list", "family"]));
    expect(missing.get("pid")).toBe("init_pid_ns has no radix tree of PIDs");
  });

  it("still has a process among the children when the list lacks it", () => {
    const guest = givenFamilies();
    const kernel = openKernel(guest.source);
    const all = collectTasks(kernel).tasks.length;
    const hidden = guest.taskAddresses[5];
    guest.link(guest.taskAddresses.filter((task) => task !== hidden));
    const { tasks } = collectTasks(kernel);
    expect(tasks).toHaveLength(all);
    expect(tasks.find(({ task }) => task.address === hidden)?.views).toEqual(new Set(["family"]));
  });

  it("ends in families that lead round in circles", () => {
    const guest = givenFamilies();
    const { realParent } = guest.offsets;
    const [, init] = guest.taskAddresses;
    guest.word(init + realParent + CHILDREN, init + realParent + SIBLING);
    expect(collectTasks(openKernel(guest.source)).tasks.length).toBeGreaterThan(0);
  });

  it("says why it cannot use the log of switches, and has no such view while none is kept", () => {
    const guest = givenFamilies();
    const log = new SwitchLog();
    const { missing, isLogged } = collectTasks(openKernel({ ...guest.source, switchLog: () => log }));
    expect([isLogged, missing.get("sched")]).toEqual([true, expect.stringMatching(/^task_struct\.exit_state /)]);
    const without = collectTasks(openKernel(guest.source));
    expect([without.isLogged, without.missing.has("sched")]).toEqual([false, false]);
  });
});
