import { describe, expect, it } from "vitest";
import { formatReport, reportJson, runCheck } from "../../src/ids/index.ts";
import { openKernel } from "../../src/linux/index.ts";
import { SyntheticKernel } from "../linux/synthetic-kernel.ts";
import { checkNamed, messageIds, reportAfter } from "./check-run.ts";

describe("ids plist", () => {
  it("prints PID and name of every process", () => {
    const report = reportAfter("plist", new SyntheticKernel(), () => {});
    expect(report.verdict).toBe("clean");
    expect(formatReport(report)).toEqual([
      "PID NAME",
      "  1 init",
      "  2 kthreadd",
      "  3 sh",
      "  4 kworker/0:0-events",
      "  5 sleep",
      "  6 kworker/0:1-events",
      "  7 irq/59-mmci-pl18x (cmd)",
    ]);
  });

  it("gives stable JSON", () => {
    const report = reportAfter("plist", new SyntheticKernel(), () => {});
    expect(reportJson(report)).toMatchObject({
      check: "plist",
      verdict: "clean",
      findings: [],
      cannotTell: [],
    });
    expect(reportJson(report).rows).toContainEqual(
      expect.objectContaining({
        pid: 4,
        name: "kworker/0:0-events",
        comm: "kworker/0:0",
        parentPid: 2,
        kernelThread: true,
        task: "c0212000",
      }),
    );
  });

  it("shows a name that holds control characters harmlessly", () => {
    const guest = new SyntheticKernel();
    const report = reportAfter("plist", guest, () => {
      guest.text(guest.taskAddresses[3] - guest.pageOffset + guest.offsets.comm, "\x1b[2J\xff\0");
    });
    expect(formatReport(report)[3]).toBe("  3 \\x1b[2J\\xff");
  });

  it("finds a cycle, ends, and still shows the processes behind it", () => {
    const guest = new SyntheticKernel();
    const { tasks } = guest.offsets;
    const [, , second, third] = guest.taskAddresses;
    const report = reportAfter("plist", guest, () => guest.word(third + tasks, second + tasks));
    expect(messageIds(report)).toEqual(expect.arrayContaining(["list-damaged", "unlinked"]));
    expect(report.rows.map(({ values }) => values.pid)).toEqual(expect.arrayContaining([1, 2, 3, 4, 5, 6, 7]));
  });

  it("finds a process that was unlinked in one direction only", () => {
    const guest = new SyntheticKernel();
    const { tasks } = guest.offsets;
    const [, , before, , after] = guest.taskAddresses;
    const report = reportAfter("plist", guest, () => guest.word(before + tasks, after + tasks));
    expect(report.verdict).toBe("finding");
    expect(report.findings.find(({ messageId }) => messageId === "unlinked")?.data).toMatchObject({
      pid: 3,
      name: "sh",
    });
  });

  for (const value of [0, 3, 0x1000, 0xbf000000, 0xfffffffc, 0xffffffff]) {
    it(`finds a wild pointer 0x${value.toString(16)} and ends`, () => {
      const guest = new SyntheticKernel();
      const report = reportAfter("plist", guest, () => {
        guest.word(guest.taskAddresses[3] + guest.offsets.tasks, value);
      });
      expect(messageIds(report)).toContain("list-damaged");
      expect(report.rows.map(({ values }) => values.pid)).toContain(5);
    });
  }

  it("does not accuse a guest that was stopped inside list_del", () => {
    const guest = new SyntheticKernel();
    const { tasks } = guest.offsets;
    const [, , before, , after] = guest.taskAddresses;
    // The first of the two stores of __list_del.
    const report = reportAfter("plist", guest, () => guest.word(after + tasks + 4, before + tasks));
    expect(report).toMatchObject({ verdict: "cannot-tell", findings: [] });
    expect(report.cannotTell[0]).toContain("task_struct.tasks");
  });

  it("finds two processes with one PID, and an element that is no process", () => {
    const guest = new SyntheticKernel();
    const { pid, groupLeader } = guest.offsets;
    const report = reportAfter("plist", guest, () => {
      for (const member of [0, 4]) guest.word(guest.taskAddresses[5] + pid + member, 3);
      guest.word(guest.taskAddresses[4] + groupLeader, 0);
    });
    expect(messageIds(report).sort()).toEqual(["not-a-process", "same-pid"]);
  });

  it("cannot tell, naming the member, while only the idle task exists", () => {
    const guest = new SyntheticKernel();
    guest.link([guest.initTask]);
    const report = runCheck(checkNamed("plist"), openKernel(guest.source));
    expect(report.verdict).toBe("cannot-tell");
    expect(report.cannotTell.join()).toContain("task_struct.tasks: ");
  });
});
