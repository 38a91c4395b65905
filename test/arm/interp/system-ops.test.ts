import { describe, expect, it } from "vitest";
import {
  bankOf,
  Control,
  CP15_CONTROL,
  Mode,
  R8_R12_USER,
  R13_BANKS,
  R14_BANKS,
  SPSR_BANKS,
} from "../../../src/arm/core/index.ts";
import type { GivenCpu } from "../given-cpu.ts";
import { CODE, DATA, FIQ_OFF, givenCpu, IRQ_OFF, sectionEntry, THUMB } from "../given-cpu.ts";

const VA = 0x40000000;
const FLAGS = 0xa8000000;
const spsrOf = (given: GivenCpu, mode: number) => given.words[SPSR_BANKS + bankOf(mode)] >>> 0;
const modes = Object.entries(Mode);
const exceptionModes = modes.filter(([name]) => name !== "usr" && name !== "sys");

interface ExceptionCase {
  name: string;
  arm?: number;
  thumb?: number;
  vector: number;
  mode: number;
  /** LR minus the address of the instruction, in ARM and in Thumb state. */
  links: [number, number];
  raise?: (given: GivenCpu) => void;
}

const exceptions: ExceptionCase[] = [
  { name: "an undefined instruction", arm: 0xe7f000f0, thumb: 0xde00, vector: 4, mode: Mode.und, links: [4, 2] },
  { name: "SVC", arm: 0xef123456, thumb: 0xdf09, vector: 8, mode: Mode.svc, links: [4, 2] },
  { name: "BKPT", arm: 0xe1200070, thumb: 0xbe00, vector: 0xc, mode: Mode.abt, links: [4, 4] },
  {
    name: "a prefetch abort",
    vector: 0xc,
    mode: Mode.abt,
    links: [4, 4],
    raise: (given) => {
      given.core.pc = VA;
    },
  },
  {
    name: "a data abort",
    arm: 0xe5910000,
    thumb: 0x6808,
    vector: 0x10,
    mode: Mode.abt,
    links: [8, 8],
    raise: (given) => {
      given.words[1] = VA;
    },
  },
  { name: "an IRQ", vector: 0x18, mode: Mode.irq, links: [4, 4], raise: (given) => given.core.setIrqLine(true) },
  { name: "an FIQ", vector: 0x1c, mode: Mode.fiq, links: [4, 4], raise: (given) => given.core.setFiqLine(true) },
];
const isInterrupt = ({ vector }: ExceptionCase) => vector >= 0x18;

/** Runs into the exception from a mode and state; the vectors hold `nop`. */
function enter(each: ExceptionCase, mode: number, isThumb: boolean, control = 0): { given: GivenCpu; at: number } {
  const nop = isThumb ? 0x46c0 : 0xe1a00000;
  const cpsr = FLAGS | mode | (isThumb ? THUMB : 0);
  const given = givenCpu({ cpsr, code: [(isThumb ? each.thumb : each.arm) ?? nop] });
  given.words[CP15_CONTROL] |= control;
  each.raise?.(given);
  const at = given.pc;
  if (isInterrupt(each)) given.core.run(given.core.instructions());
  else given.run(1);
  return { given, at };
}

describe.each(exceptions)("$name", (each) => {
  it.each([
    ["ARM", false],
    ["Thumb", true],
  ])("enters its mode from every mode in %s state", (_state, isThumb) => {
    for (const [name, mode] of modes) {
      const { given, at } = enter(each, mode, isThumb);
      const link = at + each.links[isThumb ? 1 : 0];
      expect([given.pc, given.reg(14)], name).toEqual([each.vector, link]);
      // In ARM state, IRQ masked, FIQ masked by FIQ alone, flags as they were.
      const masks = IRQ_OFF | (each.mode === Mode.fiq ? FIQ_OFF : 0);
      expect(given.cpsr, name).toBe((FLAGS | masks | each.mode) >>> 0);
      expect(spsrOf(given, each.mode), name).toBe((FLAGS | mode | (isThumb ? THUMB : 0)) >>> 0);
    }
  });

  it("uses the high vectors when they are chosen", () => {
    const { given } = enter(each, Mode.usr, false, Control.V);
    expect(given.pc).toBe(0xffff0000 + each.vector);
  });

  it("keeps the masks that were set", () => {
    if (isInterrupt(each)) return;
    const { given } = enter(each, Mode.svc | IRQ_OFF | FIQ_OFF, false);
    expect(given.cpsr & 0xc0).toBe(IRQ_OFF | FIQ_OFF);
    expect(spsrOf(given, each.mode) & 0xc0).toBe(IRQ_OFF | FIQ_OFF);
  });

  it("is counted", () => {
    const { given } = enter(each, Mode.usr, false);
    const { core } = given;
    expect(Object.values(core.exceptionCounts).reduce((sum, count) => sum + count, 0)).toBe(1);
    // An interrupt is taken between two instructions, the others use one up.
    expect(core.instructions()).toBe(isInterrupt(each) ? 0 : 1);
  });
});

describe("the way back from an exception", () => {
  const ways: [string, number, number][] = [
    ["movs pc, lr", 0xe1b0f00e, 0],
    ["subs pc, lr, #4", 0xe25ef004, 4],
    ["ldmia sp!, {pc}^", 0xe8fd8000, 0],
    ["ldmia sp, {r0, pc}^", 0xe8dd8001, 0],
    ["ldmia sp!, {r0, r1, pc}^", 0xe8fd8003, 0],
  ];

  it.each(ways)("%s takes CPSR and state from the SPSR of every mode", (_text, instruction, distance) => {
    for (const [name, mode] of exceptionModes) {
      for (const target of [FLAGS | Mode.usr, 0x40000000 | THUMB | Mode.usr, Mode.svc | IRQ_OFF, THUMB | Mode.fiq]) {
        const given = givenCpu({ cpsr: mode | IRQ_OFF | FIQ_OFF, code: [instruction] });
        given.words[SPSR_BANKS + bankOf(mode)] = target;
        given.words[14] = DATA + 0x100 + distance;
        given.words[13] = DATA;
        // The last word of whichever list it is.
        const count = ((instruction >>> 26) & 1) === 0 ? (instruction & 1) + ((instruction >>> 1) & 1) : 0;
        given.write(DATA + 4 * count, DATA + 0x100);
        given.run(1);
        expect([given.pc, given.cpsr], name).toEqual([DATA + 0x100, target >>> 0]);
      }
    }
  });

  it("ldm with ^ and write-back moves the stack pointer of the mode that it leaves", () => {
    const given = givenCpu({
      cpsr: Mode.irq | IRQ_OFF,
      code: [0xe8fd8001] /* ldmia sp!, {r0, pc}^ */,
      data: [7, CODE],
    });
    given.words[13] = DATA;
    given.words[R13_BANKS] = 0x1313;
    given.words[SPSR_BANKS + bankOf(Mode.irq)] = Mode.usr;
    given.run(1);
    expect([given.reg(0), given.reg(13), given.words[R13_BANKS + bankOf(Mode.irq)]]).toEqual([7, 0x1313, DATA + 8]);
  });

  it("an aborted one stays where it was", () => {
    const given = givenCpu({ cpsr: Mode.irq | IRQ_OFF, code: [0xe8fd8001] });
    given.words[13] = VA;
    given.words[SPSR_BANKS + bankOf(Mode.irq)] = Mode.usr;
    given.run(1);
    expect([given.pc, given.cpsr & 0x1f, spsrOf(given, Mode.abt) & 0x1f]).toEqual([0x10, Mode.abt, Mode.irq]);
    expect(given.words[R13_BANKS + bankOf(Mode.irq)]).toBe(VA);
  });

  it("from user and system mode, which have no SPSR, is a plain branch", () => {
    for (const mode of [Mode.usr, Mode.sys]) {
      const given = givenCpu({ cpsr: FLAGS | mode, code: [0xe1b0f00e] });
      given.words[14] = DATA + 2;
      given.run(1);
      expect([given.pc, given.cpsr]).toEqual([DATA, (FLAGS | mode) >>> 0]);
    }
  });

  it("into user mode brings user mode's rights with it", () => {
    const given = givenCpu({
      cpsr: Mode.svc | IRQ_OFF,
      code: [0xe1b0f00e, 0xe5910000],
      registers: { 1: VA, 14: CODE + 4 },
    });
    given.enableMmu().mapFirst(VA, sectionEntry(0x100000, { ap: 1 }));
    given.words[SPSR_BANKS + bankOf(Mode.svc)] = Mode.usr;
    given.run(2);
    expect(given.faults).toEqual({ dfsr: 0xd, ifsr: 0, far: VA });
  });
});

describe("user registers from a privileged mode", () => {
  const list = 0x7f00; // r8 to r14

  it.each(modes.filter(([name]) => name !== "usr"))(
    "are what LDM with ^ loads and STM with ^ stores in %s mode",
    (_name, mode) => {
      const data = [8, 9, 10, 11, 12, 13, 14];
      const given = givenCpu({ cpsr: mode | IRQ_OFF | FIQ_OFF, data });
      for (let n = 8; n < 15; n++) given.words[n] = 0x100 + n;
      given.words[0] = DATA;
      given.words[1] = DATA + 0x100;
      // ldmia r0, {r8-r14}^; stmia r1, {r8-r14}^
      given.execute(0xe8d00000 | list, 0xe8c10000 | list);
      expect(data.map((_, index) => given.word(DATA + 0x100 + 4 * index))).toEqual(data);
      const { state } = given.core;
      expect(data.map((n) => given.words[state.userRegisterIndex(n)])).toEqual(data);
      const owned = mode === Mode.sys ? [] : mode === Mode.fiq ? [8, 9, 10, 11, 12, 13, 14] : [13, 14];
      for (const n of owned) expect(given.words[n]).toBe(0x100 + n);
    },
  );

  it("STM with ^ takes the base from its own mode and may write it back, and stores the PC", () => {
    const given = givenCpu({ cpsr: Mode.fiq | IRQ_OFF | FIQ_OFF, registers: {} });
    given.words[R8_R12_USER] = 0x88;
    given.words[8] = DATA;
    given.execute(0xe8e88100 /* stmia r8!, {r8, pc}^ */);
    expect([given.word(DATA), given.word(DATA + 4), given.reg(8)]).toEqual([0x88, CODE + 8, DATA + 8]);
    expect(given.words[R8_R12_USER]).toBe(0x88);
  });
});

describe("MSR and MRS", () => {
  it.each([
    ["c", 1, 0x000000df],
    ["x", 2, 0],
    ["s", 4, 0],
    ["f", 8, 0xf8000000],
    ["fsxc", 15, 0xf80000df],
  ])("CPSR_%s changes its field only, and never T, in a privileged mode", (_field, mask, changed) => {
    const given = givenCpu({ cpsr: Mode.svc, registers: { 2: 0xffffffff } });
    given.execute(0xe120f002 | (mask << 16));
    expect(given.cpsr).toBe(((Mode.svc & ~changed) | (0xffffffff & changed)) >>> 0);
  });

  it("in user mode changes the flags only", () => {
    const given = givenCpu({ cpsr: Mode.usr, registers: { 2: 0xffffffd3 } });
    given.execute(0xe12ff002);
    expect(given.cpsr).toBe(0xf8000010);
    expect(given.execute(0xe10f3000 /* mrs r3, CPSR */).reg(3)).toBe(0xf8000010);
  });

  it.each([
    ["c", 1, 0xff],
    ["x", 2, 0xff00],
    ["s", 4, 0xff0000],
    ["f", 8, 0xff000000],
  ])("SPSR_%s writes eight bits, T too", (_field, mask, changed) => {
    const given = givenCpu({ cpsr: Mode.irq | IRQ_OFF, registers: { 2: 0xffffffff } });
    given.execute(0xe160f002 | (mask << 16));
    expect(spsrOf(given, Mode.irq)).toBe(changed);
    expect(given.execute(0xe14f3000 /* mrs r3, SPSR */).reg(3)).toBe(changed);
    expect(given.cpsr).toBe(Mode.irq | IRQ_OFF);
  });

  it("write to no other mode's SPSR, and to none in system mode", () => {
    const given = givenCpu({ cpsr: Mode.sys, registers: { 2: 0xffffffff } });
    given.execute(0xe16ff002);
    for (const [, mode] of exceptionModes) expect(spsrOf(given, mode)).toBe(0);
  });

  it("change the register bank with the mode", () => {
    const given = givenCpu({ registers: { 13: 0x13, 14: 0x14 } });
    given.words[R13_BANKS + bankOf(Mode.und)] = 0x99;
    given.enterMode(Mode.und | IRQ_OFF);
    expect(given.reg(13)).toBe(0x99);
    given.enterMode(Mode.svc | IRQ_OFF);
    expect([given.reg(13), given.reg(14), given.words[R14_BANKS + bankOf(Mode.svc)]]).toEqual([0x13, 0x14, 0x14]);
  });
});

describe("coprocessors that are not there", () => {
  it.each([
    ["a VFP probe, fmrx r2, fpsid", 0xeef02a10],
    ["mrc p15 in user mode", 0xee102f10],
    ["ldc p1, c0, [r1]", 0xed910100],
    ["cdp p3, 0, c0, c0, c0, 0", 0xee000300],
    ["mrrc p7, 0, r2, r3, c0", 0xec532700],
  ])("%s is undefined, and the next instruction runs as ever", (_text, instruction) => {
    const given = givenCpu({ cpsr: Mode.usr, vectors: { 4: 0xe1b0f00e /* movs pc, lr */ } });
    given.execute(instruction, 0xe3a02005 /* mov r2, #5 */, 0xe1a00000);
    expect([given.core.exceptionCounts.undefined, given.reg(2), given.cpsr]).toEqual([1, 5, Mode.usr]);
  });
});
