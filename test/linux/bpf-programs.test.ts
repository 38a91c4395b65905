import { describe, expect, it } from "vitest";
import { findPrograms, hasBpf, loadedPrograms } from "../../src/linux/bpf-programs.ts";
import { branch, CodeBench, loadLiteral, PAGE_OFFSET, TEXT } from "./code-bench.ts";

const TABLE = 0xc0200000;
const NODE = 0xc0210000;
const PROGRAM = 0xc0220000;
const FIND = TEXT + 0x100;
const FLAGS = 0x04000004;

/** `bpf_prog_by_id(id)`: `idr_find(&prog_idr, id)`. */
function givenTable(): CodeBench {
  const bench = new CodeBench();
  bench.define("idr_find", FIND);
  bench.define("bpf_prog_get_curr_or_next", TEXT + 0x300, "T");
  const at = TEXT + 0x200;
  bench.define("bpf_prog_by_id", at);
  bench.words(at, 0xe92d4010, 0xe1a01000, loadLiteral(at + 8, 0, at + 20), branch(at + 12, FIND, true), 0xe8bd8010);
  bench.words(at + 20, TABLE);
  bench.words(TEXT + 0x300, 0xe12fff1e);
  bench.define("behind", TEXT + 0x340);
  bench.words(TABLE, FLAGS, 0, 1, 3);
  return bench;
}

/** Programs 1 and 2 in one node of the tree. */
function load(bench: CodeBench): void {
  bench.words(TABLE + 4, NODE + 2);
  bench.words(NODE, 0, 0, TABLE);
  for (const id of [1, 2]) {
    const program = PROGRAM + id * 0x100;
    bench.words(NODE + 20 + id * 4, program);
    bench.words(program, 0x10001, 8, 6, 16, id === 1 ? 80 : 0, 0x04030201, 0x08070605);
  }
}

describe("BPF programs", () => {
  it("are in the table that the kernel looks numbers up in", () => {
    const bench = givenTable();
    const table = findPrograms(bench);
    expect(table).toMatchObject({ known: true, value: TABLE });
    expect(loadedPrograms(bench, TABLE, PAGE_OFFSET)).toEqual([]);
    load(bench);
    expect(loadedPrograms(bench, TABLE, PAGE_OFFSET)).toEqual([
      { id: 1, address: PROGRAM + 0x100, type: 8, length: 16, isCompiled: true, tag: "0102030405060708" },
      { id: 2, address: PROGRAM + 0x200, type: 8, length: 16, isCompiled: false, tag: "0102030405060708" },
    ]);
  });

  it("are not made of what is no program, nor of a table that is none", () => {
    const bench = givenTable();
    load(bench);
    bench.words(PROGRAM + 0x100 + 4, 0xffffffff);
    bench.words(PROGRAM + 0x200 + 12, 0);
    expect(loadedPrograms(bench, TABLE, PAGE_OFFSET)).toEqual([]);
    bench.words(NODE + 8, 0);
    expect(loadedPrograms(bench, TABLE, PAGE_OFFSET)).toBeUndefined();
    expect(loadedPrograms(bench, 0x1000, PAGE_OFFSET)).toBeUndefined();
  });

  it("cannot be where the kernel has no such system call", () => {
    expect(hasBpf(givenTable())).toBe(true);
    const bench = new CodeBench();
    bench.define("sys_ni_syscall", TEXT + 0x40, "W");
    bench.define("sys_bpf", TEXT + 0x40, "W");
    expect(hasBpf(bench)).toBe(false);
    expect(findPrograms(bench)).toMatchObject({ known: false });
  });
});
