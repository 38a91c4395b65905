import { describe, expect, it } from "vitest";
import { Mode, R13_BANKS, SPSR_BANKS } from "../../../src/arm/core/index.ts";
import { CODE, DATA, FIQ_OFF, type GivenOptions, givenCpu, IRQ_OFF, THUMB } from "../given-cpu.ts";

const A = 0x100;
const E = 0x200;
const givenV6 = (options: GivenOptions = {}) => givenCpu({ model: "arm1176jzf-s", ...options });

describe("CPS", () => {
  it.each([
    ["cpsie i", 0xf1080080, FIQ_OFF | A | Mode.svc],
    ["cpsie aif", 0xf10801c0, Mode.svc],
    ["cpsie f, #16", 0xf10a0050, IRQ_OFF | A | Mode.usr],
    ["cps #31", 0xf102001f, IRQ_OFF | FIQ_OFF | A | Mode.sys],
  ])("%s changes the masks and the mode", (_text, instruction, after) => {
    expect(givenV6({ cpsr: IRQ_OFF | FIQ_OFF | A | Mode.svc }).execute(instruction).cpsr).toBe(after);
  });

  it("sets masks, and the banks follow the mode", () => {
    const given = givenV6({ cpsr: Mode.svc, registers: { 13: 0x1313 } }).execute(0xf10e01d2 /* cpsid aif, #18 */);
    expect([given.cpsr, given.reg(13)]).toEqual([IRQ_OFF | FIQ_OFF | A | Mode.irq, 0]);
  });

  it("works in Thumb state, and does nothing in user mode", () => {
    expect(givenV6({ cpsr: Mode.svc | THUMB, code: [0xb672] /* cpsid i */ }).run(1).cpsr).toBe(
      Mode.svc | THUMB | IRQ_OFF,
    );
    expect(givenV6({ cpsr: Mode.usr }).execute(0xf10e01d3).cpsr).toBe(Mode.usr);
  });

  it("lets a waiting interrupt in at once", () => {
    const given = givenV6({ cpsr: IRQ_OFF | Mode.svc, code: [0xf1080080, 0xe3a00001] });
    given.core.setIrqLine(true);
    given.run(2);
    expect([given.cpsr & 0x1f, given.reg(14)]).toEqual([Mode.irq, CODE + 8]);
  });
});

describe("SETEND", () => {
  const SETEND_BE = 0xf1010200;
  const SETEND_LE = 0xf1010000;
  const LDR = 0xe5912000; /* ldr r2, [r1] */

  it("turns the bytes of data accesses round, until it turns them back", () => {
    const given = givenV6({ registers: { 1: DATA }, data: [0x11223344] });
    given.execute(LDR, SETEND_BE, 0xe5913000 /* ldr r3 */, 0xe1d140b0 /* ldrh r4 */, 0xe5d15000 /* ldrb r5 */);
    expect([2, 3, 4, 5].map((n) => given.reg(n))).toEqual([0x11223344, 0x44332211, 0x4433, 0x44]);
    expect(given.cpsr & E).toBe(E);
    given.execute(0xe5812004 /* str r2, [r1, #4] */, 0xe1c120b8 /* strh r2, [r1, #8] */);
    expect([given.word(DATA + 4), given.word(DATA + 8)]).toEqual([0x44332211, 0x4433]);
    given.execute(SETEND_LE, LDR);
    expect([given.reg(2), given.cpsr & E]).toEqual([0x11223344, 0]);
  });

  it("holds for several words, and each keeps its place", () => {
    const given = givenV6({ registers: { 1: DATA }, data: [0x11223344, 0x55667788] });
    given.execute(SETEND_BE, 0xe891000c /* ldm r1, {r2, r3} */, 0xe2811008, 0xe881000c /* stm r1, {r2, r3} */);
    expect([given.reg(2), given.reg(3)]).toEqual([0x44332211, 0x88776655]);
    expect([given.word(DATA + 8), given.word(DATA + 12)]).toEqual([0x11223344, 0x55667788]);
  });

  it("goes to the SPSR in an exception, and comes back with it; the handler is little-endian", () => {
    const given = givenV6({ registers: { 1: DATA }, data: [0x11223344] });
    given.write(4, 0xe5912000, 0xe1b0f00e /* movs pc, lr */);
    given.execute(SETEND_BE, 0xe7f000f0 /* undefined */).run(1);
    expect([given.reg(2), given.words[SPSR_BANKS + bankOfUnd] & E]).toEqual([0x11223344, E]);
    given.run(1);
    expect(given.execute(LDR).reg(2)).toBe(0x44332211);
  });

  it("is part of the saved state", () => {
    const given = givenV6({ registers: { 1: DATA }, data: [0x11223344] }).execute(LDR, SETEND_BE);
    const other = givenV6({ data: [0x11223344] }).execute(0xe1a00000);
    other.core.restore(structuredClone(given.core.save()));
    expect(other.execute(LDR).reg(2)).toBe(0x44332211);
  });
});

const bankOfUnd = 5;

describe("SRS and RFE", () => {
  it("store LR and SPSR to the stack of another mode, and load PC and CPSR from there", () => {
    const given = givenV6({ cpsr: Mode.irq | IRQ_OFF, registers: { 14: DATA + 0x40 } });
    given.words[R13_BANKS + 3] = DATA + 0x100;
    given.words[SPSR_BANKS + 2] = 0x60000000 | THUMB | Mode.usr;
    given.execute(0xf96d0513 /* srsdb sp!, #19 */);
    expect([given.word(DATA + 0xf8), given.word(DATA + 0xfc)]).toEqual([DATA + 0x40, 0x60000000 | THUMB | Mode.usr]);
    given.execute(0xf1020013 /* cps #19 */);
    expect(given.reg(13)).toBe(DATA + 0xf8);
    given.execute(0xf8bd0a00 /* rfeia sp! */);
    expect([given.pc, given.cpsr]).toEqual([DATA + 0x40, 0x60000000 | THUMB | Mode.usr]);
    expect(given.words[R13_BANKS + 3]).toBe(DATA + 0x100);
  });

  it.each([
    ["rfeda", 0xf8110a00, -4],
    ["rfedb", 0xf9110a00, -8],
    ["rfeia", 0xf8910a00, 0],
    ["rfeib", 0xf9910a00, 4],
  ])("%s takes two words from its place", (_text, instruction, offset) => {
    const given = givenV6({ registers: { 1: DATA + 0x20 } });
    given.write(DATA + 0x20 + offset, 0x1000, Mode.sys);
    given.execute(instruction);
    expect([given.pc, given.cpsr]).toEqual([0x1000, Mode.sys]);
  });

  it.each([
    ["RFE in user mode", 0xf8910a00, Mode.usr],
    ["SRS in user mode", 0xf8cd0513, Mode.usr],
    ["SRS in system mode", 0xf8cd0513, Mode.sys],
  ])("are undefined: %s", (_text, instruction, mode) => {
    const given = givenV6({ cpsr: mode, registers: { 1: DATA } }).execute(instruction);
    expect([given.pc, given.cpsr & 0x1f]).toEqual([4, Mode.und]);
  });
});

describe("the status registers of ARMv6", () => {
  it("have GE, E and A, which MSR writes, but not A in user mode", () => {
    const given = givenV6({ cpsr: Mode.svc, registers: { 0: 0x000f0000 | A | E } }).execute(
      0xe12ef000 /* msr CPSR_fsx */,
    );
    expect(given.cpsr).toBe(0x000f0000 | A | E | Mode.svc);
    const user = givenV6({ cpsr: Mode.usr, registers: { 0: 0xf8050000 | A } }).execute(0xe12ff000 /* msr CPSR_fsxc */);
    expect(user.cpsr).toBe(0xf8050000 + Mode.usr);
  });

  it("do not exist on the ARM926EJ-S", () => {
    const given = givenCpu({ cpsr: Mode.svc, registers: { 0: 0x000f0000 | A | E } }).execute(0xe12ef000);
    expect(given.cpsr).toBe(Mode.svc);
  });
});
