import { describe, expect, it } from "vitest";
import { MAX_RAN_TASKS, MAX_SWITCHES, SwitchLog } from "../../src/linux/switch-log.ts";

const to = (address: number, at: number, pid = address) => ({ address, pid, comm: `task${pid}`, at });

describe("SwitchLog", () => {
  it("counts the turns of each task, the one that ran last at the end", () => {
    const log = new SwitchLog();
    for (const [index, address] of [16, 32, 16, 48, 32].entries()) log.note(to(address, index * 10));
    expect(log.tasks).toEqual([
      { address: 16, pid: 16, comm: "task16", turns: 2, firstAt: 0, lastAt: 20 },
      { address: 48, pid: 48, comm: "task48", turns: 1, firstAt: 30, lastAt: 30 },
      { address: 32, pid: 32, comm: "task32", turns: 2, firstAt: 10, lastAt: 40 },
    ]);
    expect(log.recent.map(({ at }) => at)).toEqual([0, 10, 20, 30, 40]);
  });

  it("takes another task at the same address for another one, and a new name for the same", () => {
    const log = new SwitchLog();
    log.note(to(16, 1, 100));
    log.note({ ...to(16, 2, 100), comm: "renamed" });
    expect(log.tasks).toMatchObject([{ pid: 100, comm: "renamed", turns: 2, firstAt: 1 }]);
    log.rename(16, 100, "started");
    log.rename(16, 101, "another");
    expect(log.tasks).toMatchObject([{ pid: 100, comm: "started", turns: 2 }]);
    log.note(to(16, 3, 200));
    expect(log.tasks).toMatchObject([{ pid: 200, comm: "task200", turns: 1, firstAt: 3 }]);
  });

  it("keeps so many tasks and switches and no more, whatever the guest does", () => {
    const log = new SwitchLog();
    const count = MAX_RAN_TASKS + 500;
    for (let index = 0; index < count; index++) log.note(to(0x1000 + index * 16, index));
    expect([log.count, log.tasks.length, log.forgotten]).toEqual([count, MAX_RAN_TASKS, 500]);
    expect(log.tasks[0].address).toBe(0x1000 + 500 * 16);
    const recent = log.recent.map(({ at }) => at);
    expect(recent).toEqual(Array.from({ length: MAX_SWITCHES }, (_, index) => count - MAX_SWITCHES + index));
  });
});
