/** One instruction compiled by itself and run, beside the interpreter on the same state. */
import { type CpuModel, CpuState, cpuModels, FLAG_T, MODE, PC, R15, REMAINING } from "../../../src/arm/core/index.ts";
import { archsOf, Decoder, rows } from "../../../src/arm/decode/index.ts";
import { Interpreter } from "../../../src/arm/interp/index.ts";
import { compileRegion, regionModule } from "../../../src/arm/jit/compile.ts";
import { instantiate } from "../../../src/arm/jit/dispatcher.ts";
import { JitCpu } from "../../../src/arm/jit/index.ts";
import { Exit } from "../../../src/arm/jit/locals.table.ts";
import { lookUpFunction } from "../../../src/arm/jit/look-up.ts";
import type { Block } from "../../../src/arm/jit/region.ts";
import { KIND_STORE } from "../../../src/arm/jit/wasm-memory.ts";
import { WasmOps } from "../../../src/arm/jit/wasm-ops.ts";
import { WasmWriter } from "../../../src/arm/jit/wasm-writer.ts";
import { GuestBus, HostMemory, PageTraps, RAM_OFFSET } from "../../../src/memory/index.ts";

export const CODE = 0x8000;
export const DATA = 0x4000;
export const DATA_BYTES = 0x2000;
const RAM_BYTES = 0x10000;
const functions = rows.map(() => () => {});
const decoders = {
  5: new Decoder<unknown>(functions, archsOf(5)),
  6: new Decoder<unknown>(functions, archsOf(6, true)),
};

export interface Trial {
  /** One instruction, or several without a branch before the last. */
  readonly words: readonly number[];
  readonly isThumb?: boolean;
  /** Of the processor, 5 unless told. */
  readonly architecture?: 5 | 6;
  /** Other words of the CPU state, by index. */
  readonly state?: Readonly<Record<number, number>>;
  /** CPSR at the start; T is set by `isThumb`. */
  readonly cpsr?: number;
  readonly registers: readonly number[];
  /** Words from `DATA` on. */
  readonly data?: readonly number[];
}

export interface TrialResult {
  /** `interpreted`: the compiler leaves it to the interpreter; `left`: the code ended before it, at run time. */
  readonly outcome: "compiled" | "left" | "interpreted";
  /** What differs, the interpreter's first. */
  readonly differences: readonly string[];
}

/** What the empty TLB asks: data is plain RAM, code may be read, everything else is the interpreter's. */
function refill(va: number, kind: number): number {
  const isAligned = (va & ((kind & 7) - 1)) === 0;
  const end = (kind & KIND_STORE) !== 0 ? DATA + DATA_BYTES : CODE + 0x1000;
  return isAligned && va >= DATA && va < end ? RAM_OFFSET + va : -1;
}

/** Memory and a core; device accesses are none here. */
class Side {
  readonly host = new HostMemory(RAM_BYTES);
  readonly core: Interpreter;
  readonly memoryPages = this.host.u8.length / 65_536;
  readonly lookUp = lookUpFunction(this.host, this.memoryPages, refill);

  constructor(model: CpuModel, isCompiling: boolean) {
    const traps = new PageTraps(this.host.u8.length);
    const ram = { kind: "ram", name: "ram", guestAddress: 0, sizeBytes: RAM_BYTES, hostAddress: 0 } as const;
    const bus = new GuestBus(this.host, traps, [ram]);
    this.core = isCompiling ? new JitCpu(bus, model) : new Interpreter(bus, model);
  }

  load({ words, isThumb = false, cpsr = 0x10, registers, data = [], state = {} }: Trial): void {
    const ram = this.host.ram();
    const view = new DataView(ram.buffer, ram.byteOffset);
    ram.fill(0);
    for (const [i, word] of data.entries()) view.setUint32(DATA + i * 4, word >>> 0, true);
    for (const [i, word] of words.entries()) {
      if (isThumb) view.setUint16(CODE + i * 2, word, true);
      else view.setUint32(CODE + i * 4, word >>> 0, true);
    }
    this.core.state.setCpsr((cpsr & ~0x20) | (isThumb ? 0x20 : 0));
    for (const [n, value] of registers.entries()) this.core.state.words[n] = value;
    for (const [index, value] of Object.entries(state)) this.core.state.words[Number(index)] = value;
    this.core.pc = CODE;
    this.core.resynchronize();
  }

  /** State without R15 and the slice, and the data. */
  snapshot(): number[] {
    const words = Array.from(this.core.state.words);
    words[R15] = 0;
    words[REMAINING] = 0;
    const from = (RAM_OFFSET + DATA) >> 2;
    return [...words, ...this.host.i32.subarray(from, from + DATA_BYTES / 4)];
  }
}

const sidesOf = (model: CpuModel) => ({ interp: new Side(model, false), jit: new Side(model, true) });
const sides = { 5: sidesOf(cpuModels["arm926ej-s"]), 6: sidesOf(cpuModels["arm1176jzf-s"]) };
let { interp, jit } = sides[5];
/** The block that the region finder would make of it; `undefined` when the compiler cannot. */
function blockOf({ words, isThumb = false, architecture = 5 }: Trial, isPrivileged: boolean): Block | undefined {
  const decoder = decoders[architecture];
  const insns = words.map((word) => (isThumb ? decoder.thumb(word) : decoder.arm(word)));
  const sizeBytes = isThumb ? 2 : 4;
  const ops = new WasmOps(new WasmWriter(), isThumb, { isPrivileged, cp15: jit.core.cp15 });
  for (const [i, insn] of insns.entries()) {
    ops.instruction(insn, CODE + i * sizeBytes, 1);
    if (ops.needsInterpreter) return undefined;
  }
  const { branchTarget, isExchange } = ops;
  return {
    pc: CODE,
    insns,
    end: branchTarget === undefined ? { kind: "fall" } : { kind: "branch", target: branchTarget.constant, isExchange },
    nextPc: CODE + insns.length * sizeBytes,
    escapes: new Set(),
    returnPc: undefined,
  };
}

function differencesOf(a: readonly number[], b: readonly number[]): string[] {
  const hex = (word: number) => (word >>> 0).toString(16);
  return a.flatMap((word, i) => (word === b[i] ? [] : [`word ${i}: ${hex(word)} and ${hex(b[i])}`]));
}

/** Runs it compiled and interpreted, and compares state and memory. */
export function tryInstruction(trial: Trial): TrialResult {
  const { isThumb = false, cpsr = 0x10, words, architecture = 5 } = trial;
  ({ interp, jit } = sides[architecture]);
  const isPrivileged = (cpsr & 0x1f) !== 0x10;
  const block = blockOf(trial, isPrivileged);
  if (block === undefined) return { outcome: "interpreted", differences: [] };
  jit.load(trial);
  const region = { entryPc: CODE, isThumb, blocks: [block], pages: new Map([[CODE, (RAM_OFFSET + CODE) >>> 12]]) };
  const compiled = compileRegion(region, { isPrivileged, cp15: jit.core.cp15 });
  const { host, lookUp, memoryPages } = jit;
  const [run] = instantiate(regionModule([compiled.body], memoryPages), { m: host.memory, lookUp });
  const state = jit.core.state.words;
  state[REMAINING] = words.length;
  const reason = run(0);
  const isLeft = reason === Exit.interpret;
  interp.load(trial);
  const executed = words.length - state[REMAINING];
  if (executed > 0) interp.core.run(interp.core.instructions() + executed);
  const isCounted = isLeft ? executed < words.length : executed === words.length;
  const budget = isCounted ? [] : [`${executed} instructions counted`];
  return {
    outcome: isLeft ? "left" : "compiled",
    differences: [...budget, ...differencesOf(interp.snapshot(), jit.snapshot())],
  };
}

/** PC, Thumb bit and mode after the last trial's compiled code. */
export function afterTrial(): { pc: number; isThumb: boolean; mode: number; cpsr: number } {
  const { words } = jit.core.state;
  const cpsr = new CpuState(jit.host).cpsr() >>> 0;
  return { pc: words[PC] >>> 0, isThumb: words[FLAG_T] !== 0, mode: words[MODE], cpsr };
}
