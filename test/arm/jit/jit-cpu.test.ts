import { describe, expect, it } from "vitest";
import { Control, Mode, R15, REMAINING } from "../../../src/arm/core/index.ts";
import { Interpreter } from "../../../src/arm/interp/index.ts";
import { JitCpu, type Tuning } from "../../../src/arm/jit/index.ts";
import { makeRandom } from "../fuzz/random.ts";
import {
  CODE,
  coarseEntry,
  DATA,
  DEVICE,
  extendedSection,
  extendedSmall,
  type GivenCpu,
  type GivenOptions,
  givenCpu,
  SECOND_TABLE,
  sectionEntry,
  smallEntry,
  TABLE,
  THUMB,
} from "../given-cpu.ts";
import { FuzzMachine } from "./fuzz/fuzz-machine.ts";
import { makeProgram } from "./fuzz/program.ts";

const NOP = 0xe1a00000;
const BX_LR = 0xe12fff1e;
const branch = (from: number, to: number, opcode = 0xea000000): number =>
  (opcode | (((to - from - 8) >> 2) & 0xffffff)) >>> 0;
const BL = 0xeb000000;

/** The same on both engines; a place is compiled when it is reached for the second time. */
class Pair {
  readonly interp: GivenCpu;
  readonly jit: GivenCpu;

  constructor(options: GivenOptions, tuning: Partial<Tuning> = {}) {
    this.interp = givenCpu({ ...options, makeCore: (bus, model) => new Interpreter(bus, model) });
    const makeJit: GivenOptions["makeCore"] = (bus, model) =>
      new JitCpu(bus, model, { tuning: { hotEntries: 1, ...tuning } });
    this.jit = givenCpu({ ...options, makeCore: makeJit });
  }

  /** Does the same to both. */
  each(act: (given: GivenCpu) => void): this {
    act(this.interp);
    act(this.jit);
    return this;
  }

  /** Runs both in slices of so many instructions, and expects equal states after each. */
  run(count: number, slice = count): this {
    for (let done = 0; done < count; done += slice) {
      this.each((given) => given.run(Math.min(slice, count - done)));
      expect(this.state(this.jit), `after ${done + slice} instructions`).toEqual(this.state(this.interp));
    }
    return this;
  }

  private state(given: GivenCpu) {
    const words = Array.from(given.words);
    words[R15] = 0;
    words[REMAINING] = 0;
    return { words, instructions: given.core.instructions(), exceptions: given.core.exceptionCounts };
  }

  private get core(): JitCpu {
    const { core } = this.jit;
    if (!(core instanceof JitCpu)) throw new Error("the second core compiles");
    return core;
  }

  get counts() {
    return this.core.counts;
  }

  get exits() {
    return this.core.exits;
  }
}

const given = (options: GivenOptions, tuning?: Partial<Tuning>): Pair => new Pair(options, tuning);

describe("a compiling core", () => {
  // 0: add r0, r0, #1; 4: add r1, r1, r0; 8: b 0
  const counter = [0xe2800001, 0xe0811000, branch(8, 0)];

  it("runs hot code compiled, to the same state after slices of every length", () => {
    for (const slice of [1, 2, 3, 5, 7, 30, 1000]) {
      const pair = given({ code: counter }).run(3000, slice);
      if (slice > 3) expect(pair.counts.regions).toBeGreaterThan(0);
    }
  });

  it("compiles nothing that is not hot", () => {
    expect(given({ code: counter }, { hotEntries: 400 }).run(900).counts.regions).toBe(0);
  });

  it("takes an interrupt at the instruction at which it is unmasked", () => {
    // 0: msr CPSR_c, #0x93; 4: str r0, [r8]; 8: nop; c: msr CPSR_c, #0x13; 10: nop; 14: b 0
    const code = [0xe321f093, 0xe5880000, NOP, 0xe321f013, NOP, branch(0x14, 0)];
    const handler = [0xe2866001, 0xe5886004, 0xe25ef004]; // add r6, r6, #1; str r6, [r8, #4]; subs pc, lr, #4
    const pair = given({ code, registers: { 8: DEVICE }, vectors: { 24: branch(24, 0x100) } });
    pair.each((each) => {
      each.write(0x100, ...handler);
      each.onDeviceWrite = (offset) => each.core.setIrqLine(offset === 0);
    });
    pair.run(2000, 331);
    expect(pair.jit.core.exceptionCounts.irq).toBeGreaterThan(100);
  });

  it("runs a slice of no instructions, and one that is over at an exit", () => {
    const pair = given({ code: [0xe2800001, 0xe5881000, branch(8, 0)], registers: { 8: DEVICE } });
    pair.each((each) => {
      each.onDeviceWrite = () => each.core.endSlice();
    });
    pair.run(500, 2);
    pair.each((each) => each.core.run(each.core.instructions()));
    pair.run(9, 3);
  });
});

describe("compiled code that is written to", () => {
  it("is what was written, also when its page had been forgotten before", () => {
    // 0: bl 0x1000; 4: b 0
    const code = [branch(0, 0x1000, BL), branch(4, 0)];
    const pair = given({ code });
    pair.each((each) => each.write(CODE + 0x1000, 0xe2800001, BX_LR)).run(400);
    for (let round = 0; round < 6; round++) {
      // Stores beside the code, enough for the page to be taken for data, then into it.
      for (let i = 0; i < 80; i++) pair.each((each) => each.bus.writeMemory(CODE + 0x1800 + i, Uint8Array.of(round)));
      pair.each((each) => each.write(CODE + 0x1000, 0xe2800001 + round)).run(400, 37);
    }
  });

  it("is new code from the next instruction on when it writes to itself", () => {
    // 0: add r0, r0, #1; 4: add r2, r2, #1; 8: str r2, [r3]; c: nop (written to); 10: b 0
    const code = [0xe2800001, 0xe2822001, 0xe5832000, NOP, branch(0x10, 0)];
    given({ code, registers: { 2: 0xe2811000, 3: CODE + 0xc } }).run(1000, 61); // add r1, r1, #0, #1 and so on
  });

  it("is forgotten wholly or not at all, whatever its places were part of before", () => {
    // 0: tst r7, #7; 4: nop; 8: add r0, r0, #1; c: b F, in another page, where: add r2, r2, #1; bx r5
    const code = [0xe3170007, NOP, 0xe2800001, branch(0xc, 0x1000)];
    const pair = given({ code, registers: { 4: CODE, 5: CODE + 0x2000, 6: CODE } });
    const [call, near] = [0x80, 0x90];
    pair.each((each) => {
      each.write(CODE + call, 0xe2811001, BX_LR);
      each.write(CODE + near, 0xe2822001, 0xe12fff15);
      each.write(CODE + 0x1000, 0xe2822001, 0xe12fff15);
      // At r5: add r7, r7, #1; tst r7, #15; bxne r4; bx r6
      each.write(CODE + 0x2000, 0xe2877001, 0xe317000f, 0x112fff14, 0xe12fff16);
    });
    pair.run(400);
    // Code of the first page alone, with a call (bleq) in place of the nop: 8 is a second place to enter it.
    const changed = [0xe3170007, branch(4, call, 0x0b000000), 0xe2800001, branch(0xc, near)];
    pair.each((each) => each.write(CODE, ...changed)).run(400);
    // The other page is no part of it any more.
    pair.each((each) => each.write(CODE + 0x1000, 0xe2822002)).run(400);
    pair
      .each((each) => {
        each.words[6] = CODE + 8;
      })
      .run(400, 50);
  });
});

describe("compiled code and mappings", () => {
  /** `bl` to a function at `ALIAS` and back, for ever. */
  const ALIAS = 0x00310000;

  it("knows that the same code at another address is other code", () => {
    // r4 and r5 hold the addresses: 0: blx r4; 4: blx r5; 8: b 0.  0x100: add r0, r0, pc; bx lr
    const code = [0xe12fff34, 0xe12fff35, branch(8, 0)];
    const pair = given({ code, registers: { 4: CODE + 0x100, 5: ALIAS + 0x100 } });
    pair.each((each) => {
      each.write(CODE + 0x100, 0xe080000f, BX_LR);
      each.enableMmu().mapFirst(ALIAS, sectionEntry(0, { ap: 3 }));
    });
    pair.run(2000, 313);
  });

  it("leaves a region whose other page the DACR does not let it fetch from any more", () => {
    // 0: bl target; 4: mcr p15, 0, r5, c3, c0, 0; 8: eor r5, r5, #4; c: b 0
    const target = ALIAS + 0x200;
    const code = [branch(CODE, target, BL), 0xee035f10, 0xe2255004, branch(0xc, 0)];
    const options = { code, registers: { 5: 1, 9: CODE + 4 }, vectors: { 12: branch(12, 0x100) } };
    // Hot in a round in which both pages are accessible.
    const pair = given(options, { hotEntries: 2 });
    pair.each((each) => {
      each.write(0x100, 0xe1a0e009, 0xe1b0f00e); // mov lr, r9; movs pc, lr
      each.write(CODE + 0x200, 0xe2800001, BX_LR);
      each.enableMmu({ dacr: 5 }).mapFirst(ALIAS, sectionEntry(0, { ap: 3, domain: 1 }));
    });
    pair.run(3000, 271);
    expect(pair.jit.core.exceptionCounts.prefetchAbort).toBeGreaterThan(50);
    expect(pair.jit.reg(0)).toBeGreaterThan(50);
  });

  it("leaves a region whose other page is mapped to another frame now", () => {
    const page = 0x00200000;
    const entryAt = SECOND_TABLE;
    // 0: bl page; str r6, [r7]; mcr p15, 0, r8, c8, c7, 1; eor r6, r6, #0x1000; b 0
    const code = [branch(CODE, page, BL), 0xe5876000, 0xee088f37, 0xe2266a01, branch(0x10, 0)];
    const full = [3, 3, 3, 3];
    const registers = { 6: smallEntry(0x31000, full), 7: entryAt, 8: page };
    const pair = given({ code, registers });
    pair.each((each) => {
      each.write(0x30000, 0xe2800001, BX_LR);
      each.write(0x31000, 0xe2811001, BX_LR);
      each.write(entryAt, smallEntry(0x30000, full));
      each.enableMmu().mapFirst(page, coarseEntry(SECOND_TABLE));
    });
    pair.run(3000, 401);
    expect(Math.abs(pair.jit.reg(0) - pair.jit.reg(1))).toBeLessThan(2);
  });

  describe("of an address space of ARMv6", () => {
    const page = 0x00200000;
    const otherTable = 0xc000;
    // 0: bl page; eor r6, r6, #0x8000; write TTBR0; eor r8, r8, #1; write the context ID; b 0
    const code = [branch(CODE, page, BL), 0xe2266902, 0xee026f10, 0xe2288001, 0xee0d8f30, branch(0x14, 0)];
    const registers = { 6: TABLE, 9: CODE + 4 };
    const tuning = { moduleFunctions: 1, moduleTries: 1 };

    /** The page is another frame in the other space, with these rights. */
    const givenSpaces = (xn: number): Pair => {
      const pair = given({ model: "arm1176jzf-s", code, registers, vectors: { 12: branch(12, 0x100) } }, tuning);
      return pair.each((each) => {
        each.write(0x100, 0xe1a0e009, 0xe1b0f00e); // mov lr, r9; movs pc, lr
        each.write(0x30000, 0xe2800001, BX_LR);
        each.write(0x31000, 0xe2811001, BX_LR);
        each.write(SECOND_TABLE, extendedSmall(0x30000, { ap: 3, nG: 1 }));
        each.write(SECOND_TABLE + 0x400, extendedSmall(0x31000, { ap: 3, nG: 1, xn }));
        each.write(otherTable, extendedSection(0, { ap: 3 }));
        each.write(otherTable + (page >>> 18), coarseEntry(SECOND_TABLE + 0x400));
        each.enableMmu({ control: Control.XP }).mapFirst(page, coarseEntry(SECOND_TABLE));
      });
    };

    it("is not taken for that of another one", () => {
      const pair = givenSpaces(0).run(3000, 401);
      expect(pair.jit.reg(0)).toBeGreaterThan(100);
      expect(Math.abs(pair.jit.reg(0) - pair.jit.reg(1))).toBeLessThan(2);
    });

    it("is not entered where the other one may not execute it", () => {
      const pair = givenSpaces(1).run(3000, 401);
      expect(pair.jit.reg(0)).toBeGreaterThan(100);
      expect(pair.jit.reg(1)).toBe(0);
      expect(pair.jit.core.exceptionCounts.prefetchAbort).toBeGreaterThan(100);
    });
  });

  it("goes on when pages of one region take each other's TLB entries", () => {
    // The two pages are 4 MiB apart: 0: bl twin; b 0
    const twin = 0x00400000 + CODE;
    const pair = given({ code: [branch(CODE, twin + 0x100, BL), 0xe2811001, branch(8, 0)] });
    pair.each((each) => {
      each.write(CODE + 0x100, 0xe2800001, BX_LR);
      each.enableMmu().mapFirst(twin, sectionEntry(0, { ap: 3 }));
    });
    pair.run(2000, 97);
    expect(pair.counts.regions).toBeGreaterThan(0);
  });
});

describe("compiled code and the state", () => {
  it("hands over to the interpreter in the state it leaves, within one page", () => {
    // ARM: 0: bx r4 (Thumb at 0x20); 4: b 0.  Thumb: 0x20: adds r0, #1; svc; bx r5 (to 4)
    const code = [0xe12fff14, branch(4, 0)];
    const registers = { 4: CODE + 0x21, 5: CODE + 4 };
    const pair = given({ code, registers, cpsr: Mode.sys, vectors: { 8: 0xe1b0f00e } });
    pair.each((each) => each.writeHalves(CODE + 0x20, 0x3001, 0xdf00, 0x4728));
    for (const slice of [1, 3, 10, 333]) pair.run(1000, slice);
  });

  it("jumps to the highest Thumb address, where nothing is", () => {
    const code = [0xe12fff14, branch(4, 0)];
    const vectors = { 12: 0xe1a0f005 /* mov pc, r5 */ };
    given({ code, vectors, registers: { 4: 0xffffffff, 5: CODE }, cpsr: Mode.svc }).run(600, 53);
  });

  it("runs Thumb code from the start", () => {
    // 0: adds r0, #1; 2: lsls r1, r0, #3; 4: b 0
    given({ code: [0x3001, 0x00c1, 0xe7fc], cpsr: Mode.usr | THUMB }).run(3000, 89);
  });
});

describe("saving and restoring", () => {
  it("at random points of random programs makes no difference to what comes after", () => {
    const random = makeRandom(20_261_121);
    for (let number = 0; number < 12; number++) {
      const program = makeProgram(7, number);
      const straight = new FuzzMachine("interp", program);
      const saved = new FuzzMachine("jit", program);
      for (let point = 0; point < 6; point++) {
        const until = saved.core.instructions() + 1 + random.below(1500);
        straight.runTo(until);
        saved.runTo(until);
        const state = structuredClone(saved.core.save());
        expect(state, `program ${number}, instruction ${until}`).toEqual(straight.core.save());
        // It goes on from what is saved alone, after it has done and compiled something else.
        const goBack = saved.checkpoint();
        saved.runTo(until + 500);
        goBack();
      }
      expect(Buffer.compare(saved.host.ram(), straight.host.ram()), `memory of program ${number}`).toBe(0);
    }
  });
});

describe("the compiler's memory", () => {
  it("is bounded: all code is forgotten when it costs too much, and the run goes on in the same state", () => {
    // Every word is a function of its own (bx lr); they are called one after the other.
    // 0: blx r4; 4: add r4, r4, #4; 8: cmp r4, r5; c: moveq r4, r6; 10: b 0
    const code = [0xe12fff34, 0xe2844004, 0xe1540005, 0x01a04006, branch(0x10, 0)];
    const functions = 10_000;
    const registers = { 4: DATA, 5: DATA + functions * 4, 6: DATA };
    const pair = given({ code, registers });
    const flushesBefore = pair.counts.flushes;
    pair.each((each) => each.write(DATA, ...new Array<number>(functions).fill(BX_LR)));
    pair.run(functions * 6 * 3, functions * 2);
    expect(pair.counts.regions).toBeGreaterThan(functions / 2);
    // One place costs at least 16 KiB, and all of them at most 80 MB.
    expect(pair.counts.flushes - flushesBefore).toBeGreaterThanOrEqual(Math.floor((functions * 16_384) / 80e6));
  });
});
