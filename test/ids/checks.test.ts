import { describe, expect, it } from "vitest";
import { checks, formatReport, reportJson, runCheck } from "../../src/ids/index.ts";
import { openKernel } from "../../src/linux/index.ts";
import { BANNER, SYSCALLS, SyntheticKernel } from "../linux/synthetic-kernel.ts";

function checkNamed(id: string) {
  const check = checks.find((candidate) => candidate.id === id);
  if (check === undefined) throw new Error(`no check ${id}`);
  return check;
}

/** Opens the guest while it is healthy, changes it, and runs the check. */
function reportAfter(id: string, guest: SyntheticKernel, change: () => void) {
  const kernel = openKernel(guest.source);
  runCheck(checkNamed("plist"), kernel);
  change();
  return runCheck(checkNamed(id), kernel);
}

const messageIds = (report: { findings: readonly { messageId: string }[] }): string[] =>
  report.findings.map(({ messageId }) => messageId);

describe("the list of checks", () => {
  it("is sorted by id, and each names its messages and columns", () => {
    const ids = checks.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort());
    for (const { messages, columns, title, view } of checks) {
      expect(Object.keys(messages).length).toBeGreaterThan(0);
      expect(columns.length).toBeGreaterThan(0);
      expect(title && view).not.toBe("");
    }
  });
});

describe("ids banner", () => {
  it("prints the kernel's version line", () => {
    const report = reportAfter("banner", new SyntheticKernel(), () => {});
    expect(report.verdict).toBe("clean");
    expect(formatReport(report)).toEqual([BANNER.trimEnd()]);
  });

  it("finds a version line that was changed", () => {
    const guest = new SyntheticKernel();
    const report = reportAfter("banner", guest, () => guest.text(0x100000, "Linux version 9"));
    expect(messageIds(report)).toEqual(["changed"]);
  });

  it("cannot tell when there is no version line", () => {
    const guest = new SyntheticKernel();
    guest.image.fill(0, 0x100000, 0x100100);
    const report = reportAfter("banner", guest, () => {});
    expect(report).toMatchObject({
      verdict: "cannot-tell",
      rows: [],
      cannotTell: [expect.stringContaining("banner:")],
    });
  });
});

describe("ids syscall", () => {
  it("prints address and symbol of every slot", () => {
    const guest = new SyntheticKernel();
    const report = reportAfter("syscall", guest, () => {});
    expect(report.verdict).toBe("clean");
    const lines = formatReport(report);
    expect(lines).toHaveLength(SYSCALLS);
    expect(lines[0]).toBe("c0020000 sys_call0");
    expect(lines[17]).toBe("c0020220 sys_ni_syscall");
  });

  const tampered: [string, number, string, string][] = [
    ["outside kernel text", 0xbf000040, "outside-text", "bf000040 ?  <-- outside kernel text"],
    ["inside a function", 0xc0020048, "no-symbol-start", "c0020048 sys_call2+0x8  <-- not the start of a function"],
    ["at another function", 0xc0030020, "no-system-call", "c0030020 do_thing_0  <-- not a system call"],
    ["nowhere", 0, "outside-text", "00000000 ?  <-- outside kernel text"],
  ];
  for (const [where, value, messageId, line] of tampered) {
    it(`marks a slot that points ${where}`, () => {
      const guest = new SyntheticKernel();
      const report = reportAfter("syscall", guest, () => guest.word(guest.syscallTable + 3 * 4, value));
      expect(report.verdict).toBe("finding");
      expect(messageIds(report)).toEqual([messageId]);
      expect(report.findings[0].data).toMatchObject({ slot: 3 });
      expect(formatReport(report)[3]).toBe(line);
    });
  }

  it("finds an entry path that uses another table", () => {
    const guest = new SyntheticKernel();
    const report = reportAfter("syscall", guest, () => guest.word(guest.va(0x8bf8), 0xe28f8b02));
    expect(messageIds(report)).toEqual(["other-table"]);
  });

  it("cannot tell, naming what is missing, without symbols", () => {
    const guest = new SyntheticKernel();
    guest.image.fill(0, 0x101000, 0x180000);
    const report = runCheck(checkNamed("syscall"), openKernel(guest.source));
    expect(report.verdict).toBe("cannot-tell");
    expect(report.cannotTell.join()).toMatch(/symbols: .*token table/);
  });
});

describe("ids plist", () => {
  it("prints PID and name of every process", () => {
    const report = reportAfter("plist", new SyntheticKernel(), () => {});
    expect(report.verdict).toBe("clean");
    expect(formatReport(report)).toEqual([
      "PID NAME",
      "  1 init",
      "  2 kthreadd",
      "  3 sh",
      "  4 kworker/0:0",
      "  5 sleep",
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
      expect.objectContaining({ pid: 4, name: "kworker/0:0", parentPid: 2, kernelThread: true, task: "c0212000" }),
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
    expect(report.rows.map(({ values }) => values.pid)).toEqual(expect.arrayContaining([1, 2, 3, 4, 5]));
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

describe("any guest memory", () => {
  it("gives a value, a finding or a reason, never an exception, for 500 random corruptions", () => {
    let seed = 0x1234567;
    const random = (limit: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return Math.floor((seed / 0x100000000) * limit);
    };
    const pristine = new SyntheticKernel();
    const guest = new SyntheticKernel();
    const opened = openKernel(guest.source);
    for (const check of checks) runCheck(check, opened);
    let findings = 0;
    for (let round = 0; round < 500; round++) {
      guest.image.set(pristine.image);
      const interesting = [
        guest.initTask,
        guest.taskAddresses[1 + random(5)],
        guest.syscallTable,
        guest.va(0x4000 + 0x3000),
      ];
      for (let word = 0; word < 4; word++) {
        const at = (interesting[random(interesting.length)] + random(0x200) * 4) >>> 0;
        const values = [
          0,
          0xffffffff,
          at,
          guest.initTask + random(0x800),
          guest.taskAddresses[random(6)],
          random(2 ** 32),
        ];
        guest.word(at, values[random(values.length)]);
      }
      for (const check of checks) {
        const report = runCheck(check, opened);
        expect(["clean", "finding", "cannot-tell"]).toContain(report.verdict);
        formatReport(report);
        if (report.verdict === "finding") findings++;
      }
    }
    expect(findings).toBeGreaterThan(100);
  });
});
