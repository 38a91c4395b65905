import { beforeEach, describe, expect, it } from "vitest";
import { CAN_READ, FLAG_T, PC, REMAINING, STATE_WORDS, Tlb } from "../../../src/arm/core/index.ts";
import { Dispatcher, instantiate, type RegionFunction, TABLE_SIZE } from "../../../src/arm/jit/dispatcher.ts";
import { Exit } from "../../../src/arm/jit/locals.table.ts";
import { TLB_BANK_WORD } from "../../../src/arm/jit/look-up.ts";
import { I32, Op, WasmWriter, wasmModule } from "../../../src/arm/jit/wasm-writer.ts";
import { CPU_STATE_OFFSET, HostMemory, PageTraps, RAM_OFFSET } from "../../../src/memory/index.ts";

const VA = 0xc0008000 | 0;
const HOST = RAM_OFFSET + 0x5000;
const OTHER_VA = 0x00010000;
/** Words of the state block where the functions below leave their traces. */
const TRACE = STATE_WORDS + 20;

/** A TLB with one page of code in the bank of a DACR value, and a dispatcher. */
class Given {
  readonly host = new HostMemory(0x10000);
  readonly tlb = new Tlb(this.host, new PageTraps(this.host.u8.length));
  private readonly pages = this.host.u8.length / 65_536;
  readonly dispatcher = new Dispatcher(this.host, this.pages);
  readonly s = this.host.i32.subarray(CPU_STATE_OFFSET >> 2);

  constructor() {
    this.tlb.listener = this.dispatcher;
    this.select(1, true);
    this.map(VA, HOST);
  }

  /** The bank of a DACR value and privilege, as the core selects it. */
  select(dacr: number, isPrivileged: boolean): void {
    const bank = this.tlb.bankFor(dacr) + (isPrivileged ? Tlb.bankStride : 0);
    this.s[TLB_BANK_WORD] = bank * 4;
    this.dispatcher.selectCache(isPrivileged, this.tlb.dacrSlotOf(bank));
  }

  map(va: number, host: number): void {
    this.tlb.fill(this.s[TLB_BANK_WORD] / 4, va, host, CAN_READ);
  }

  addFunction(reason: number): number {
    return this.dispatcher.addFunction(this.newFunction(reason));
  }

  /** A function that counts its calls, notes the block, and leaves with a reason. */
  newFunction(reason: number): RegionFunction {
    const trace = CPU_STATE_OFFSET + TRACE * 4;
    const w = new WasmWriter();
    w.const(0).loadAt(trace).const(1).op(Op.add).memory(Op.store, trace, 2);
    w.const(0)
      .get(0)
      .memory(Op.store, trace + 4, 2);
    w.const(0)
      .loadAt(CPU_STATE_OFFSET + REMAINING * 4)
      .const(5)
      .op(Op.sub);
    w.memory(Op.store, CPU_STATE_OFFSET + REMAINING * 4, 2);
    const types = [{ params: [I32], results: [I32] }];
    const code = [w.const(reason).bytes];
    const bytes = wasmModule({ types, imports: [], type: 0, locals: [], code }, this.pages);
    return instantiate(bytes, { m: this.host.memory });
  }

  enter(slot: number, { va = VA, host = HOST, block = 0, pages = new Map([[va & ~0xfff, host >>> 12]]) } = {}): void {
    this.dispatcher.enter(host + (va & 0xfff), va, { slot, block, pages });
  }

  /** Runs from an address with so many instructions left; why it came back, and how often a function was called. */
  run(pc: number, remaining = 5): { reason: number; calls: number } {
    this.s[PC] = pc;
    this.s[REMAINING] = remaining;
    this.s[TRACE] = 0;
    const reason = this.dispatcher.run();
    return { reason, calls: this.s[TRACE] };
  }
}

const missed = { reason: Exit.miss, calls: 0 };

describe("the dispatcher", () => {
  let given: Given;
  beforeEach(() => {
    given = new Given();
  });

  it("calls the function of an address, at the block of its entry, until the slice is used up", () => {
    given.enter(given.addFunction(Exit.next), { block: 7 });
    expect(given.run(VA, 17)).toEqual({ reason: Exit.next, calls: 4 });
    expect(given.s[TRACE + 1]).toBe(7);
  });

  it("comes back with the reason of a function that needs help", () => {
    given.enter(given.addFunction(Exit.interpret));
    expect(given.run(VA, 100)).toEqual({ reason: Exit.interpret, calls: 1 });
  });

  it("misses where it knows no function: another address, Thumb state, the highest address, no translation", () => {
    given.enter(given.addFunction(Exit.interpret));
    expect(given.run(VA + 4)).toEqual(missed);
    expect(given.run(0xfffffffe | 0)).toEqual(missed);
    expect(given.run(OTHER_VA)).toEqual(missed);
    given.s[FLAG_T] = 1;
    expect(given.run(VA)).toEqual(missed);
  });

  it("does not take the code of a page for the same page at another address", () => {
    given.enter(given.addFunction(Exit.interpret));
    given.map(OTHER_VA, HOST);
    expect(given.run(OTHER_VA)).toEqual(missed);
    expect(given.dispatcher.has(HOST, OTHER_VA)).toBe(false);
    expect(given.dispatcher.has(HOST, VA)).toBe(true);
  });

  it("does not take the code of a page for that of another page at the same address", () => {
    given.enter(given.addFunction(Exit.interpret));
    given.map(VA, HOST + 0x1000);
    expect(given.run(VA)).toEqual(missed);
    given.map(VA, HOST);
    expect(given.run(VA).calls).toBe(1);
  });

  it("keeps user code and privileged code apart", () => {
    given.enter(given.addFunction(Exit.interpret));
    given.select(1, false);
    given.map(VA, HOST);
    expect(given.run(VA)).toEqual(missed);
    given.select(1, true);
    expect(given.run(VA).calls).toBe(1);
  });

  it("misses what was retired, and everything after forgetAll", () => {
    const [first, second] = [given.addFunction(Exit.interpret), given.addFunction(Exit.interpret)];
    given.enter(first);
    given.enter(second, { va: VA + 8 });
    given.dispatcher.retire(first);
    expect(given.run(VA)).toEqual(missed);
    expect(given.run(VA + 8).calls).toBe(1);
    given.dispatcher.forgetAll();
    expect(given.run(VA + 8)).toEqual(missed);
  });

  it("is full when its table is, and not after forgetAll", () => {
    const run = given.newFunction(Exit.interpret);
    while (given.dispatcher.addFunction(run) < TABLE_SIZE - 1) expect(given.dispatcher.isFull).toBe(false);
    expect(given.dispatcher.isFull).toBe(true);
    given.dispatcher.forgetAll();
    expect(given.dispatcher.isFull).toBe(false);
  });
});

describe("an entry of a region of several pages", () => {
  let given: Given;
  const pages = new Map([
    [VA & ~0xfff, HOST >>> 12],
    [OTHER_VA, (HOST >>> 12) + 1],
  ]);
  beforeEach(() => {
    given = new Given();
    given.enter(given.addFunction(Exit.interpret), { pages });
  });

  it("is forgotten when the TLB forgets one of its other pages, and not when it forgets a stranger", () => {
    given.tlb.flushPage(0x5000);
    expect(given.run(VA).calls).toBe(1);
    given.tlb.flushPage(OTHER_VA + 0x123);
    expect(given.run(VA)).toEqual(missed);
    expect(given.dispatcher.has(HOST, VA)).toBe(false);
  });

  it("is forgotten when the TLB forgets everything, where the entry of one page is not", () => {
    given.enter(given.addFunction(Exit.interpret), { va: VA + 8 });
    given.tlb.flush();
    given.map(VA, HOST);
    expect(given.run(VA)).toEqual(missed);
    expect(given.run(VA + 8).calls).toBe(1);
  });

  it("holds for the DACR values it was checked with alone, and for all of them once it was", () => {
    // The first use of a DACR value takes a bank of the TLB, which forgets.
    given.select(5, true);
    given.map(VA, HOST);
    given.select(1, true);
    const slot = given.addFunction(Exit.interpret);
    given.enter(slot, { pages });
    given.select(5, true);
    expect(given.run(VA)).toEqual(missed);
    given.select(1, true);
    expect(given.run(VA).calls).toBe(1);
    given.select(5, true);
    given.enter(slot, { pages });
    expect(given.run(VA).calls).toBe(1);
    given.select(1, true);
    expect(given.run(VA).calls).toBe(1);
  });

  it("is forgotten when the bank of its DACR value is given to another one", () => {
    for (const dacr of [2, 3, 4, 5]) given.select(dacr, true);
    given.map(VA, HOST);
    expect(given.run(VA)).toEqual(missed);
  });
});
