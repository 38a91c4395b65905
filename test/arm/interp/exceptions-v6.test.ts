import { describe, expect, it } from "vitest";
import {
  bankOf,
  Control,
  CP15_CONTROL,
  CP15_IFAR,
  CP15_VBAR,
  FAULT_WRITE,
  Fault,
  Mode,
  SPSR_BANKS,
} from "../../../src/arm/core/index.ts";
import type { GivenCpu } from "../given-cpu.ts";
import { CODE, extendedSection, FIQ_OFF, givenCpu, IRQ_OFF, THUMB } from "../given-cpu.ts";

const VA = 0x40000000;
const A = 0x100;
const E = 0x200;
const model = "arm1176jzf-s";

interface ExceptionCase {
  name: string;
  instruction?: number;
  vector: number;
  mode: number;
  masks: number;
  raise?: (given: GivenCpu) => void;
}

const cases: ExceptionCase[] = [
  { name: "an undefined instruction", instruction: 0xe7f000f0, vector: 4, mode: Mode.und, masks: IRQ_OFF },
  { name: "SVC", instruction: 0xef000000, vector: 8, mode: Mode.svc, masks: IRQ_OFF },
  { name: "BKPT", instruction: 0xe1200070, vector: 0xc, mode: Mode.abt, masks: IRQ_OFF | A },
  { name: "a data abort", instruction: 0xe5910000, vector: 0x10, mode: Mode.abt, masks: IRQ_OFF | A },
  {
    name: "a prefetch abort",
    vector: 0xc,
    mode: Mode.abt,
    masks: IRQ_OFF | A,
    raise: (given) => {
      given.core.pc = VA;
    },
  },
  { name: "an IRQ", vector: 0x18, mode: Mode.irq, masks: IRQ_OFF | A, raise: (given) => given.core.setIrqLine(true) },
  {
    name: "an FIQ",
    vector: 0x1c,
    mode: Mode.fiq,
    masks: IRQ_OFF | FIQ_OFF | A,
    raise: (given) => given.core.setFiqLine(true),
  },
];

function enter({ instruction = 0xe1a00000, raise }: ExceptionCase, cpsr: number, control = 0): GivenCpu {
  const given = givenCpu({ model, cpsr, code: [instruction], registers: { 1: VA } });
  given.words[CP15_CONTROL] |= control;
  raise?.(given);
  // An interrupt is taken before the first instruction of its handler, which is not to run.
  if (instruction === 0xe1a00000 && given.core.pc === CODE) given.core.run(given.core.instructions());
  else given.run(1);
  return given;
}

describe.each(cases)("$name of ARMv6", (each) => {
  it("masks imprecise aborts unless it is an instruction's own, and keeps the GE flags", () => {
    const given = enter(each, 0x000a0000 | Mode.usr);
    expect([given.pc, given.cpsr]).toEqual([each.vector, 0x000a0000 | each.masks | each.mode]);
    expect(given.words[SPSR_BANKS + bankOf(each.mode)]).toBe(0x000a0000 | Mode.usr);
  });

  it("takes its byte order from the control register", () => {
    expect(enter(each, Mode.usr, Control.EE).cpsr & E).toBe(E);
    expect(enter(each, Mode.usr | E).cpsr & E).toBe(0);
    expect(enter(each, Mode.usr | E).words[SPSR_BANKS + bankOf(each.mode)] & E).toBe(E);
  });

  it("goes to the vector base, or to the high vectors whatever that is", () => {
    const atBase = (control: number) => {
      const given = givenCpu({ model, code: [each.instruction ?? 0xe1a00000], registers: { 1: VA }, cpsr: Mode.usr });
      given.words[CP15_VBAR] = 0x1000;
      given.words[CP15_CONTROL] |= control;
      each.raise?.(given);
      if (each.instruction === undefined && given.core.pc === CODE) given.core.run(given.core.instructions());
      else given.run(1);
      return given.pc;
    };
    expect(atBase(0)).toBe(0x1000 + each.vector);
    expect(atBase(Control.V)).toBe(0xffff0000 + each.vector);
  });
});

describe("the A bit", () => {
  it("comes back with the SPSR", () => {
    const given = givenCpu({ model, cpsr: Mode.abt | IRQ_OFF | A, code: [0xe25ef008 /* subs pc, lr, #8 */] });
    given.words[SPSR_BANKS + bankOf(Mode.abt)] = Mode.svc | THUMB;
    given.words[14] = CODE + 8;
    given.run(1);
    expect(given.cpsr).toBe(Mode.svc | THUMB);
  });
});

describe("fault registers of ARMv6", () => {
  const givenPages = () =>
    givenCpu({ model })
      .enableMmu({ control: Control.XP })
      .mapFirst(VA, extendedSection(0x100000, { ap: 3, apx: 1 }));

  it("a data abort leaves those of instructions, and a prefetch abort those of data", () => {
    const given = givenPages();
    expect(given.store(VA + 0x10, 1)).toEqual({ status: Fault.permissionSection | FAULT_WRITE, far: VA + 0x10 });
    given.core.pc = 0x50000000;
    given.run(1);
    expect(given.faults).toEqual({
      dfsr: Fault.permissionSection | FAULT_WRITE,
      ifsr: Fault.translationSection,
      far: VA + 0x10,
    });
    expect(given.words[CP15_IFAR]).toBe(0x50000000);
  });

  it("the read of SWP counts as a read, its write as a write", () => {
    const swp = 0xe1010092; // swp r0, r2, [r1]
    expect(givenPages().load(VA, swp)).toEqual({ status: Fault.permissionSection | FAULT_WRITE, far: VA });
    expect(givenPages().load(0x50000000, swp)).toMatchObject({ status: Fault.translationSection });
  });

  it("a block transfer that may not store says so", () => {
    const given = givenPages();
    given.words[2] = 0x22;
    expect(given.load(VA + 0x20, 0xe8810004 /* stm r1, {r2} */)).toEqual({
      status: Fault.permissionSection | FAULT_WRITE,
      far: VA + 0x20,
    });
  });
});
