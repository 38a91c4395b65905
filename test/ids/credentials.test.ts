import { describe, expect, it } from "vitest";
import { runCheck } from "../../src/ids/index.ts";
import { type Kernel, unknown } from "../../src/linux/index.ts";
import { CodeBench, PAGE_OFFSET } from "../linux/code-bench.ts";
import { checkNamed, messageIds } from "./check-run.ts";

const OFFSETS: Record<string, number> = {
  "task_struct.cred": 4,
  "task_struct.real_cred": 0,
  "cred.uid": 4,
  "cred.euid": 8,
  "cred.cap_ambient": 0x40,
};
const USER = 0x50;
const UID = 0x14;
const INIT_TASK = 0xc0200000;
const INIT_CRED = 0xc0201000;

interface Given {
  readonly uid: number;
  readonly isKernelThread?: boolean;
}

/** Processes with credentials of their own. */
function givenProcesses(processes: readonly Given[]) {
  const bench = new CodeBench();
  const taskAt = (index: number): number => 0xc0210000 + index * 0x100;
  const credAt = (index: number): number => 0xc0220000 + index * 0x100;
  const accountAt = (uid: number): number => 0xc0230000 + uid * 0x100;
  bench.words(INIT_TASK, INIT_CRED, INIT_CRED);
  for (const [index, { uid }] of processes.entries()) {
    bench.words(taskAt(index), credAt(index), credAt(index));
    bench.words(credAt(index) + 4, uid, uid);
    bench.words(credAt(index) + USER, accountAt(uid));
    bench.words(accountAt(uid) + UID, uid);
  }
  const tasks = processes.map(({ isKernelThread = false }, index) => ({
    address: taskAt(index),
    pid: index + 1,
    comm: `p${index}`,
    isKernelThread,
  }));
  const kernel = {
    space: bench.space,
    map: { pageOffset: PAGE_OFFSET },
    initTaskAddress: INIT_TASK,
    offsetOf: (name: string) => OFFSETS[name],
    field: () => ({ known: true, value: 0, confidence: "proved", evidence: "a test" }),
    bootImage: unknown("a test"),
    walkTasks: () => ({ tasks, onlyBackward: new Set(), damage: [], inUpdate: false }),
    refresh: () => {},
  };
  const look = () => runCheck(checkNamed("creds"), kernel as unknown as Kernel);
  return { bench, taskAt, credAt, look };
}

const users: Given[] = [{ uid: 0 }, { uid: 0 }, { uid: 7 }, { uid: 7 }, { uid: 7 }];

describe("ids creds", () => {
  it("is clean when each process has credentials of its own, and threads of the kernel share theirs", () => {
    const { bench, taskAt, look } = givenProcesses([...users, { uid: 0, isKernelThread: true }]);
    bench.words(taskAt(5), INIT_CRED, INIT_CRED);
    expect(look()).toMatchObject({ verdict: "clean", findings: [] });
  });

  it("finds a process with the credentials of the first task", () => {
    const { bench, taskAt, look } = givenProcesses(users);
    bench.words(taskAt(3), INIT_CRED, INIT_CRED);
    expect(messageIds(look())).toEqual(["init-cred"]);
  });

  it("finds two processes that share credentials, and names both", () => {
    const { bench, taskAt, credAt, look } = givenProcesses(users);
    bench.words(taskAt(3), credAt(0), credAt(0));
    expect(look().findings.map(({ data }) => [data.pid, data.other])).toEqual([
      [1, 4],
      [4, 1],
    ]);
  });

  it("finds a user ID that was written over", () => {
    const { bench, credAt, look } = givenProcesses(users);
    bench.words(credAt(4) + 4, 0, 0);
    const report = look();
    expect(messageIds(report)).toEqual(["patched"]);
    expect(report.findings[0].data).toMatchObject({ pid: 5, uid: 0, account: 7 });
  });
});
