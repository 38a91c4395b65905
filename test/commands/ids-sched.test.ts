import { describe, expect, it } from "vitest";
import {
  endSwitchLog,
  resumeSwitchLog,
  showSwitchLog,
  startSwitchLog,
  switchLogOf,
} from "../../src/commands/ids-sched.ts";
import { type Kernel, openKernel, proved } from "../../src/linux/index.ts";
import { SyntheticKernel } from "../linux/synthetic-kernel.ts";
import { ConsoleBench } from "./console-bench.ts";

const QUEUE = 0x280000;
const CURR = 0x40;

/** A kernel whose run queue is known; real ones are in test/e2e/detectors.test.ts. */
function given() {
  const bench = new ConsoleBench();
  const guest = new SyntheticKernel();
  bench.board.writeGuest(0, guest.image);
  bench.board.core = () => ({
    registers: () => [{ title: "CP15", registers: [{ name: "SCTLR", value: 0x5317f }] }],
  });
  const opened = openKernel(guest.source);
  const kernel = Object.assign(Object.create(opened) as Kernel, {
    field: (name: string) =>
      name === "runqueues"
        ? proved(guest.va(QUEUE), "a test")
        : name === "rq.curr"
          ? proved(CURR, "a test")
          : opened.field(name as never),
  });
  const runs = (index: number, instructions: number, { sizeBytes = 4, value = guest.taskAddresses[index] } = {}) =>
    bench.board.watched[0].onWrite({ offset: 0, sizeBytes, value, pc: 0, instructions });
  return { bench, kernel, guest, runs, machine: bench.hv.guests[0] };
}

describe("ids sched", () => {
  it("watches the word that says which task runs, and tells who ran, how often and when", () => {
    const { bench, kernel, runs, machine } = given();
    expect(startSwitchLog(bench.hv, machine, kernel).code).toBe(0);
    expect(bench.board.watched.map(({ pieces }) => pieces)).toEqual([[{ address: QUEUE + CURR, sizeBytes: 4 }]]);
    runs(1, 100);
    runs(3, 200);
    runs(1, 300);
    const { text, data } = showSwitchLog(machine);
    expect(data).toMatchObject({
      on: true,
      switches: 3,
      tasks: [
        { pid: 3, comm: "sh", turns: 1, lastAt: 200 },
        { pid: 1, comm: "init", turns: 2, firstAt: 100, lastAt: 300 },
      ],
      recent: [{ at: 100 }, { at: 200 }, { at: 300 }],
    });
    expect(text).toMatch(/\n 1 +init +2 +100 +300 +c\w{7} *\n/);
    expect(text).toMatch(/^3 switches since instruction 0, 2 tasks\n/m);
  });

  it("has the name that a task got while it ran", () => {
    const { bench, kernel, guest, runs, machine } = given();
    startSwitchLog(bench.hv, machine, kernel);
    runs(3, 100);
    guest.text(guest.taskAddresses[3] - guest.pageOffset + guest.offsets.comm, "top\0");
    runs(1, 200);
    expect(switchLogOf(machine)?.tasks.map(({ comm }) => comm)).toEqual(["top", "init"]);
    expect(switchLogOf(machine)?.recent.map(({ comm }) => comm)).toEqual(["sh", "init"]);
  });

  it("takes no part of a word and no address without a task for a switch", () => {
    const { bench, kernel, runs, machine } = given();
    startSwitchLog(bench.hv, machine, kernel);
    runs(1, 100, { sizeBytes: 1 });
    runs(1, 200, { value: 0xbf000000 });
    expect(switchLogOf(machine)?.count).toBe(0);
  });

  it("ends, and can begin once at a time", () => {
    const { bench, kernel, machine } = given();
    expect(showSwitchLog(machine).text).toMatch(/^off; /);
    expect(endSwitchLog(machine).code).toBe(-14);
    startSwitchLog(bench.hv, machine, kernel);
    expect(startSwitchLog(bench.hv, machine, kernel).text).toContain("are logged already");
    expect(endSwitchLog(machine).code).toBe(0);
    expect([bench.board.watched, switchLogOf(machine)]).toEqual([[], undefined]);
  });

  it("begins anew in a machine that was loaded, and is over where that has no kernel", () => {
    const { bench, kernel, runs, machine } = given();
    expect(resumeSwitchLog(bench.hv, machine, kernel)).toEqual([]);
    startSwitchLog(bench.hv, machine, kernel);
    runs(1, 100);
    expect(resumeSwitchLog(bench.hv, machine, kernel)).toEqual(["ids sched: begins anew"]);
    expect([switchLogOf(machine)?.count, bench.board.watched.length]).toEqual([0, 1]);
    expect(resumeSwitchLog(bench.hv, machine, undefined)).toEqual(["ids sched: over: no kernel runs"]);
    expect([switchLogOf(machine), bench.board.watched]).toEqual([undefined, []]);
  });

  it("names what it does not know of a kernel", async () => {
    const { bench } = given();
    const { code, text } = await bench.run("ids sched on");
    expect([code, text]).toEqual([-22, expect.stringMatching(/^ids sched: cannot tell: runqueues: /)]);
    expect(await bench.text("ids sched")).toMatch(/^off; /);
    expect((await bench.run("ids sched off")).code).toBe(-14);
  });
});
