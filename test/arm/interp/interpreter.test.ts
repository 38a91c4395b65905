import { describe, expect, it } from "vitest";
import { Mode } from "../../../src/arm/core/index.ts";
import { rowIndex } from "../../../src/arm/decode/index.ts";
import { Interpreter } from "../../../src/arm/interp/index.ts";
import { TRAP_DIRTY } from "../../../src/memory/index.ts";
import { makeCase } from "../fuzz/case-generator.ts";
import { makeRandom } from "../fuzz/random.ts";
import type { GivenCpu } from "../given-cpu.ts";
import { CODE, DATA, FIQ_OFF, givenCpu, IRQ_OFF, RAM_BYTES, sectionEntry, THUMB } from "../given-cpu.ts";

const NOP = 0xe1a00000;
const ADD_ONE = 0xe2800001; // add r0, r0, #1
const LOOP = 0xeafffffd; // b to the instruction before
const WFI = 0xee070f90; // mcr p15, 0, r0, c7, c0, 4
const IRQ_ON = 0xe321f013; // msr CPSR_c, #0x13

/** Counts in R0 for ever. */
const givenCounter = (options = {}) => givenCpu({ code: [ADD_ONE, LOOP], ...options });

describe("a slice", () => {
  it("runs exactly up to the count that was asked for", () => {
    const { core, words } = givenCounter();
    core.run(101);
    expect([core.instructions(), words[0]]).toEqual([101, 51]);
    core.run(101);
    core.run(50);
    expect([core.instructions(), words[0]]).toEqual([101, 51]);
    core.run(102);
    expect([core.instructions(), words[0]]).toEqual([102, 51]);
  });

  it("ends after the current instruction by endSlice, with the count exact", () => {
    const given = givenCounter({
      code: [ADD_ONE, 0xe5810000 /* str r0, [r1] */, NOP, 0xeafffffb],
      registers: { 1: DATA },
    });
    given.traps.listen(TRAP_DIRTY, () => given.core.endSlice());
    given.traps.set(given.frameOf(DATA), TRAP_DIRTY);
    given.core.run(1000);
    expect([given.core.instructions(), given.pc]).toEqual([2, CODE + 8]);
    given.core.run(1000);
    expect(given.core.instructions()).toBe(6);
  });

  it.each([
    ["at its new end", 20, 100, 20],
    ["where it would have, when the new end is later", 1000, 40, 40],
    ["at once, when the new end is past", 0, 100, 1],
  ])("made shorter by shortenSlice ends %s", (_when, limit, asked, end) => {
    const given = givenCounter({ code: [0xe5810000 /* str r0, [r1] */, ADD_ONE, 0xeafffffc], registers: { 1: DATA } });
    given.traps.listen(TRAP_DIRTY, () => given.core.shortenSlice(limit));
    given.traps.set(given.frameOf(DATA), TRAP_DIRTY);
    given.core.run(asked);
    expect(given.core.instructions()).toBe(end);
  });

  it("counts an instruction whose condition fails, and one that aborts", () => {
    const given = givenCpu({
      cpsr: 0x40000000 | Mode.svc,
      code: [0x12800001 /* addne */, 0xe5910000],
      registers: { 1: 0x50000000 },
    });
    given.core.run(2);
    expect([given.core.instructions(), given.reg(0), given.pc]).toEqual([2, 0, 0x10]);
  });

  it("knows the count in the middle of itself", () => {
    const given = givenCounter({ code: [NOP, NOP, 0xe5810000, NOP, NOP], registers: { 1: DATA } });
    const seen: number[] = [];
    given.traps.listen(TRAP_DIRTY, () => seen.push(given.core.instructions()));
    given.traps.set(given.frameOf(DATA), TRAP_DIRTY);
    given.core.run(5);
    // Instructions begun, the storing one among them.
    expect(seen).toEqual([3]);
  });
});

describe("an interrupt", () => {
  const open = { cpsr: Mode.svc };

  it("that waits is taken before the first instruction of a slice", () => {
    const given = givenCounter(open);
    given.core.setIrqLine(true);
    given.core.run(10);
    expect(given.core.exceptionCounts.irq).toBe(1);
    expect([given.reg(14), given.core.instructions()]).toEqual([CODE + 4, 10]);
  });

  it.each([1, 2, 3, 7, 100])("asserted by an event is taken exactly after instruction %i", (count) => {
    const given = givenCounter(open);
    given.core.run(count);
    given.core.setIrqLine(true);
    given.core.run(count);
    expect([given.core.instructions(), given.pc, given.reg(14)]).toEqual([
      count,
      0x18,
      (count % 2 === 0 ? CODE : CODE + 4) + 4,
    ]);
    expect(given.reg(0)).toBe(Math.ceil(count / 2));
  });

  it("asserted by a store is taken after the storing instruction", () => {
    const given = givenCpu({ cpsr: Mode.svc, code: [0xe5810000, ADD_ONE], registers: { 1: DATA } });
    given.traps.listen(TRAP_DIRTY, () => given.core.setIrqLine(true));
    given.traps.set(given.frameOf(DATA), TRAP_DIRTY);
    given.core.run(100);
    expect([given.core.instructions(), given.pc]).toEqual([1, CODE + 4]);
    given.core.run(1);
    expect([given.pc, given.reg(14), given.reg(0)]).toEqual([0x18, CODE + 8, 0]);
  });

  it("that is masked waits until MSR opens it, and comes right after it", () => {
    const given = givenCpu({ cpsr: Mode.svc | IRQ_OFF, code: [ADD_ONE, IRQ_ON, ADD_ONE] });
    given.core.setIrqLine(true);
    given.run(2);
    expect([given.core.exceptionCounts.irq, given.reg(0)]).toEqual([0, 1]);
    given.core.run(2);
    expect([given.pc, given.reg(14), given.cpsr]).toEqual([0x18, CODE + 12, Mode.irq | IRQ_OFF]);
    expect(given.reg(0)).toBe(1);
  });

  it("comes right after the return from an exception that opens it", () => {
    const given = givenCpu({ cpsr: Mode.svc | IRQ_OFF, code: [0xe1b0f00e /* movs pc, lr */], registers: { 14: DATA } });
    given.words[32 + 3] = Mode.usr | THUMB;
    given.core.setIrqLine(true);
    given.run(1);
    given.core.run(1);
    expect([given.pc, given.reg(14), given.cpsr]).toEqual([0x18, DATA + 4, Mode.irq | IRQ_OFF]);
  });

  it("goes away when its line does", () => {
    const given = givenCounter(open);
    given.core.setIrqLine(true);
    given.core.setIrqLine(false);
    given.core.run(2);
    expect(given.core.exceptionCounts.irq).toBe(0);
  });

  it("gives way to an FIQ, and is taken in its turn", () => {
    const given = givenCpu({ cpsr: Mode.svc, vectors: { 28: 0xe25ef004 /* subs pc, lr, #4 */ } });
    given.core.setIrqLine(true);
    given.core.setFiqLine(true);
    given.core.run(0);
    expect([given.pc, given.cpsr]).toEqual([0x1c, Mode.fiq | IRQ_OFF | FIQ_OFF]);
    given.core.setFiqLine(false);
    given.run(1);
    given.core.run(1);
    expect([given.pc, given.reg(14), given.cpsr]).toEqual([0x18, CODE + 4, Mode.irq | IRQ_OFF]);
  });

  it("of the fast kind breaks into the handler of the other", () => {
    const given = givenCounter(open);
    given.core.setIrqLine(true);
    given.core.run(0);
    given.core.setFiqLine(true);
    given.core.run(0);
    expect([given.pc, given.reg(14), given.words[32 + 1]]).toEqual([0x1c, 0x1c, Mode.irq | IRQ_OFF]);
  });
});

describe("waiting for an interrupt", () => {
  it.each([
    ["clear", Mode.svc, 0x18, 0],
    ["set", Mode.svc | IRQ_OFF, CODE + 8, 1],
  ])("ends by one with I %s", (_name, cpsr, pc, added) => {
    const given = givenCpu({ cpsr, code: [WFI, ADD_ONE] });
    given.core.run(100);
    expect([given.core.isHalted, given.core.instructions(), given.pc]).toEqual([true, 1, CODE + 4]);
    given.core.run(100);
    expect([given.core.isHalted, given.core.instructions()]).toEqual([true, 1]);
    given.core.setIrqLine(true);
    expect(given.core.isHalted).toBe(false);
    if (added === 0) given.core.run(1);
    else given.core.run(2);
    expect([given.pc, given.words[0]]).toEqual([pc, added]);
    if (added === 0) expect(given.reg(14)).toBe(CODE + 8);
  });

  it("does not begin while a line is asserted, masked or not", () => {
    for (const raise of ["setIrqLine", "setFiqLine"] as const) {
      const given = givenCpu({ code: [WFI, ADD_ONE] });
      given.core[raise](true);
      given.core.run(2);
      expect([given.core.isHalted, given.reg(0)]).toEqual([false, 1]);
    }
  });

  it("is for privileged code only", () => {
    const given = givenCpu({ cpsr: Mode.usr, code: [WFI] });
    given.run(1);
    expect([given.core.isHalted, given.core.exceptionCounts.undefined]).toEqual([false, 1]);
  });

  it("is part of the saved state", () => {
    const given = givenCpu({ code: [WFI, ADD_ONE] });
    given.core.run(10);
    const other = givenCpu({ code: [WFI, ADD_ONE] });
    other.core.restore(given.core.save());
    expect([other.core.isHalted, other.core.instructions()]).toEqual([true, 1]);
    other.core.setIrqLine(true);
    other.core.run(2);
    expect(other.reg(0)).toBe(1);
  });
});

/** Copies memory and state, as a snapshot does. */
function copyOf(given: GivenCpu): GivenCpu {
  const copy = givenCpu();
  copy.bus.host.ram().set(given.bus.host.ram());
  copy.core.restore(JSON.parse(JSON.stringify(given.core.save())));
  return copy;
}

const imageOf = (given: GivenCpu) => ({
  state: given.core.save(),
  memory: Buffer.from(given.bus.host.ram()).toString("base64"),
});

describe("save and restore", () => {
  /** Random code, mapped twice, of which most is defined; exceptions go back into it. */
  function givenRandomCode(seed: number): GivenCpu {
    const random = makeRandom(seed);
    const given = givenCpu({ cpsr: Mode.svc });
    given
      .enableMmu()
      .mapFirst(0x50000000, sectionEntry(0, { ap: 3 }))
      .mapFirst(0x30000000, sectionEntry(0x100000, { ap: 3 }));
    const code = Array.from({ length: 60 }, (_, n) => makeCase(seed, 5 * n)).flatMap((each) =>
      each.isThumb ? [] : each.code,
    );
    given.write(CODE, ...code, 0xea000000 | ((-code.length - 2) & 0xffffff));
    // Every vector: a branch to a random place of the code.
    for (let vector = 0; vector < 0x20; vector += 4) {
      given.write(vector, 0xea000000 | ((CODE - vector - 8) / 4 + random.below(code.length)));
    }
    for (let n = 0; n < 15; n++) given.words[n] = 0x30001000 + 8 * random.below(200);
    return given;
  }

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("at any point gives the same run as never: seed %i", (seed) => {
    const random = makeRandom(1000 + seed);
    const straight = givenRandomCode(seed);
    let interrupted = givenRandomCode(seed);
    for (let part = 0; part < 6; part++) {
      const count = 1 + random.below(700);
      straight.run(count);
      interrupted.run(count);
      expect(interrupted.core.save(), `part ${part}`).toEqual(straight.core.save());
      interrupted = copyOf(interrupted);
    }
    expect(imageOf(interrupted)).toEqual(imageOf(straight));
    expect(Object.values(straight.core.exceptionCounts).some((count) => count > 0)).toBe(true);
  });

  it("in small slices gives the same run as in one", () => {
    const whole = givenRandomCode(11);
    const parts = givenRandomCode(11);
    whole.run(1500);
    for (let n = 0; n < 1500; n++) parts.run(1);
    expect(imageOf(parts)).toEqual(imageOf(whole));
  });
});

describe("what a debugger asks", () => {
  it("probe translates without an effect, with the rights of the mode", () => {
    const given = givenCpu()
      .enableMmu()
      .mapFirst(0x40000000, sectionEntry(0x100000, { ap: 3 }));
    const before = given.core.save();
    expect(given.core.probe(0x40000123)).toBe(0x100123);
    expect(given.core.probe(0x50000000)).toBeUndefined();
    expect(given.core.save()).toEqual(before);
  });

  it("setRegisters is what a boot loader does last", () => {
    const given = givenCpu();
    given.core.setRegisters([0, 387, 0x100], DATA);
    expect([given.reg(0), given.reg(1), given.reg(2), given.pc]).toEqual([0, 387, 0x100, DATA]);
  });

  it("reset is power-on, and the count goes on", () => {
    const given = givenCounter({ cpsr: Mode.usr });
    given.run(10);
    given.core.reset();
    expect([given.cpsr, given.pc, given.core.instructions()]).toEqual([0xd3, 0, 10]);
    expect(given.load(RAM_BYTES - 4)).toEqual({ value: 0 });
  });
});

describe("counts of rows", () => {
  it("are of executed instructions only, and only when they were asked for", () => {
    const options = { cpsr: 0x40000000 | Mode.svc, code: [ADD_ONE, 0x12800001 /* addne */, LOOP] };
    expect(givenCpu(options).core.rowCounts).toBeUndefined();
    const given = givenCpu({ ...options, makeCore: (bus, model) => new Interpreter(bus, model, { countRows: true }) });
    given.run(5);
    const counts = given.core.rowCounts;
    expect(counts?.[rowIndex("addImm")]).toBe(1);
    expect(counts?.[rowIndex("b")]).toBe(2);
    expect(counts?.[rowIndex("addReg")]).toBe(0);
  });
});
