import { describe, expect, it } from "vitest";
import { type CheckReport, runCheck } from "../../src/ids/index.ts";
import type { Kernel } from "../../src/linux/index.ts";
import { branch, CodeBench, loadLiteral, TEXT } from "../linux/code-bench.ts";
import { checkNamed } from "./check-run.ts";

const TABLE = 0xc0200000;
const NODE = 0xc0210000;
const PROGRAM = 0xc0220000;

function look(bench: CodeBench): CheckReport {
  const { space, map, symbols } = bench;
  const check = { ...checkNamed("bpf"), needs: [] };
  return runCheck(check, { space, map, symbols, refresh: () => {} } as unknown as Kernel);
}

/** `bpf_prog_by_id(id)`: `idr_find(&prog_idr, id)`. */
function givenReader(): CodeBench {
  const bench = new CodeBench();
  const [find, at] = [TEXT + 0x100, TEXT + 0x200];
  bench.define("idr_find", find);
  bench.define("__sys_bpf", TEXT + 0x400);
  bench.define("bpf_prog_by_id", at);
  bench.words(at, 0xe92d4010, 0xe1a01000, loadLiteral(at + 8, 0, at + 20), branch(at + 12, find, true), 0xe8bd8010);
  bench.words(at + 20, TABLE);
  bench.define("behind", TEXT + 0x300);
  bench.words(TABLE, 0x04000004, NODE + 2);
  bench.words(NODE, 0, 0, TABLE);
  bench.words(NODE + 20 + 4 * 7, PROGRAM);
  bench.words(PROGRAM, 0x10001, 2, 0, 16, 80, 1, 2);
  return bench;
}

describe("ids bpf", () => {
  it("lists what is loaded by its number and kind", () => {
    const { rows, verdict } = look(givenReader());
    expect(rows.map(({ values }) => values)).toEqual([
      { id: 7, type: "kprobe", length: 16, compiled: true, tag: "0100000002000000", program: PROGRAM },
    ]);
    expect(verdict).toBe("clean");
  });

  it("says that a kernel has no such system call, and names the table when it cannot be read", () => {
    const [{ values }, ...more] = look(new CodeBench()).rows;
    expect([values.type, more]).toEqual(["this kernel has no system call bpf", []]);
    const bench = givenReader();
    bench.words(NODE + 8, 0);
    expect(look(bench).cannotTell).toEqual(["prog_idr: it is no tree of numbers"]);
    const other = new CodeBench();
    other.define("__sys_bpf", TEXT + 0x400);
    expect(look(other).cannotTell).toEqual([expect.stringMatching(/^prog_idr: 0 tables /)]);
  });
});
