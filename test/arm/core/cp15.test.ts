import { describe, expect, it } from "vitest";
import { Control, CP15_DFSR, CP15_FAR, CP15_IFSR, Mode } from "../../../src/arm/core/index.ts";
import { CODE, givenCpu } from "../given-cpu.ts";

describe("identification registers", () => {
  it("are those of an ARM926EJ-S r0p5", () => {
    const given = givenCpu();
    expect(given.readCp15(0, 0, 0)).toBe(0x41069265);
    expect(given.readCp15(0, 0, 1)).toBe(0x01dd20d2);
    expect(given.readCp15(0, 0, 2)).toBe(0);
    // Any other opcode2 reads the main ID.
    expect(given.readCp15(0, 0, 7)).toBe(0x41069265);
  });

  it("cannot be written", () => {
    const given = givenCpu();
    given.writeCp15(0, 0, 0, 5);
    expect(given.core.exceptionCounts.undefined).toBe(1);
  });
});

describe("the control register", () => {
  it("keeps the bits that the core has, and reads ones where the manual says so", () => {
    const given = givenCpu();
    given.writeCp15(1, 0, 0, 0xffffffff & ~(Control.M | Control.V | Control.A));
    expect(given.readCp15(1, 0, 0)).toBe(0x0005d3fc);
    given.writeCp15(1, 0, 0, 0);
    expect(given.readCp15(1, 0, 0)).toBe(0x00050078);
  });

  it("switches the MMU on and off from the next fetch on", () => {
    const given = givenCpu().enableMmu();
    expect(given.load(0x50000000)).toEqual({ status: 5, far: 0x50000000 });
    given.writeCp15(1, 0, 0, 0);
    expect(given.load(0x50000000)).toEqual({ status: 8, far: 0x50000000 });
  });
});

describe("plain registers", () => {
  it.each([
    ["domain access control", 3, 0, 0, 0x55555555, 0x55555555],
    ["translation table base", 2, 0, 0, 0xdeadbeef, 0xdead8000],
    ["data fault status", 5, 0, 0, 0xaf, 0xaf],
    ["instruction fault status", 5, 0, 1, 0xa5, 0xa5],
    ["fault address", 6, 0, 0, 0x89abcdef, 0x89abcdef],
    ["data cache lockdown", 9, 0, 0, 0xfff1, 0xfff1],
    ["instruction cache lockdown", 9, 0, 1, 0xfff2, 0xfff2],
    ["TLB lockdown", 10, 0, 0, 0x10000001, 0x10000001],
    ["process id", 13, 0, 0, 0x12345678, 0x12000000],
    ["context id", 13, 0, 1, 0x1234abcd, 0x1234abcd],
  ])("%s", (_name, crn, crm, op2, written, read) => {
    const given = givenCpu();
    given.writeCp15(crn, crm, op2, written);
    expect(given.readCp15(crn, crm, op2)).toBe(read);
    expect(given.core.exceptionCounts.undefined).toBe(0);
  });

  it("fault registers are those that an abort writes", () => {
    const given = givenCpu();
    given.writeCp15(6, 0, 0, 1).writeCp15(5, 0, 0, 2).writeCp15(5, 0, 1, 3);
    const s = given.words;
    expect([s[CP15_FAR], s[CP15_DFSR], s[CP15_IFSR]]).toEqual([1, 2, 3]);
  });
});

describe("cache operations", () => {
  it.each([
    ["invalidate both", 7, 0],
    ["invalidate the instruction cache", 5, 0],
    ["clean a data line", 10, 1],
    ["drain the write buffer", 10, 4],
    ["clean and invalidate a line by set and way", 14, 2],
    ["prefetch a line", 13, 1],
  ])("%s changes nothing", (_name, crm, op2) => {
    const given = givenCpu();
    const before = Array.from(given.words.subarray(72, 84));
    given.writeCp15(7, crm, op2, 0);
    expect(Array.from(given.words.subarray(72, 84))).toEqual(before);
    expect([given.core.exceptionCounts.undefined, given.core.isHalted]).toEqual([0, false]);
  });

  it("test-and-clean says clean by Z, so that the loop around it ends", () => {
    // 1: mrc p15, 0, pc, c7, c10, 3; bne 1b
    const given = givenCpu({ code: [0xee17ff7a, 0x1afffffd] });
    given.run(2);
    expect(given.pc).toBe(CODE + 8);
  });
});

describe("coprocessor access", () => {
  it("to CP15 from user mode is undefined, reads and writes, and changes nothing", () => {
    for (const instruction of [
      0xee112f10 /* mrc p15, 0, r2, c1, c0, 0 */, 0xee032f10 /* mcr p15, 0, r2, c3, c0, 0 */,
    ]) {
      const given = givenCpu({ cpsr: Mode.usr, registers: { 2: 77 } });
      given.execute(instruction);
      expect([given.core.exceptionCounts.undefined, given.reg(2), given.pc]).toEqual([1, 77, 4]);
      expect(given.words[74]).toBe(0);
    }
  });

  it.each([
    ["fmrx r2, fpsid", 0xeef02a10],
    ["fmxr fpexc, r2", 0xeee82a10],
    ["mrc p11, 0, r2, c0, c0, 0", 0xee102b10],
    ["mrc p14, 0, r2, c0, c0, 0", 0xee102e10],
    ["mcr p7, 0, r2, c0, c0, 0", 0xee002710],
    ["mrc p15, 0, r2, c4, c0, 0", 0xee142f10],
    ["mcr p15, 0, r2, c11, c0, 0", 0xee0b2f10],
  ])("%s has nobody to answer it, in a privileged mode too", (_text, instruction) => {
    const given = givenCpu({ registers: { 2: 77 } });
    given.execute(instruction);
    expect([given.core.exceptionCounts.undefined, given.reg(2), given.pc]).toEqual([1, 77, 4]);
  });
});
