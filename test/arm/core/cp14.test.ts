import { describe, expect, it } from "vitest";
import { CP14_DSCR, Mode } from "../../../src/arm/core/index.ts";
import { Logger } from "../../../src/base/index.ts";
import type { GivenCpu } from "../given-cpu.ts";
import { givenCpu } from "../given-cpu.ts";

const given1176 = (cpsr = Mode.svc | 0xc0): GivenCpu => givenCpu({ model: "arm1176jzf-s", cpsr });
const mrc = (crm: number, opcode2: number) => (0xee102e10 | (opcode2 << 5) | crm) >>> 0;
const read = (given: GivenCpu, crm: number, opcode2: number) => given.execute(mrc(crm, opcode2)).reg(2);
function write(given: GivenCpu, crm: number, opcode2: number, value: number): GivenCpu {
  given.words[2] = value;
  return given.execute(0xee002e10 | (opcode2 << 5) | crm);
}
const undefineds = (given: GivenCpu) => given.core.exceptionCounts.undefined;

describe("the debug registers", () => {
  it("say what there is: six breakpoints, two watchpoints, debug version 6.1", () => {
    expect(read(given1176(), 0, 0)).toBe(0x15121007);
  });

  it("keep values and controls of as many breakpoints and watchpoints as the ID says", () => {
    const given = given1176();
    for (let n = 0; n < 6; n++) write(write(given, n, 4, 0x1000 + n), n, 5, 0x1e0 + (n << 9));
    for (let n = 0; n < 2; n++) write(write(given, n, 6, 0x2000 + n), n, 7, 0x1f0 + (n << 9));
    expect([0, 1, 2, 3, 4, 5].map((n) => read(given, n, 4))).toEqual([0, 1, 2, 3, 4, 5].map((n) => 0x1000 + n));
    expect([0, 5].map((n) => read(given, n, 5))).toEqual([0x1e0, 0xbe0]);
    expect([0, 1].map((n) => read(given, n, 6))).toEqual([0x2000, 0x2001]);
    expect([0, 1].map((n) => read(given, n, 7))).toEqual([0x1f0, 0x3f0]);
    expect(undefineds(given)).toBe(0);
    read(given, 6, 4);
    read(given, 2, 6);
    expect(undefineds(given)).toBe(2);
  });

  it("monitor mode can be switched on, as the kernel asks; halting mode cannot", () => {
    const given = write(given1176(), 1, 0, 0xffffffff);
    expect(read(given, 1, 0)).toBe(0x943c);
  });

  it("tell of a BKPT instruction as the way debug was entered", () => {
    const given = given1176();
    given.execute(0xe1200070);
    expect((given.words[CP14_DSCR] >>> 2) & 15).toBe(3);
  });

  it("user mode reads ID and status unless it is shut out, and writes no breakpoint", () => {
    const given = given1176(Mode.usr);
    expect([read(given, 0, 0), undefineds(given)]).toEqual([0x15121007, 0]);
    write(given, 0, 4, 1);
    expect(undefineds(given)).toBe(1);
    const shut = write(given1176(), 1, 0, 0x1000);
    shut.enterMode(Mode.usr);
    read(shut, 0, 0);
    expect(undefineds(shut)).toBe(1);
  });

  it("a breakpoint that is switched on is never hit, and the log says so", () => {
    const given = given1176();
    const lines: string[] = [];
    given.core.log = new Logger("cpu", ({ message }) => lines.push(message));
    write(given, 0, 5, 0x1e6);
    expect(lines).toEqual([]);
    write(given, 0, 5, 0x1e7);
    expect(lines).toEqual([
      "breakpoints, watchpoints and vector catch of the debug unit are not modelled; they are never hit",
    ]);
  });

  it("are not those of Jazelle or ThumbEE, nor of the ARM926EJ-S", () => {
    const given = given1176();
    given.execute(mrc(0, 0) | (7 << 21), mrc(0, 0) | (6 << 21));
    expect(undefineds(given)).toBe(1);
    const old = givenCpu();
    old.execute(mrc(0, 0));
    expect(undefineds(old)).toBe(1);
  });
});
