import { describe, expect, it } from "vitest";
import {
  Control,
  CP15_ACCESS_VALIDATION,
  CP15_CONTROL,
  CP15_CPACR,
  CP15_TPIDRURO,
  cpuModels,
  Fault,
  FLAG_A,
  Mode,
} from "../../../src/arm/core/index.ts";
import { Logger } from "../../../src/base/index.ts";
import { RAM_OFFSET } from "../../../src/memory/index.ts";
import type { GivenCpu } from "../given-cpu.ts";
import { DATA, extendedSection, givenCpu } from "../given-cpu.ts";

const VA = 0x40000000;
const model = "arm1176jzf-s";
const given1176 = (cpsr = Mode.svc | 0xc0): GivenCpu => givenCpu({ model, cpsr });

/** Encodings with r2 as the register. */
const mrc = (opcode1: number, crn: number, crm: number, opcode2: number) =>
  (0xee102f10 | (opcode1 << 21) | (crn << 16) | (opcode2 << 5) | crm) >>> 0;
const mcr = (opcode1: number, crn: number, crm: number, opcode2: number) =>
  (mrc(opcode1, crn, crm, opcode2) & ~0x100000) >>> 0;
/** With r2 and r3. */
const mcrr = (opcode1: number, crm: number) => (0xec432f00 | (opcode1 << 4) | crm) >>> 0;

/** Runs one instruction; true when it was undefined. */
function isUndefined(given: GivenCpu, instruction: number): boolean {
  const before = given.core.exceptionCounts.undefined;
  given.execute(instruction);
  return given.core.exceptionCounts.undefined !== before;
}

describe("identification registers", () => {
  it.each([
    ["main ID", 0, 0, 0x410fb767],
    ["cache type", 0, 1, 0x1d152152],
    ["TCM status", 0, 2, 0],
    ["TLB type", 0, 3, 0x800],
    ["main ID, by a number that has no register", 0, 5, 0x410fb767],
    ["ID_PFR0", 1, 0, 0x111],
    ["ID_PFR1", 1, 1, 0x11],
    ["ID_DFR0", 1, 2, 0x33],
    ["ID_AFR0", 1, 3, 0],
    ["ID_MMFR0", 1, 4, 0x01130003],
    ["ID_MMFR1", 1, 5, 0x10030302],
    ["ID_MMFR2", 1, 6, 0x01222100],
    ["ID_MMFR3", 1, 7, 0],
    ["ID_ISAR0", 2, 0, 0x00140011],
    ["ID_ISAR1", 2, 1, 0x12002111],
    ["ID_ISAR2", 2, 2, 0x11231121],
    ["ID_ISAR3", 2, 3, 0x01102131],
    ["ID_ISAR4", 2, 4, 0x00001141],
    ["ID_ISAR5", 2, 5, 0],
  ])("%s", (_name, crm, op2, value) => {
    expect(given1176().readCp15(0, crm, op2)).toBe(value);
  });

  it("cannot be written, nor read in user mode", () => {
    expect(isUndefined(given1176(), mcr(0, 0, 0, 0))).toBe(true);
    expect(isUndefined(given1176(Mode.usr), mrc(0, 0, 0, 0))).toBe(true);
  });
});

describe("after power-on", () => {
  it.each([
    ["control", 1, 0, 0, 0x00050078],
    ["auxiliary control", 1, 0, 1, 7],
    ["coprocessor access", 1, 0, 2, 0],
    ["primary region remap", 10, 2, 0, 0x00098aa4],
    ["normal memory remap", 10, 2, 1, 0x44e048e0],
    ["cache lockdown", 9, 0, 0, 0xfffffff0],
    ["vector base", 12, 0, 0, 0],
  ])("%s has its reset value, also at a later reset", (_name, crn, crm, op2, value) => {
    const given = given1176();
    expect(given.readCp15(crn, crm, op2)).toBe(value);
    given.writeCp15(crn, crm, op2, crn === 1 && op2 === 0 ? 0x3380_0000 : 0xffffffff);
    given.core.reset();
    expect(given.readCp15(crn, crm, op2)).toBe(value);
  });

  it("imprecise aborts are masked", () => {
    const given = given1176();
    given.core.reset();
    expect(given.words[FLAG_A]).toBe(1);
  });
});

describe("the control register", () => {
  it("keeps the bits that the core has, and reads ones where the manual says so", () => {
    const given = given1176();
    given.writeCp15(1, 0, 0, 0xffffffff & ~(Control.M | Control.V | Control.A | Control.EE));
    expect(given.readCp15(1, 0, 0)).toBe(0x31e5dbfc);
    given.writeCp15(1, 0, 0, 0);
    expect(given.readCp15(1, 0, 0)).toBe(0x00050078);
  });

  it("takes the value that Linux gives it", () => {
    const given = given1176().enableMmu({ control: Control.XP });
    given.writeCp15(1, 0, 0, 0x00c5387d & ~Control.V);
    expect(given.readCp15(1, 0, 0)).toBe(0x00c5387d & ~Control.V);
  });

  it("changes the format of the page tables at once", () => {
    const given = given1176()
      .enableMmu()
      .mapFirst(VA, extendedSection(0x100000, { ap: 3, apx: 1 }));
    given.mapFirst(0, extendedSection(0, { ap: 3 }));
    expect(given.store(VA, 1)).toEqual({ value: 1 });
    given.writeCp15(1, 0, 0, given.words[CP15_CONTROL] | Control.XP);
    expect(given.store(VA, 2)).toMatchObject({ status: Fault.permissionSection | 0x800 });
  });
});

describe("plain registers", () => {
  it.each([
    ["auxiliary control", 1, 0, 1, 0xffffffff, 0xf000007f],
    ["coprocessor access", 1, 0, 2, 0xffffffff, 0x00f00000],
    ["secure configuration", 1, 1, 0, 0xffffffff, 0x7f],
    ["secure debug enable", 1, 1, 1, 0xffffffff, 3],
    ["non-secure access control", 1, 1, 2, 0xffffffff, 0x00070c00],
    ["translation table base 0", 2, 0, 0, 0x0040406b, 0x0040406b],
    ["translation table base 1", 2, 0, 1, 0xffffffff, 0xffffc01f],
    ["translation table control", 2, 0, 2, 0xffffffc8, 0],
    ["domain access control", 3, 0, 0, 0x55555555, 0x55555555],
    ["data fault status", 5, 0, 0, 0xffffffff, 0x1cff],
    ["instruction fault status", 5, 0, 1, 0xffffffff, 0x140f],
    ["fault address", 6, 0, 0, 0x89abcdef, 0x89abcdef],
    ["watchpoint fault address", 6, 0, 1, 0x89abcdee, 0x89abcdee],
    ["instruction fault address", 6, 0, 2, 0x89abcded, 0x89abcded],
    ["physical address", 7, 4, 0, 0x12345678, 0x12345678],
    ["data cache lockdown", 9, 0, 0, 0x5, 0xfffffff5],
    ["TLB lockdown", 10, 0, 0, 0xffffffff, 0x1c000001],
    ["primary region remap", 10, 2, 0, 0x12345678, 0x12345678],
    ["monitor vector base", 12, 0, 1, 0xffffffff, 0xffffffe0],
    ["process id", 13, 0, 0, 0x12345678, 0x12000000],
    ["context id", 13, 0, 1, 0x1234abcd, 0x1234abcd],
    ["user thread id", 13, 0, 2, 1, 1],
    ["read-only thread id", 13, 0, 3, 2, 2],
    ["privileged thread id", 13, 0, 4, 3, 3],
    ["cache behavior override", 9, 8, 0, 0xff, 0x3f],
    ["peripheral port remap", 15, 2, 4, 0x20000015, 0x20000015],
    ["TCM selection, of which there is none", 9, 2, 0, 1, 0],
  ])("%s", (_name, crn, crm, op2, written, read) => {
    const given = given1176();
    given.writeCp15(crn, crm, op2, written);
    expect(given.readCp15(crn, crm, op2)).toBe(read);
    expect(given.core.exceptionCounts.undefined).toBe(0);
  });

  it("are found by a compiler where reading them is a load and nothing more", () => {
    const { cp15 } = given1176().core;
    expect(cp15.plainWord(0, 13, 0, 3)).toBe(CP15_TPIDRURO);
    expect(cp15.plainWord(0, 1, 0, 2)).toBe(CP15_CPACR);
    expect([cp15.plainWord(0, 15, 12, 1), cp15.plainWord(0, 0, 0, 0), cp15.plainWord(0, 12, 1, 0)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("operations on caches and buffers", () => {
  const operations: [number, number][] = [
    ...[0, 1, 2, 4, 6, 7].map((op2): [number, number] => [5, op2]),
    ...[0, 1, 2].map((op2): [number, number] => [6, op2]),
    ...[0, 1, 7].map((op2): [number, number] => [7, op2]),
    ...[0, 1, 2, 4, 5].map((op2): [number, number] => [10, op2]),
    ...[0, 7].map((op2): [number, number] => [11, op2]),
    [13, 1],
    ...[0, 1, 2].map((op2): [number, number] => [14, op2]),
    ...[0, 7].map((op2): [number, number] => [15, op2]),
  ];

  it.each(operations)("c7,c%i,%i changes nothing, which a compiler may rely on", (crm, op2) => {
    const given = given1176();
    const before = Array.from(given.words.subarray(72, 256));
    given.writeCp15(7, crm, op2, 0);
    expect(Array.from(given.words.subarray(72, 256))).toEqual(before);
    expect([given.core.exceptionCounts.undefined, given.core.isHalted]).toEqual([0, false]);
    expect(given.core.cp15.hasNoEffect(0, 7, crm, op2)).toBe(true);
    expect(isUndefined(given, mrc(0, 7, crm, op2))).toBe(true);
  });

  it.each([
    [0, 4],
    [4, 0],
    [8, 0],
    [8, 3],
  ])("c7,c%i,%i is none of them", (crm, op2) => {
    expect(given1176().core.cp15.hasNoEffect(0, 7, crm, op2)).toBe(false);
  });

  it.each([
    [0, 5, true],
    [0, 6, true],
    [0, 12, false],
    [1, 12, false],
    [2, 12, false],
    [0, 14, true],
  ])("MCRR %i, c%i works on a range; privileged only: %s", (opcode1, crm, isPrivileged) => {
    expect(isUndefined(given1176(), mcrr(opcode1, crm))).toBe(false);
    expect(isUndefined(given1176(Mode.usr), mcrr(opcode1, crm))).toBe(isPrivileged);
  });

  it("by MCRR are not those of the ARM926EJ-S, nor of another coprocessor", () => {
    expect(isUndefined(givenCpu(), mcrr(0, 14))).toBe(true);
    expect(isUndefined(given1176(), mcrr(0, 7))).toBe(true);
    expect(isUndefined(given1176(), mcrr(0, 14) & ~0x100)).toBe(true);
  });

  it("there is no dirty line", () => {
    expect(given1176().readCp15(7, 10, 6)).toBe(0);
    expect(isUndefined(given1176(), mcr(0, 7, 10, 6))).toBe(true);
  });

  it("waiting for an interrupt halts the core", () => {
    const given = given1176().writeCp15(7, 0, 4, 0);
    expect(given.core.isHalted).toBe(true);
    given.core.setIrqLine(true);
    expect(given.core.isHalted).toBe(false);
  });
});

describe("user mode", () => {
  it.each([
    ["flush prefetch buffer", mcr(0, 7, 5, 4)],
    ["data synchronization barrier", mcr(0, 7, 10, 4)],
    ["data memory barrier", mcr(0, 7, 10, 5)],
    ["write the user thread id", mcr(0, 13, 0, 2)],
    ["read the user thread id", mrc(0, 13, 0, 2)],
    ["read the read-only thread id", mrc(0, 13, 0, 3)],
  ])("may %s", (_name, instruction) => {
    expect(isUndefined(given1176(Mode.usr), instruction)).toBe(false);
  });

  it.each([
    ["write the read-only thread id", mcr(0, 13, 0, 3)],
    ["read the privileged thread id", mrc(0, 13, 0, 4)],
    ["read the control register", mrc(0, 1, 0, 0)],
    ["flush the TLB", mcr(0, 8, 7, 0)],
    ["clean the data cache", mcr(0, 7, 10, 0)],
    ["read the cycle counter", mrc(0, 15, 12, 1)],
  ])("may not %s", (_name, instruction) => {
    expect(isUndefined(given1176(Mode.usr), instruction)).toBe(true);
  });

  it("gets the value that the kernel left for it", () => {
    const given = given1176().writeCp15(13, 0, 3, 0xcafe0000);
    given.enterMode(Mode.usr);
    expect(given.readCp15(13, 0, 3)).toBe(0xcafe0000);
  });

  it("may use the counters when the validation register lets it", () => {
    const given = given1176(Mode.usr);
    given.words[CP15_ACCESS_VALIDATION] = 1;
    expect(isUndefined(given, mrc(0, 15, 12, 1))).toBe(false);
    expect(isUndefined(given, mrc(0, 15, 12, 0))).toBe(true);
  });
});

describe("VA to PA translation", () => {
  const givenSection = (descriptor: number) => given1176().enableMmu({ control: Control.XP }).mapFirst(VA, descriptor);
  const translated = (given: GivenCpu, op2: number, va: number) => given.writeCp15(7, 8, op2, va).readCp15(7, 4, 0);

  it("answers the physical address for those who may", () => {
    const given = givenSection(extendedSection(0x100000, { ap: 2 }));
    const answers = [0, 1, 2, 3].map((op2) => translated(given, op2, VA + 0x34567));
    // A user's store is not allowed: bit 0, and the fault status above it.
    expect(answers).toEqual([0x134400, 0x134400, 0x134400, (Fault.permissionSection << 1) | 1]);
  });

  it("raises no abort, and leaves the fault registers alone", () => {
    const given = givenSection(0);
    expect(translated(given, 0, VA)).toBe((Fault.translationSection << 1) | 1);
    expect(given.core.exceptionCounts.dataAbort).toBe(0);
    expect(given.faults).toEqual({ dfsr: 0, ifsr: 0, far: 0 });
  });
});

describe("the interrupt status register", () => {
  it("shows the lines, masked or not", () => {
    const given = given1176();
    expect(given.readCp15(12, 1, 0)).toBe(0);
    given.core.setIrqLine(true);
    expect(given.readCp15(12, 1, 0)).toBe(0x80);
    given.core.setFiqLine(true);
    expect(given.readCp15(12, 1, 0)).toBe(0xc0);
  });
});

describe("the cycle counter", () => {
  const count = (given: GivenCpu) => given.readCp15(15, 12, 1);

  it("stands until it is enabled, then counts instructions", () => {
    const given = given1176();
    given.run(100);
    expect(count(given)).toBe(0);
    given.writeCp15(15, 12, 0, 1);
    const first = count(given);
    given.run(100);
    expect(count(given) - first).toBe(101);
    given.writeCp15(15, 12, 0, 0);
    const last = count(given);
    given.run(100);
    expect(count(given)).toBe(last);
  });

  it("is set, reset and divided by 64", () => {
    const given = given1176().writeCp15(15, 12, 0, 1);
    given.writeCp15(15, 12, 1, 5000);
    expect(count(given)).toBe(5001);
    given.writeCp15(15, 12, 0, 5);
    expect(count(given)).toBe(1);
    given.writeCp15(15, 12, 0, 9);
    const first = count(given);
    given.run(640);
    expect(count(given) - first).toBe(10);
  });

  it("goes on alike in a restored machine", () => {
    const given = given1176().writeCp15(15, 12, 0, 1);
    given.run(33);
    const other = given1176();
    other.write(0x10000, 0xe1a00000);
    other.core.restore(JSON.parse(JSON.stringify(given.core.save())));
    expect(count(other)).toBe(count(given));
  });
});

describe("what is not there", () => {
  it.each([
    ["a read of c4", mrc(0, 4, 0, 0)],
    ["a cache operation that the core does not have", mcr(0, 7, 2, 0)],
    ["the other world's translation", mcr(0, 7, 8, 4)],
    ["a write of an unknown register of c15", mcr(3, 15, 8, 0)],
    ["a read of an operation", mrc(0, 8, 7, 0)],
  ])("%s is undefined", (_name, instruction) => {
    expect(isUndefined(given1176(), instruction)).toBe(true);
  });

  it("is named in the log, once", () => {
    const given = given1176();
    const lines: string[] = [];
    given.core.log = new Logger("cpu", ({ message }) => lines.push(message));
    for (let round = 0; round < 3; round++) {
      given.execute(mrc(0, 4, 0, 0));
      given.core.state.setCpsr(Mode.svc | 0xc0);
    }
    given.writeCp15(1, 1, 0, 1);
    expect(lines).toEqual([
      "read of CP15 0, c4, c0, 0, which is not modelled: Undefined",
      "the non-secure world is not modelled; SCR.NS has no effect",
    ]);
  });
});

describe("saved state", () => {
  it("has all of CP15, and the restored core translates alike", () => {
    const given = given1176()
      .enableMmu({ control: Control.XP })
      .mapFirst(VA, extendedSection(0x100000, { ap: 3, nG: 1 }));
    given.writeCp15(13, 0, 1, 0x42).writeCp15(12, 0, 0, 0x10000).writeCp15(1, 0, 2, 0x00f00000);
    given.write(0x100040, 0x1234);
    given.load(VA + 0x40);
    const other = given1176();
    other.bus.host.u8.set(given.bus.host.u8.subarray(RAM_OFFSET), RAM_OFFSET);
    other.core.restore(JSON.parse(JSON.stringify(given.core.save())));
    expect(other.load(VA + 0x40)).toEqual({ value: 0x1234 });
    expect(other.load(DATA)).toEqual(given.load(DATA));
    expect(Array.from(other.words)).toEqual(Array.from(given.words));
  });
});

describe("the model", () => {
  it("differs from the ARM926EJ-S in what others ask it for", () => {
    const { architecture, hasVfp } = cpuModels[model];
    expect([architecture, hasVfp]).toEqual([6, true]);
    expect([cpuModels["arm926ej-s"].architecture, cpuModels["arm926ej-s"].hasVfp]).toEqual([5, false]);
  });
});
