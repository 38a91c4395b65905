import { beforeEach, describe, expect, it } from "vitest";
import { CAN_READ, FLAG_T, PC, REMAINING, Tlb } from "../../../src/arm/core/index.ts";
import { CodeCache, type Place } from "../../../src/arm/jit/code-cache.ts";
import { Dispatcher, TABLE_SIZE } from "../../../src/arm/jit/dispatcher.ts";
import { Exit } from "../../../src/arm/jit/locals.table.ts";
import { lookUpFunction, TLB_BANK_WORD } from "../../../src/arm/jit/look-up.ts";
import { type FunctionBody, functionBody, Op, WasmWriter } from "../../../src/arm/jit/wasm-writer.ts";
import { CPU_STATE_OFFSET, HostMemory, PageTraps, RAM_OFFSET } from "../../../src/memory/index.ts";

const FRAME = RAM_OFFSET >>> 12;
const PAGE = 0xc0008000 | 0;

/** A function that leaves with a reason of its own, and its block above it. */
function leaving(reason: number): FunctionBody {
  const w = new WasmWriter().get(0).const(8).op(Op.shl).const(reason).op(Op.or);
  return functionBody({ locals: [], code: [w] });
}

class Given {
  readonly host = new HostMemory(0x10000);
  private readonly memoryPages = this.host.u8.length / 65_536;
  private readonly lookUp = lookUpFunction(this.host, this.memoryPages, () => -1);
  readonly dispatcher = new Dispatcher(this.host, this.memoryPages, { lookUp: this.lookUp });
  readonly cache: CodeCache;
  private readonly tlb = new Tlb(this.host, new PageTraps(this.host.u8.length));

  constructor(moduleFunctions = 3, moduleTries = 4) {
    const imports = { m: this.host.memory, lookUp: this.lookUp };
    const tuning = { moduleFunctions, moduleTries };
    this.cache = new CodeCache(this.dispatcher, { imports, memoryPages: this.memoryPages, tuning, store: undefined });
    this.dispatcher.selectCache(true);
  }

  /** Code at places, the first one the one it was made for; each place is entered at the block of its index. */
  add(reason: number, places: readonly Place[], more: readonly number[] = []): void {
    const frames = [...new Set([...places.map(({ frame }) => frame), ...more])];
    const pages = new Map(frames.map((frame, i) => [PAGE + i * 0x1000, frame]));
    const [place] = places;
    const region = { entryPc: place.pc, isThumb: place.isThumb, blocks: [], pages };
    const entries = new Map(places.map(({ pc }, block) => [pc, block]));
    this.cache.addRegion(region, { body: leaving(reason), entries }, place);
  }

  /** What `run` answers when the dispatcher enters what the cache has for the place. */
  enter(place: Place): number {
    const { frame, pc, isThumb } = place;
    const code = this.cache.find(place);
    if (code === undefined) throw new Error("there is code");
    const bank = this.tlb.bankFor(1);
    this.tlb.fill(bank, pc, frame << 12, CAN_READ);
    const s = this.host.i32.subarray(CPU_STATE_OFFSET >> 2);
    s[TLB_BANK_WORD] = bank * 4;
    s[PC] = pc;
    s[FLAG_T] = isThumb ? 1 : 0;
    s[REMAINING] = 1;
    this.dispatcher.enter(((frame << 12) + (pc & 0xfff)) | s[FLAG_T], pc, code);
    return this.dispatcher.run();
  }
}

const place = (offset: number, change: Partial<Place> = {}): Place => ({
  frame: FRAME,
  pc: PAGE + offset,
  isThumb: false,
  isPrivileged: true,
  ...change,
});

describe("the code cache", () => {
  let given: Given;
  beforeEach(() => {
    given = new Given();
  });

  it("keeps code waiting until a module is full, and then enters each function", () => {
    const places = [place(0), place(8), place(16)];
    given.add(10, [places[0]]);
    given.add(11, [places[1]]);
    expect(given.cache.find(places[0])).toMatchObject({ slot: 0, isWaiting: true });
    expect(given.cache.counts).toMatchObject({ regions: 2, modules: 0 });
    given.add(12, [places[2]]);
    expect(given.cache.counts).toMatchObject({ regions: 3, modules: 1 });
    for (const [i, each] of places.entries()) {
      expect(given.cache.find(each)).toMatchObject({ isWaiting: false });
      expect(given.enter(each)).toBe(10 + i);
    }
  });

  it("makes a smaller module when waiting code was asked for often enough", () => {
    given.add(10, [place(0)]);
    for (let tries = 0; tries < 3; tries++) given.cache.hurry();
    expect(given.cache.counts.modules).toBe(0);
    given.cache.hurry();
    expect(given.cache.counts.modules).toBe(1);
    expect(given.enter(place(0))).toBe(10);
    for (let tries = 0; tries < 9; tries++) given.cache.hurry();
    expect(given.cache.counts.modules).toBe(1);
  });

  it("has nothing to enter at a place that cannot be compiled, until its frame changes", () => {
    const hopeless = given.cache.addHopeless(place(0));
    expect(hopeless).toMatchObject({ slot: 0, isWaiting: false });
    expect(given.cache.find(place(0))).toBe(hopeless);
    given.cache.forgetFrame(FRAME);
    expect(given.cache.find(place(0))).toBeUndefined();
  });

  it("knows places apart by state, privilege, halfword, frame and virtual page", () => {
    const others = [
      place(0),
      place(2),
      place(0, { isThumb: true }),
      place(0, { isPrivileged: false }),
      place(0, { frame: FRAME + 1 }),
      place(0, { pc: PAGE + 0x1000 }),
      place(0, { pc: PAGE + 0x400000 }),
    ];
    for (const [i, each] of others.entries()) {
      expect(given.cache.find(each)).toBeUndefined();
      given.add(10 + i, [each]);
    }
    for (let tries = 0; tries < 4; tries++) given.cache.hurry();
    for (const [i, each] of others.entries()) {
      expect(given.enter(each)).toBe(10 + i);
    }
    given.cache.remove(others[5]);
    expect(others.map((each) => given.cache.find(each) !== undefined)).toEqual([...others.keys()].map((i) => i !== 5));
  });

  it("enters a function at its other places by their blocks, but where there is code already", () => {
    given.add(10, [place(8)]);
    given.add(11, [place(0), place(8), place(16)]);
    given.cache.addHopeless(place(24));
    given.add(12, [place(32), place(24)]);
    expect(given.enter(place(0))).toBe(11);
    expect(given.enter(place(8))).toBe(10);
    expect(given.enter(place(16))).toBe(11 | (2 << 8));
    expect(given.enter(place(24))).toBe(12 | (1 << 8));
  });

  it("replaces the code of the place that new code is made for", () => {
    given.add(10, [place(0), place(8)]);
    given.add(11, [place(0), place(8)]);
    for (let tries = 0; tries < 4; tries++) given.cache.hurry();
    expect(given.enter(place(0))).toBe(11);
    expect(given.enter(place(8))).toBe(10 | (1 << 8));
  });
});

describe("what the code cache forgets", () => {
  let given: Given;
  beforeEach(() => {
    given = new Given(1);
  });

  it("is all code of a frame, also when only a part of it lies there, and no other", () => {
    given.add(10, [place(0)]);
    given.add(11, [place(8)], [FRAME + 3]);
    given.add(12, [place(16, { frame: FRAME + 3, pc: PAGE + 0x3010 })]);
    const slots = [place(0), place(8)].map((each) => given.cache.find(each)?.slot);
    given.enter(place(8));
    given.cache.forgetFrame(FRAME + 3);
    expect(given.cache.find(place(8))).toBeUndefined();
    expect(given.cache.find(place(16, { frame: FRAME + 3, pc: PAGE + 0x3010 }))).toBeUndefined();
    expect(given.enter(place(0))).toBe(10);
    expect(given.cache.counts.retired).toBe(2);
    // A jump cache entry of it, if there is one left, leads nowhere.
    given.dispatcher.enter((FRAME << 12) + 8, PAGE + 8, { slot: slots[1] ?? 0, block: 0 });
    const s = given.host.i32.subarray(CPU_STATE_OFFSET >> 2);
    s[PC] = PAGE + 8;
    expect(given.dispatcher.run()).toBe(Exit.miss);
    given.cache.forgetFrame(FRAME + 7);
    expect(given.cache.counts.retired).toBe(2);
  });

  it("is not made into a module when it was still waiting", () => {
    const waiting = new Given(2, 1);
    waiting.add(10, [place(0)]);
    waiting.cache.forgetFrame(FRAME);
    waiting.cache.hurry();
    expect(waiting.cache.counts).toMatchObject({ regions: 1, modules: 0, retired: 1 });
    waiting.add(11, [place(0)]);
    waiting.cache.hurry();
    expect(waiting.enter(place(0))).toBe(11);
  });

  it("does not include newer code at a place of older code that goes", () => {
    given.add(10, [place(0)], [FRAME + 3]);
    given.add(11, [place(0)]);
    given.cache.forgetFrame(FRAME + 3);
    expect(given.enter(place(0))).toBe(11);
    given.cache.forgetFrame(FRAME);
    expect(given.cache.find(place(0))).toBeUndefined();
  });

  it("is everything after forgetAll, waiting code too, and there is room again", () => {
    const all = new Given(2);
    for (let i = 0; i < 3; i++) all.add(10 + i, [place(i * 8)]);
    all.cache.forgetAll();
    for (let i = 0; i < 3; i++) expect(all.cache.find(place(i * 8))).toBeUndefined();
    for (let tries = 0; tries < 4; tries++) all.cache.hurry();
    expect(all.cache.counts).toMatchObject({ modules: 1, flushes: 1 });
    expect(all.cache.isFull).toBe(false);
    all.add(13, [place(0)]);
    all.add(14, [place(8)]);
    expect([all.enter(place(0)), all.enter(place(8))]).toEqual([13, 14]);
  });
});

describe("the bound of the code cache", () => {
  it("is the dispatcher's table, in which a whole module still has room", () => {
    const given = new Given(256);
    let count = 0;
    while (!given.cache.isFull) {
      // Retired code gives its slots back only with forgetAll, so the cost alone does not bound them.
      for (let i = 0; i < 256; i++) given.add(10, [place(i * 8)]);
      given.cache.forgetFrame(FRAME);
      count += 256;
    }
    expect(count).toBeGreaterThan(TABLE_SIZE / 2);
    expect(given.dispatcher.usedSlots).toBeLessThan(TABLE_SIZE);
    given.cache.forgetAll();
    expect(given.cache.isFull).toBe(false);
  });

  it("is the number of places, also of those that cannot be compiled", () => {
    const given = new Given();
    let count = 0;
    for (; !given.cache.isFull; count++)
      given.cache.addHopeless(place((count % 1024) * 4, { frame: FRAME + (count >>> 10) }));
    expect(count).toBe(65_536);
    // The same place again is no more than one.
    given.cache.remove(place(0));
    expect(given.cache.isFull).toBe(false);
    given.cache.addHopeless(place(4));
    expect(given.cache.isFull).toBe(false);
  });

  it("is what code costs the process: functions and their bytes", () => {
    const given = new Given(64);
    let count = 0;
    for (; !given.cache.isFull; count++) given.add(10, [place((count % 512) * 8, { frame: FRAME + (count >>> 9) })]);
    // At least 16 KiB each, and 80 MB for all.
    expect(count).toBeGreaterThan(4_000);
    expect(count).toBeLessThanOrEqual(80e6 / 16_384 + 64);
  });
});
