/** The guest's kernel read from outside, held against what the guest says of itself and against its build's symbols. */
import { describe, expect, it } from "vitest";
import {
  expectSameProcesses,
  LIST_PROC,
  type ProcessRow,
  seenFromInside,
  seenFromOutside,
  UART,
} from "./process-lists.ts";
import { exec, outcomesOf, systemMap } from "./program.ts";

describe("ids banner", () => {
  it("says from outside what /proc/version says inside", async () => {
    const { code, stdout } = await exec("ids banner", `${UART} cat /proc/version`);
    const [outside, inside, ...rest] = stdout.trimEnd().split("\n");
    expect(outside).toMatch(/^Linux version \d+\.\d+\.\d+\S* \(.*gcc.*\) #\d+ .*\d{4}$/);
    expect([outside, ...rest]).toEqual([inside]);
    expect(code).toBe(0);
  });
});

describe("ids plist", () => {
  it("lists the processes that the guest lists itself", async () => {
    const { code, stdout } = await exec("--json", "ids plist", LIST_PROC, "ids plist");
    const [before, inside, after] = outcomesOf(stdout);
    expectSameProcesses([seenFromOutside(before.data), seenFromOutside(after.data)], seenFromInside(inside.text));
    expect(code).toBe(0);
  });

  it("has the PIDs of ps, the ps process itself aside", async () => {
    const { stdout } = await exec("--json", `${UART} ps`, "ids plist");
    const [ps, plist] = outcomesOf(stdout);
    const rows = [...ps.text.matchAll(/^ *(\d+) +\S+ +(.*)$/gm)].map(([, pid, name]) => ({ pid: Number(pid), name }));
    const own = rows.filter(({ name }) => name.includes("ps"));
    const outside = seenFromOutside(plist.data).map(({ pid }) => pid);
    const isOwn = (pid: number): boolean => own.some((row) => row.pid === pid) && !outside.includes(pid);
    expect(rows.map(({ pid }) => pid).filter((pid) => !isOwn(pid))).toEqual(outside);
    expect(rows.length - outside.length).toBe(1);
  });

  // The second at the end lets the last of them become what it was started for.
  it("lists a hundred sleeping processes more, all of them", async () => {
    const sleepers = `${UART} for i in $(seq 100); do sleep 1000 & done; sleep 1`;
    const { code, stdout } = await exec("--json", "ids plist", sleepers, "ids plist", LIST_PROC, "ids plist");
    const [first, , before, inside, after] = outcomesOf(stdout);
    const outside = seenFromOutside(before.data);
    expectSameProcesses([outside, seenFromOutside(after.data)], seenFromInside(inside.text));
    const isNew = ({ pid }: ProcessRow): boolean => !seenFromOutside(first.data).some((row) => row.pid === pid);
    expect(outside.filter(isNew).filter(({ name }) => name === "sleep")).toHaveLength(100);
    expect(code).toBe(0);
  });
});

interface CostOfLook {
  readonly rows: number;
  readonly loads: number;
  readonly instructions: number;
  readonly microseconds: { readonly best: number; readonly median: number };
  readonly memory: { readonly before: string; readonly after: string };
  readonly state: { readonly before: string; readonly after: string };
}

describe("ids cost plist", () => {
  it("looks at over 500 processes without one instruction of the guest, and leaves memory and CPU as they were", async () => {
    const sleepers = `${UART} for i in $(seq 500); do sleep 1000 & done; sleep 1`;
    const { code, stdout } = await exec("--json", sleepers, "ids cost plist", LIST_PROC, "ids cost plist");
    const [, first, inside, second] = outcomesOf(stdout).map(({ data, text }) => ({ data: data as CostOfLook, text }));
    const { data } = first;
    expect(data.rows).toBeGreaterThan(500);
    expect(data.rows).toBe(seenFromInside(inside.text).length);
    expect(data.instructions).toBe(0);
    expect(data.memory.after).toBe(data.memory.before);
    expect(data.state.after).toBe(data.state.before);
    // The guest ran between the two looks, and that shows.
    expect(second.data.memory.before).not.toBe(data.memory.before);
    expect(data.loads).toBeGreaterThan(data.rows);
    expect(data.microseconds.median).toBeGreaterThanOrEqual(data.microseconds.best);
    expect(first.text).toMatch(/^plist: \d+ rows, \d+ translated loads, 0 guest instructions\ntime: best \d+ and /);
    expect(code).toBe(0);
  });
});

interface SyscallRow {
  readonly slot: number;
  readonly address: string;
  readonly symbol: string;
}

interface SyscallReport {
  readonly verdict: string;
  readonly rows: readonly SyscallRow[];
  readonly findings: readonly unknown[];
}

const addressOf = (name: string): number => {
  const found = [...systemMap()].find(([, names]) => names.has(name));
  if (found === undefined) throw new Error(`System.map has ${name}`);
  return found[0];
};

/** Kernel virtual address of guest-physical address 0; `PAGE_OFFSET` of a 3 GB / 1 GB split. */
const PAGE_OFFSET = 0xc0000000;

describe("ids syscall", () => {
  it("has more than 300 slots, each with the name that System.map has at its address", async () => {
    const { code, stdout } = await exec("--json", "ids syscall");
    const { rows, verdict } = outcomesOf(stdout)[0].data as SyscallReport;
    const names = systemMap();
    expect(rows.length).toBeGreaterThan(300);
    expect(rows.map(({ slot }) => slot)).toEqual(rows.map((_, index) => index));
    const wrong = rows.filter(({ address, symbol }) => !names.get(Number.parseInt(address, 16))?.has(symbol));
    expect(wrong).toEqual([]);
    expect([verdict, code]).toEqual(["clean", 0]);
  });

  it.each([
    ["an address outside the kernel's text", () => 0xbf000010],
    ["an address inside a function", () => addressOf("sys_getpid") + 4],
  ])("marks a slot that the console changed to %s, and exits with 1", async (_what, givenAddress) => {
    const slot = 20;
    const virtualAddress = addressOf("sys_call_table") + slot * 4;
    const physical = virtualAddress - PAGE_OFFSET;
    const region = outcomesOf((await exec("--json", `guest region guest0 0x${physical.toString(16)}`)).stdout)[0];
    const { mappings } = region.data as {
      mappings: { guestAddress: number; hostAddress: number; sizeBytes: number }[];
    };
    const mapping = mappings.find(
      ({ guestAddress, sizeBytes }) => physical >= guestAddress && physical < guestAddress + sizeBytes,
    );
    expect(mapping).toBeDefined();
    const host = physical - (mapping?.guestAddress ?? 0) + (mapping?.hostAddress ?? 0);
    const hijacked = givenAddress();
    const modify = `memory modify32 0x${host.toString(16)} 0x${hijacked.toString(16)}`;
    const { code, stdout } = await exec("--json", "ids syscall", modify, "ids syscall");
    const [before, , after] = outcomesOf(stdout);
    const [intact, changed] = [before.data as SyscallReport, after.data as SyscallReport];
    const isChanged = (row: SyscallRow, index: number): boolean => row.address !== intact.rows[index].address;
    expect(changed.rows.filter(isChanged)).toMatchObject([{ slot, address: hijacked.toString(16) }]);
    expect([before.code === 0, after.code === 0]).toEqual([true, false]);
    expect(changed.findings).toHaveLength(1);
    const lines = { before: before.text.split("\n"), after: after.text.split("\n") };
    const marked = lines.after.filter((line, index) => line !== lines.before[index]);
    expect(marked[0]).toMatch(new RegExp(`${hijacked.toString(16)}.*\\S`));
    expect(code).toBe(1);
  });
});
