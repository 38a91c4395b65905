import { beforeEach, describe, expect, it } from "vitest";
import { CAN_READ, FLAG_T, PC, REMAINING, STATE_WORDS, Tlb } from "../../../src/arm/core/index.ts";
import { Dispatcher, instantiate, type RegionFunction, TABLE_SIZE } from "../../../src/arm/jit/dispatcher.ts";
import { Exit } from "../../../src/arm/jit/locals.table.ts";
import { lookUpFunction, TLB_BANK_WORD } from "../../../src/arm/jit/look-up.ts";
import { KIND_FETCH } from "../../../src/arm/jit/wasm-memory.ts";
import { functionBody, I32, Op, WasmWriter, wasmModule } from "../../../src/arm/jit/wasm-writer.ts";
import { CPU_STATE_OFFSET, HostMemory, PageTraps, RAM_OFFSET } from "../../../src/memory/index.ts";

const VA = 0xc0008000 | 0;
const HOST = RAM_OFFSET + 0x5000;
const OTHER_VA = 0x00010000;
const NEVER_EXECUTE = 8;
/** Words of the state block where the functions below leave their traces. */
const TRACE = STATE_WORDS + 20;

/** A TLB with one page of code in the bank of a DACR value, and a dispatcher. */
class Given {
  readonly host = new HostMemory(0x40000);
  readonly tlb = new Tlb(this.host, new PageTraps(this.host.u8.length));
  private readonly pages = this.host.u8.length / 65_536;
  /** What the translation tables have: virtual page to host address. */
  readonly tables = new Map<number, number>();
  readonly asked: [number, number][] = [];
  readonly dispatcher = new Dispatcher(this.host, this.pages, {
    lookUp: lookUpFunction(this.host, this.pages, (va, kind) => this.refill(va, kind)),
  });
  readonly s = this.host.i32.subarray(CPU_STATE_OFFSET >> 2);

  constructor() {
    this.select(1, true);
    this.map(VA, HOST);
  }

  /** The bank of a DACR value and privilege, as the core selects it. */
  select(dacr: number, isPrivileged: boolean): void {
    const bank = this.tlb.bankFor(dacr) + (isPrivileged ? Tlb.bankStride : 0);
    this.s[TLB_BANK_WORD] = bank * 4;
    this.dispatcher.selectCache(isPrivileged);
  }

  map(va: number, host: number, access = CAN_READ): void {
    this.tlb.fill(this.s[TLB_BANK_WORD] / 4, va, host, access);
  }

  private refill(va: number, kind: number): number {
    this.asked.push([va, kind]);
    const host = this.tables.get(va & ~0xfff);
    if (host === undefined) return -1;
    this.map(va, host);
    return host;
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
    const functions = [functionBody({ locals: [], code: [w.const(reason)] })];
    return instantiate(wasmModule({ types, imports: [], type: 0, functions }, this.pages), { m: this.host.memory })[0];
  }

  enter(slot: number, { va = VA, host = HOST, block = 0 }: EntryOptions = {}): void {
    this.dispatcher.enter(host + (va & 0xfff), va, { slot, block });
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

interface EntryOptions {
  readonly va?: number;
  readonly host?: number;
  readonly block?: number;
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

  it("misses where it knows no function: another address, Thumb state", () => {
    given.enter(given.addFunction(Exit.interpret));
    expect(given.run(VA + 4)).toEqual(missed);
    given.s[FLAG_T] = 1;
    expect(given.run(VA)).toEqual(missed);
    given.s[FLAG_T] = 0;
    expect(given.run(VA).calls).toBe(1);
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

  it("gives every function a slot of its own, and begins anew after forgetAll", () => {
    const { dispatcher } = given;
    const run = given.newFunction(Exit.interpret);
    const before = dispatcher.usedSlots;
    while (dispatcher.usedSlots < TABLE_SIZE) expect(dispatcher.addFunction(run)).toBe(dispatcher.usedSlots - 1);
    given.enter(TABLE_SIZE - 1);
    expect(given.run(VA).calls).toBe(1);
    dispatcher.forgetAll();
    expect(dispatcher.usedSlots).toBe(before);
  });
});

describe("the dispatcher's look-up of a page", () => {
  let given: Given;
  beforeEach(() => {
    given = new Given();
    given.enter(given.addFunction(Exit.interpret));
    given.tlb.flush();
  });

  it("asks for what the TLB does not have, once, and enters the code", () => {
    given.tables.set(VA & ~0xfff, HOST);
    expect([given.run(VA).calls, given.run(VA).calls]).toEqual([1, 1]);
    expect(given.asked).toEqual([[VA, KIND_FETCH]]);
  });

  it("comes back when there is no page to fetch from, or none that may be executed, also at the highest address", () => {
    const unmapped = { reason: Exit.unmapped, calls: 0 };
    expect(given.run(VA)).toEqual(unmapped);
    given.map(VA, HOST, CAN_READ | NEVER_EXECUTE);
    expect(given.run(VA)).toEqual(unmapped);
    expect(given.run(0xfffffffe | 0)).toEqual(unmapped);
    expect(given.asked).toHaveLength(3);
  });

  it("asks again under another DACR value, and enters the same code", () => {
    given.tables.set(VA & ~0xfff, HOST);
    given.run(VA);
    given.select(5, true);
    expect(given.run(VA).calls).toBe(1);
    expect(given.asked).toHaveLength(2);
  });
});

describe("the dispatcher's jump cache", () => {
  /** Addresses whose keys belong to one set: bits 15 and 16 of the host address, and bits 2 and 3, cancel each other out. */
  const places = [0, 0x8004, 0x1_0008, 0x1_800c].map((offset) => ({ va: VA + offset, host: HOST + (offset & ~0xfff) }));
  let given: Given;
  beforeEach(() => {
    given = new Given();
    for (const { va, host } of places) given.map(va, host);
  });
  const found = () => places.map(({ va }) => given.run(va).calls === 1);

  it("has room for two of a set, and the older one makes room for a third", () => {
    for (const place of places.slice(0, 2)) given.enter(given.addFunction(Exit.interpret), place);
    expect(found()).toEqual([true, true, false, false]);
    given.enter(given.addFunction(Exit.interpret), places[2]);
    expect(found()).toEqual([false, true, true, false]);
    given.enter(given.addFunction(Exit.interpret), places[3]);
    expect(found()).toEqual([false, false, true, true]);
  });

  it("forgets each of the two by itself", () => {
    for (const place of places.slice(0, 2)) given.enter(given.addFunction(Exit.interpret), place);
    const [older, newer] = places;
    given.dispatcher.leave(older.host + (older.va & 0xfff), older.va);
    expect(given.run(older.va)).toEqual(missed);
    expect(given.run(newer.va).reason).toBe(Exit.interpret);
  });

  it("leads to code as often as it is there for", () => {
    given.enter(given.addFunction(Exit.next));
    expect(given.run(VA, 100_000)).toEqual({ reason: Exit.next, calls: 20_000 });
  });

  it("does not leave the code of another address in its place", () => {
    given.enter(given.addFunction(Exit.interpret));
    given.dispatcher.leave(HOST, OTHER_VA);
    expect(given.run(VA).calls).toBe(1);
    given.dispatcher.leave(HOST, VA);
    expect(given.run(VA)).toEqual(missed);
  });

  it("enters newer code of an address in place of what it entered before", () => {
    for (const block of [1, 2]) given.enter(given.addFunction(Exit.interpret), { ...places[0], block });
    given.run(VA);
    expect(given.s[TRACE + 1]).toBe(2);
    const [, second] = places;
    for (const block of [3, 4]) given.enter(given.addFunction(Exit.interpret), { ...second, block });
    expect(found()).toEqual([true, true, false, false]);
    given.enter(given.addFunction(Exit.interpret), { ...places[0], block: 5 });
    given.run(VA);
    expect(given.s[TRACE + 1]).toBe(5);
    given.dispatcher.leave(HOST, VA);
    expect(given.run(VA)).toEqual(missed);
  });
});
