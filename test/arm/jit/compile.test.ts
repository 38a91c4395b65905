import { describe, expect, it } from "vitest";
import { FLAG_T, PC, REMAINING } from "../../../src/arm/core/index.ts";
import { Decoder, rows } from "../../../src/arm/decode/index.ts";
import { compileRegion } from "../../../src/arm/jit/compile.ts";
import { instantiate } from "../../../src/arm/jit/dispatcher.ts";
import { Exit } from "../../../src/arm/jit/locals.table.ts";
import { type CodeView, RegionFinder } from "../../../src/arm/jit/region.ts";
import { WasmOps } from "../../../src/arm/jit/wasm-ops.ts";
import { WasmWriter } from "../../../src/arm/jit/wasm-writer.ts";
import { CPU_STATE_OFFSET, HostMemory, ROW_COUNTS_OFFSET } from "../../../src/memory/index.ts";

const CODE = 0x8000;
const decoder = new Decoder<unknown>(rows.map(() => () => {}));
const host = new HostMemory(0x10000);
const memoryPages = host.u8.length / 65_536;
const s = host.i32.subarray(CPU_STATE_OFFSET >> 2);

/** The region that begins at the first word; all of it counts as executed. */
function compile(words: readonly number[], { countsRows = false } = {}) {
  const view: CodeView = {
    frameOf: (pc) => pc >>> 12,
    executed: (_frame, pc) => pc >= CODE && pc < CODE + words.length * 4,
    decode: (_frame, pc) => decoder.arm(words[(pc - CODE) / 4]),
    classify: (insn, pc) => {
      const ops = new WasmOps(new WasmWriter(), false, true);
      ops.instruction(insn, pc, 1);
      const { needsInterpreter, branchTarget, isExchange, isCall } = ops;
      const branches = branchTarget !== undefined;
      return { needsInterpreter, branches, target: branchTarget?.constant, isExchange, isCall };
    },
  };
  const region = new RegionFinder(view, false, { maxBlocks: 96, maxInstructions: 1200 }).find(CODE);
  if (region === undefined) throw new Error("the first instruction can be compiled");
  const { bytes, entries } = compileRegion(region, { isPrivileged: true, memoryPages, countsRows });
  return { run: instantiate(bytes, { m: host.memory, lookUp: () => -1 }), entries };
}

/** Runs it from the block of an address with so many instructions left. */
function runFrom(words: readonly number[], remaining: number, registers: readonly number[] = [], pc = CODE) {
  const { run, entries } = compile(words);
  s.fill(0, 0, 32);
  for (const [n, value] of registers.entries()) s[n] = value;
  s[PC] = pc;
  s[REMAINING] = remaining;
  const block = entries.get(pc);
  if (block === undefined) throw new Error("the region can be entered there");
  const reason = run(block);
  return { reason, pc: (s[PC] - CODE) / 4, remaining: s[REMAINING], r0: s[0], r1: s[1], r2: s[2] };
}

const branch = (from: number, to: number, opcode = 0xea000000): number => (opcode | ((to - from - 2) & 0xffffff)) >>> 0;
const BX_LR = 0xe12fff1e;
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
    const words = [ADD_R1, ADD_R1, 0xef000000 /* svc */];
    expect(runFrom(words, 10)).toMatchObject({ reason: Exit.interpret, pc: 2, remaining: 8, r1: 2 });
  });

  it("comes back from a call within itself, and may be entered there", () => {
    // 0: bl 3; 1: add r2, r2, #8; 2: b 6 (cold); 3: add r1; 4: bx lr
    const words = [branch(0, 3, 0xeb000000), 0xe2822008, branch(2, 6), ADD_R1, BX_LR];
    expect(runFrom(words, 50)).toMatchObject({ reason: Exit.next, pc: 6, remaining: 45, r1: 1, r2: 8 });
    expect(runFrom(words, 50, [], CODE + 4)).toMatchObject({ reason: Exit.next, pc: 6, remaining: 48, r1: 0, r2: 8 });
  });

  it("returns to somebody else's address by leaving", () => {
    const words = [branch(0, 3, 0xeb000000), 0xe2822008, branch(2, 6), 0xe1a0e000 /* mov lr, r0 */, BX_LR];
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
    const { run } = compile(countdown, { countsRows: true });
    host.i32.fill(0, ROW_COUNTS_OFFSET >> 2, (ROW_COUNTS_OFFSET >> 2) + rows.length);
    s.fill(0, 0, 32);
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
