import { describe, expect, it } from "vitest";
import {
  Control,
  CP15_CONTROL,
  CP15_FAR,
  CP15_IFSR,
  cpuModels,
  Mode,
  R13_BANKS,
  R14_BANKS,
  SPSR_BANKS,
} from "../../../src/arm/core/index.ts";
import { Interpreter } from "../../../src/arm/interp/index.ts";
import { GuestBus, HostMemory, PageTraps } from "../../../src/memory/index.ts";

const RAM_BYTES = 0x20000;
const CODE = 0x8000;
const DATA = 0x9000;
const THUMB = 0x20;

interface Given {
  cpsr?: number;
  registers?: Readonly<Record<number, number>>;
  /** Words from `DATA` on. */
  data?: readonly number[];
}

/** A core with RAM at 0, the MMU off, and `code` at CODE: words, or halves for Thumb. */
function givenCode(code: readonly number[], { cpsr = Mode.svc, registers = {}, data = [] }: Given = {}) {
  const host = new HostMemory(RAM_BYTES);
  const ram = { kind: "ram", name: "ram", guestAddress: 0, sizeBytes: RAM_BYTES, hostAddress: 0 } as const;
  const bus = new GuestBus(host, new PageTraps(host.u8.length), [ram]);
  const core = new Interpreter(bus, cpuModels["arm926ej-s"]);
  const isThumb = (cpsr & THUMB) !== 0;
  const codeArray = isThumb ? Uint16Array.from(code) : Uint32Array.from(code);
  bus.writeMemory(CODE, new Uint8Array(codeArray.buffer));
  bus.writeMemory(DATA, new Uint8Array(Uint32Array.from(data).buffer));
  core.state.setCpsr(cpsr);
  const words = core.state.words;
  for (const [n, value] of Object.entries(registers)) words[Number(n)] = value;
  core.pc = CODE;
  core.resynchronize();
  return {
    core,
    words,
    run: (count: number) => core.run(core.instructions() + count),
    word: (address: number) => bus.readU32(address),
    cpsr: () => core.state.cpsr() >>> 0,
  };
}

describe("branches", () => {
  it("B and BL go by the distance from the instruction + 8", () => {
    const given = givenCode([0xea000000, 0, 0xebfffffc]);
    given.run(1);
    expect(given.core.pc).toBe(CODE + 8);
    given.run(1);
    expect([given.core.pc, given.words[14]]).toEqual([CODE, CODE + 12]);
  });

  it("BLX goes to Thumb code and back, at the odd half too", () => {
    const given = givenCode([0xfb000000, 0, 0x47704770]);
    given.run(1);
    expect([given.core.pc, given.words[14], given.cpsr()]).toEqual([CODE + 10, CODE + 4, Mode.svc | THUMB]);
    given.run(1);
    expect([given.core.pc, given.cpsr()]).toEqual([CODE + 4, Mode.svc]);
  });

  it("BX takes the state from bit 0, and BLX may use LR as its own target", () => {
    const given = givenCode([0xe12fff3e], { registers: { 14: DATA + 1 } });
    given.run(1);
    expect([given.core.pc, given.words[14], given.cpsr() & THUMB]).toEqual([DATA, CODE + 4, THUMB]);
  });

  it("two halves of a Thumb BL reach backwards and forwards", () => {
    for (const distance of [-0x3000, 0x2ffe]) {
      const given = givenCode([0xf000 | ((distance >> 12) & 0x7ff), 0xf800 | ((distance >> 1) & 0x7ff)], {
        cpsr: Mode.svc | THUMB,
      });
      given.run(2);
      expect([given.core.pc, given.words[14]]).toEqual([CODE + 4 + distance, (CODE + 4) | 1]);
    }
  });

  it("a Thumb BLX goes to ARM state, its target aligned", () => {
    const given = givenCode([0x46c0, 0xf000, 0xe802], { cpsr: Mode.svc | THUMB });
    given.run(3);
    expect([given.core.pc, given.words[14], given.cpsr() & THUMB]).toEqual([CODE + 8, (CODE + 6) | 1, 0]);
  });

  it("a conditional Thumb branch falls through or goes", () => {
    for (const [flags, target] of [
      [0, CODE + 2],
      [0x40000000, CODE - 0x7c],
    ]) {
      const given = givenCode([0xd0c0], { cpsr: flags | Mode.svc | THUMB });
      given.run(1);
      expect(given.core.pc).toBe(target);
    }
  });

  it("a load to R15 takes the state from bit 0, a move to R15 does not", () => {
    const load = givenCode([0xe590f000], { registers: { 0: DATA }, data: [DATA + 0x101] });
    load.run(1);
    expect([load.core.pc, load.cpsr() & THUMB]).toEqual([DATA + 0x100, THUMB]);
    const move = givenCode([0xe1a0f000], { registers: { 0: DATA + 3 } });
    move.run(1);
    expect([move.core.pc, move.cpsr() & THUMB]).toEqual([DATA, 0]);
  });

  it("a Thumb POP with PC takes the state from bit 0", () => {
    const given = givenCode([0xbd01], { cpsr: Mode.svc | THUMB, registers: { 13: DATA }, data: [7, CODE + 0x40] });
    given.run(1);
    expect([given.core.pc, given.words[0], given.words[13], given.cpsr() & THUMB]).toEqual([
      CODE + 0x40,
      7,
      DATA + 8,
      0,
    ]);
  });

  it("Thumb literals are read from the aligned PC", () => {
    const given = givenCode([0x46c0, 0x4800, 0xa100, 0x46c0], { cpsr: Mode.svc | THUMB });
    given.run(3);
    expect([given.words[0] >>> 0, given.words[1]]).toEqual([0x46c0a100, CODE + 8]);
  });
});

describe("modes", () => {
  it("LDM and STM with ^ use the user registers and leave those of the mode", () => {
    const given = givenCode([0xe8d06000, 0xe8c16000], {
      registers: { 0: DATA, 1: DATA + 0x100, 13: 0x1313, 14: 0x1414 },
      data: [0xaaaa, 0xbbbb],
    });
    given.run(1);
    expect([given.words[13], given.words[14]]).toEqual([0x1313, 0x1414]);
    expect([given.words[R13_BANKS], given.words[R14_BANKS]]).toEqual([0xaaaa, 0xbbbb]);
    given.run(1);
    expect([given.word(DATA + 0x100), given.word(DATA + 0x104)]).toEqual([0xaaaa, 0xbbbb]);
  });

  it.each([
    ["MOVS PC, LR", 0xe1b0f00e],
    ["SUBS PC, LR, #0", 0xe25ef000],
    ["LDM with PC and ^", 0xe8fd8000],
  ])("%s restores the CPSR of the interrupted program", (_name, instruction) => {
    const given = givenCode([instruction], {
      cpsr: Mode.irq | 0x80,
      registers: { 13: DATA, 14: DATA + 0x40 },
      data: [DATA + 0x40],
    });
    given.words[SPSR_BANKS + 2] = 0x60000000 | THUMB | Mode.usr;
    given.run(1);
    expect([given.core.pc, given.cpsr()]).toEqual([DATA + 0x40, 0x60000000 | THUMB | Mode.usr]);
  });

  it("MSR changes the mode and its registers, but only the flags in user mode, and never T", () => {
    const given = givenCode([0xe321f0f2], { registers: { 13: 0x1313 } });
    given.run(1);
    expect([given.cpsr(), given.words[13]]).toEqual([Mode.irq | 0xc0, 0]);
    const user = givenCode([0xe12ff000], { cpsr: Mode.usr, registers: { 0: 0xf00000d3 } });
    user.run(1);
    expect(user.cpsr()).toBe(0xf0000000 + Mode.usr);
  });

  it.each([
    ["SVC", 0xef000000, 0x08, Mode.svc, CODE + 4],
    ["an undefined instruction", 0xe7f001f2, 0x04, Mode.und, CODE + 4],
    ["a word of the space without instructions", 0xf57ff05f, 0x04, Mode.und, CODE + 4],
    ["BKPT", 0xe1200070, 0x0c, Mode.abt, CODE + 4],
    ["CP15 in user mode", 0xee110f10, 0x04, Mode.und, CODE + 4],
    ["an absent coprocessor", 0xeef83a10, 0x04, Mode.und, CODE + 4],
    ["an empty register list", 0xe8900000, 0x04, Mode.und, CODE + 4],
  ])("%s enters its exception from user mode", (_name, instruction, vector, mode, link) => {
    const given = givenCode([instruction], { cpsr: Mode.usr });
    given.run(1);
    expect([given.core.pc, given.cpsr() & 0x9f, given.words[14]]).toEqual([vector, mode | 0x80, link]);
    expect(given.words[CP15_IFSR]).toBe(mode === Mode.abt ? 2 : 0);
  });

  it("a failed condition makes even an undefined instruction do nothing", () => {
    const given = givenCode([0x07f001f2]);
    given.run(1);
    expect(given.core.pc).toBe(CODE + 4);
  });

  it.each([
    ["LDR", 0xe4910004],
    ["LDRT", 0xe4b10004],
    ["LDR with write-back", 0xe5b10004],
    ["LDM", 0xe8b10005],
    ["LDRD", 0xe1e100d8],
    ["LDRSH", 0xe0d100f4],
    ["SWP", 0xe1010092],
    ["STR", 0xe4810004],
    ["STM", 0xe8a10005],
    ["STRD", 0xe1e100f8],
  ])("an alignment abort of %s leaves base, loaded registers and memory as they were", (_name, instruction) => {
    const base = DATA + 1;
    const given = givenCode([instruction], { registers: { 0: 5, 1: base, 2: 6 }, data: [1, 2, 3, 4] });
    given.words[CP15_CONTROL] |= Control.A;
    given.run(1);
    expect([given.core.pc, given.words[0], given.words[1], given.words[2]]).toEqual([0x10, 5, base, 6]);
    expect([given.words[CP15_FAR] & ~15, given.words[14]]).toEqual([DATA, CODE + 8]);
    expect([0, 4, 8, 12].map((offset) => given.word(DATA + offset))).toEqual([1, 2, 3, 4]);
  });
});
