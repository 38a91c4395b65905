import { beforeEach, describe, expect, it } from "vitest";
import {
  CAN_READ,
  CAN_WRITE,
  CP15_DACR,
  FLAG_T,
  FLAG_Z,
  MODE,
  PC,
  R13_BANKS,
  R14_BANKS,
  REMAINING,
  SPSR_BANKS,
  Tlb,
} from "../../../src/arm/core/index.ts";
import { rows } from "../../../src/arm/decode/index.ts";
import { compileRegion, regionModule } from "../../../src/arm/jit/compile.ts";
import { instantiate } from "../../../src/arm/jit/dispatcher.ts";
import { Exit } from "../../../src/arm/jit/locals.table.ts";
import {
  DACR_BANK_WORDS,
  DACR_VALUE_WORDS,
  lookUpFunction,
  SPSR_WORD,
  TLB_BANK_WORD,
} from "../../../src/arm/jit/look-up.ts";
import { KIND_FETCH } from "../../../src/arm/jit/wasm-memory.ts";
import { CPU_STATE_OFFSET, HostMemory, PageTraps, RAM_OFFSET, ROW_COUNTS_OFFSET } from "../../../src/memory/index.ts";
import { BL, BX_LR, branch, CODE, core, findRegion, type GivenCode, NOP, SVC } from "./given-code.ts";

const host = new HostMemory(0x20000);
const memoryPages = host.u8.length / 65_536;
const s = host.i32.subarray(CPU_STATE_OFFSET >> 2);
const tlb = new Tlb(host, new PageTraps(host.u8.length));
/** The privileged bank of a DACR value, in words. */
const bankOf = (dacr: number): number => tlb.bankFor(dacr) + Tlb.bankStride;

/** Host addresses that fetches of pages are answered with when the TLB has none; and the pages asked for. */
const fetches = new Map<number, number>();
let asked: number[] = [];
const lookUp = lookUpFunction(host, memoryPages, (va, kind) => {
  asked.push(va);
  return (kind === KIND_FETCH ? fetches.get(va) : undefined) ?? -1;
});

/** The region that begins at the first word; all of it counts as executed. */
function compile(given: GivenCode, { countsRows = false } = {}) {
  const region = findRegion(given);
  if (region === undefined) throw new Error("the first instruction can be compiled");
  const compiled = compileRegion(region, { ...core, countsRows });
  const [run] = instantiate(regionModule([compiled.body], memoryPages), { m: host.memory, lookUp });
  return { run, entries: compiled.entries };
}

interface Start {
  readonly words: readonly number[];
  /** Left in the slice. */
  readonly remaining?: number;
  readonly registers?: readonly number[];
  /** Other words of the CPU state, by index. */
  readonly state?: Readonly<Record<number, number>>;
}

/** Runs it from the block of an address. */
function run({ words, remaining = 50, registers = [], state = {} }: Start, pc = CODE) {
  const { run, entries } = compile({ words });
  s.fill(0, 0, SPSR_WORD + 16);
  for (const [n, value] of registers.entries()) s[n] = value;
  s[PC] = pc;
  s[REMAINING] = remaining;
  s[TLB_BANK_WORD] = bankOf(1) * 4;
  for (const [word, value] of Object.entries(state)) s[Number(word)] = value;
  const block = entries.get(pc);
  if (block === undefined) throw new Error("the region can be entered there");
  const reason = run(block);
  return { reason, pc: (s[PC] - CODE) / 4, remaining: s[REMAINING], r0: s[0], r1: s[1], r2: s[2] };
}

const runFrom = (words: readonly number[], remaining: number, registers: readonly number[] = [], pc = CODE) =>
  run({ words, remaining, registers }, pc);

const ADD_R1 = 0xe2811001; // add r1, r1, #1
const SUBS_R0 = 0xe2500001; // subs r0, r0, #1
/** 0: add r1; 1: subs r0; 2: bne 0; 3: bx lr */
const countdown = [ADD_R1, SUBS_R0, branch(2, 0, 0x1a000000), BX_LR];
const LR = new Array<number>(14).fill(0);

describe("a compiled region", () => {
  it("runs a loop to its end and counts what it executed", () => {
    const result = runFrom(countdown, 1000, [10, 0, ...LR.slice(2), CODE + 400]);
    expect(result).toMatchObject({ reason: Exit.next, pc: 100, r0: 0, r1: 10, remaining: 1000 - 31 });
  });

  it("does nothing when the slice is shorter than the region", () => {
    expect(runFrom(countdown, 3, [10])).toEqual({ reason: Exit.budget, pc: 0, remaining: 3, r0: 10, r1: 0, r2: 0 });
  });

  it("leaves a loop in front of the round for which the slice might be too short", () => {
    const result = runFrom(countdown, 20, [0, 0]);
    expect(result).toMatchObject({ reason: Exit.budget, pc: 0, r0: -6, r1: 6, remaining: 20 - 18 });
    expect(result.remaining).toBeLessThan(countdown.length);
  });

  it("ends where the interpreter is needed, with what came before done", () => {
    const words = [ADD_R1, ADD_R1, SVC];
    expect(runFrom(words, 10)).toMatchObject({ reason: Exit.interpret, pc: 2, remaining: 8, r1: 2 });
  });

  it("comes back from a call within itself, and may be entered there", () => {
    // 0: bl 3; 1: add r2, r2, #8; 2: b 6 (cold); 3: add r1; 4: bx lr
    const words = [branch(0, 3, BL), 0xe2822008, branch(2, 6), ADD_R1, BX_LR];
    expect(runFrom(words, 50)).toMatchObject({ reason: Exit.next, pc: 6, remaining: 45, r1: 1, r2: 8 });
    expect(runFrom(words, 50, [], CODE + 4)).toMatchObject({ reason: Exit.next, pc: 6, remaining: 48, r1: 0, r2: 8 });
  });

  it("goes back to its only entry from a loop that crosses another one", () => {
    // 0: add r1; 1: subs r0; 2: bne 0; 3: subs r2; 4: bne 1; 5: bx lr
    const words = [ADD_R1, SUBS_R0, branch(2, 0, 0x1a000000), 0xe2522001, branch(4, 1, 0x1a000000), BX_LR];
    const result = runFrom(words, 100, [3, 0, 1, ...LR.slice(3), CODE + 400]);
    expect(result).toMatchObject({ reason: Exit.next, pc: 100, r0: 0, r1: 3, r2: 0, remaining: 100 - 12 });
  });

  it("returns to somebody else's address by leaving", () => {
    const words = [branch(0, 3, BL), 0xe2822008, branch(2, 6), 0xe1a0e000 /* mov lr, r0 */, BX_LR];
    expect(runFrom(words, 50, [0x4001])).toMatchObject({ reason: Exit.next, pc: (0x4000 - CODE) / 4 });
    expect(s[FLAG_T]).toBe(1);
  });

  it("runs loops in loops, and loops that somebody enters in the middle", () => {
    // 0: mov r2, #3; 1: add r1; 2: subs r2; 3: bne 1; 4: subs r0; 5: bne 0; 6: bx lr
    const nested = [0xe3a02003, ADD_R1, 0xe2522001, branch(3, 1, 0x1a000000), SUBS_R0, branch(5, 0, 0x1a000000), BX_LR];
    const lr = [5, 0, ...LR.slice(2), CODE + 400];
    expect(runFrom(nested, 1000, lr)).toMatchObject({ reason: Exit.next, pc: 100, r1: 15, remaining: 1000 - 61 });
    // 0: cmp r0, #2; 1: beq 3; 2: add r1; 3: subs r0; 4: bne 2; 5: bx lr
    const entered = [0xe3500002, branch(1, 3, 0x0a000000), ADD_R1, SUBS_R0, branch(4, 2, 0x1a000000), BX_LR];
    const two = [2, 0, ...LR.slice(2), CODE + 400];
    expect(runFrom(entered, 1000, two)).toMatchObject({ pc: 100, r1: 1, remaining: 1000 - 8 });
    const four = [4, 0, ...LR.slice(2), CODE + 400];
    expect(runFrom(entered, 1000, four)).toMatchObject({ pc: 100, r1: 4, remaining: 1000 - 15 });
  });

  it("runs loops that cross each other", () => {
    // 0: add r1; 1: subs r0; 2: beq 6; 3: tst r0, #1; 4: bne 1; 5: b 0; 6: bx lr
    const words = [
      ADD_R1,
      SUBS_R0,
      branch(2, 6, 0x0a000000),
      0xe3100001,
      branch(4, 1, 0x1a000000),
      branch(5, 0),
      BX_LR,
    ];
    // r0 = 7: 7 subtractions; back to 0 after those that leave an even number.
    const lr = [7, 0, ...LR.slice(2), CODE + 400];
    expect(runFrom(words, 1000, lr)).toMatchObject({ reason: Exit.next, pc: 100, r0: 0, r1: 4 });
  });

  it("counts executions by row when asked to, those of conditional instructions only when they are executed", () => {
    const { run } = compile({ words: countdown }, { countsRows: true });
    host.i32.fill(0, ROW_COUNTS_OFFSET >> 2, (ROW_COUNTS_OFFSET >> 2) + rows.length);
    s.fill(0, 0, 128);
    s[0] = 5;
    s[REMAINING] = 1000;
    run(0);
    const counted = rows.flatMap(({ name, index }) => {
      const count = host.i32[(ROW_COUNTS_OFFSET >> 2) + index];
      return count === 0 ? [] : [[name, count]];
    });
    expect(Object.fromEntries(counted)).toEqual({ addImm: 5, subImm: 5, b: 4, bx: 1 });
  });
});

describe("a conditional instruction that the interpreter must do", () => {
  // 0: add r1; 1: svceq; 2: add r1; 3: bx lr
  const words = [ADD_R1, 0x0f000000, ADD_R1, BX_LR];

  it("ends the region before it when the condition holds", () => {
    expect(run({ words, state: { [FLAG_Z]: 1 } })).toMatchObject({
      reason: Exit.interpret,
      pc: 1,
      remaining: 49,
      r1: 1,
    });
  });

  it("is passed over when the condition does not hold", () => {
    const registers = [0, 0, ...LR.slice(2), CODE + 400];
    expect(run({ words, registers })).toMatchObject({ reason: Exit.next, pc: 100, remaining: 46, r1: 2 });
  });
});

/** 0: add r1; 1: b 0x400 (the next page), where: add r1; bx lr. */
const twoPages = [ADD_R1, branch(1, 0x400), ...new Array<number>(0x3fe).fill(NOP), ADD_R1, BX_LR];
const [PAGE_A, PAGE_B] = [CODE, CODE + 0x1000];
const atB = { reason: Exit.next, pc: 100, remaining: 46, r1: 2 };
const registers = [0, 0, ...LR.slice(2), CODE + 400];

describe("a region of two pages", () => {
  beforeEach(() => {
    tlb.flush();
    fetches.clear();
    asked = [];
  });
  const map = (page: number, frame = page, access = CAN_READ, dacr = 1) =>
    tlb.fill(bankOf(dacr), page, RAM_OFFSET + frame, access);

  it("runs when the TLB has both, without asking", () => {
    map(PAGE_A);
    map(PAGE_B);
    expect(run({ words: twoPages, registers })).toMatchObject(atB);
    expect(asked).toEqual([]);
  });

  it("asks for a page that the TLB does not have, and runs when it is mapped as before", () => {
    map(PAGE_A);
    fetches.set(PAGE_B, RAM_OFFSET + PAGE_B);
    expect(run({ words: twoPages, registers })).toMatchObject(atB);
    expect(asked).toEqual([PAGE_B]);
  });

  const beforeB = { reason: Exit.next, pc: 0x400, remaining: 48, r1: 1 };
  const never = 8; // NEVER_EXECUTE
  it.each([
    { what: "is not mapped", arrange: () => {} },
    { what: "is another frame now, as the TLB has it", arrange: () => map(PAGE_B, PAGE_A) },
    { what: "is another frame now, as the tables have it", arrange: () => fetches.set(PAGE_B, RAM_OFFSET + PAGE_A) },
    { what: "may be read and not executed", arrange: () => map(PAGE_B, PAGE_B, CAN_READ | never) },
    { what: "is only known for another DACR value", arrange: () => map(PAGE_B, PAGE_B, CAN_READ, 5) },
  ])("ends before the other page when that $what", ({ arrange }) => {
    map(PAGE_A);
    arrange();
    expect(run({ words: twoPages, registers })).toMatchObject(beforeB);
  });

  describe("that writes the DACR", () => {
    // 0: mcr p15, 0, r0, c3, c0, 0; 1: add r1; 2: b 0x400
    const words = [0xee030f10, ADD_R1, branch(2, 0x400), ...twoPages.slice(3)];
    const dacr = 5;
    const given = () => {
      map(PAGE_A);
      map(PAGE_B);
      const state = { [CP15_DACR]: 1, [DACR_VALUE_WORDS + 2]: dacr, [DACR_BANK_WORDS + 2]: tlb.bankFor(dacr) * 4 };
      return { words, registers: [dacr, ...registers.slice(1)], state };
    };

    it("goes on in the bank of the new value when its code is mapped there", () => {
      const start = given();
      map(PAGE_A, PAGE_A, CAN_READ, dacr);
      map(PAGE_B, PAGE_B, CAN_READ, dacr);
      expect(run(start)).toMatchObject({ ...atB, remaining: 45 });
      expect([s[CP15_DACR], s[TLB_BANK_WORD]]).toEqual([dacr, bankOf(dacr) * 4]);
    });

    it("ends behind the write when the bank does not have the page, and before another page that it does not have", () => {
      const start = given();
      expect(run(start)).toMatchObject({ reason: Exit.next, pc: 1, remaining: 49, r1: 0 });
      map(PAGE_A, PAGE_A, CAN_READ, dacr);
      expect(run(given())).toMatchObject({ reason: Exit.next, pc: 0x400, remaining: 47, r1: 1 });
      expect([s[CP15_DACR], s[TLB_BANK_WORD]]).toEqual([dacr, bankOf(dacr) * 4]);
    });

    it("leaves a value that has no bank to the interpreter", () => {
      const start = given();
      expect(run({ ...start, state: { [CP15_DACR]: 1 } })).toMatchObject({
        reason: Exit.interpret,
        pc: 0,
        remaining: 50,
      });
      expect([s[CP15_DACR], s[TLB_BANK_WORD]]).toEqual([1, bankOf(1) * 4]);
    });
  });
});

describe("compiled exception code", () => {
  const spsr = SPSR_BANKS + 3;
  const spsrAt = CPU_STATE_OFFSET + spsr * 4;

  it("reads and writes the SPSR of its mode", () => {
    // mrs r0, SPSR; add r1; msr SPSR_fsxc, r2
    const words = [0xe14f0000, ADD_R1, 0xe16ff002, SVC];
    const state = { [SPSR_WORD]: spsrAt, [spsr]: 0x6000_0010, [MODE]: 0x13 };
    expect(run({ words, registers: [0, 0, 0x2000_0013], state })).toMatchObject({ pc: 3, r0: 0x6000_0010, r1: 1 });
    expect(s[spsr]).toBe(0x2000_0013);
  });

  it("leaves the SPSR to the interpreter in a mode that has none", () => {
    expect(run({ words: [ADD_R1, 0xe14f0000] })).toMatchObject({ reason: Exit.interpret, pc: 1, r1: 1 });
    expect(run({ words: [ADD_R1, 0xe16ff002] })).toMatchObject({ reason: Exit.interpret, pc: 1, r1: 1 });
  });

  // add r1; stmia r0, {sp, lr}^; and a page for it to store to
  const DATA = 0x8000;
  const words = [ADD_R1, 0xe8c06000, SVC];
  const mapData = () => tlb.fill(bankOf(1), DATA, RAM_OFFSET + DATA, CAN_READ | CAN_WRITE);
  const user = { [R13_BANKS]: 0x1234, [R14_BANKS]: 0x5678 };

  it("stores the user's registers", () => {
    mapData();
    const state = { [SPSR_WORD]: spsrAt, [MODE]: 0x13, 13: 1, 14: 2, ...user };
    expect(run({ words, registers: [DATA], state })).toMatchObject({ reason: Exit.interpret, pc: 2, r1: 1 });
    const at = (RAM_OFFSET + DATA) >> 2;
    expect([...host.i32.subarray(at, at + 2)]).toEqual([0x1234, 0x5678]);
  });

  const without: { what: string; state: Record<number, number> }[] = [
    { what: "system mode, which shares them", state: {} },
    { what: "FIQ mode, which has more of its own", state: { [SPSR_WORD]: spsrAt, [MODE]: 0x11 } },
  ];
  it.each(without)("leaves the user's registers to the interpreter in $what", ({ state }) => {
    mapData();
    const left = { reason: Exit.interpret, pc: 1, remaining: 49, r1: 1 };
    expect(run({ words, registers: [DATA], state: { ...state, ...user } })).toMatchObject(left);
  });
});
