import { beforeEach, describe, expect, it } from "vitest";
import { CAN_READ, CAN_WRITE, Tlb } from "../../../src/arm/core/index.ts";
import {
  DACR_BANK_WORDS,
  DACR_SLOTS,
  DACR_VALUE_WORDS,
  lookUpFunction,
  TLB_BANK_WORD,
} from "../../../src/arm/jit/look-up.ts";
import { KIND_BLOCK, KIND_DOMAINS, KIND_FETCH, KIND_STORE, KIND_USER } from "../../../src/arm/jit/wasm-memory.ts";
import { CPU_STATE_OFFSET, HostMemory, PageTraps, RAM_OFFSET } from "../../../src/memory/index.ts";

const VA = 0x80003000 | 0;
const HOST = RAM_OFFSET + 0x7000;
const ANSWER = 0x123456;

describe("the look-up of a host address", () => {
  const host = new HostMemory(0x10000);
  const tlb = new Tlb(host, new PageTraps(host.u8.length));
  const userBank = tlb.bankFor(1);
  let asked: [number, number][] = [];
  const lookUp = lookUpFunction(host, host.u8.length / 65_536, (va, kind) => {
    asked.push([va, kind]);
    return ANSWER;
  }) as (va: number, kind: number) => number;

  beforeEach(() => {
    tlb.flush();
    asked = [];
    host.i32[(CPU_STATE_OFFSET >> 2) + TLB_BANK_WORD] = (userBank + Tlb.bankStride) * 4;
    tlb.fill(userBank + Tlb.bankStride, VA, HOST, CAN_READ | CAN_WRITE);
  });

  it("finds what the TLB has without asking", () => {
    expect(lookUp(VA + 0x124, 4)).toBe(HOST + 0x124);
    expect(lookUp(VA + 0xffe, 2 | KIND_STORE)).toBe(HOST + 0xffe);
    expect(lookUp(VA + 0xfff, 1)).toBe(HOST + 0xfff);
    expect(asked).toEqual([]);
  });

  it("asks for a page that is not there, with address and kind", () => {
    expect(lookUp(VA + 0x1000, 4)).toBe(ANSWER);
    expect(lookUp(VA + 1024 * 0x1000, 1 | KIND_STORE)).toBe(ANSWER);
    expect(asked).toEqual([
      [VA + 0x1000, 4],
      [VA + 1024 * 0x1000, 1 | KIND_STORE],
    ]);
  });

  it.each([
    [1, 4],
    [2, 4],
    [3, 4],
    [1, 2],
    [3, 2],
  ])("asks for an address that is %i beyond alignment, for %i bytes", (offset, sizeBytes) => {
    expect(lookUp(VA + offset, sizeBytes)).toBe(ANSWER);
  });

  it("asks for a store to a page that may only be read, and for a load from one that may not be read", () => {
    tlb.fill(userBank + Tlb.bankStride, VA, HOST, CAN_READ);
    expect([lookUp(VA, 4), lookUp(VA, 4 | KIND_STORE)]).toEqual([HOST, ANSWER]);
    tlb.fill(userBank + Tlb.bankStride, VA, HOST, CAN_WRITE);
    expect([lookUp(VA, 4), lookUp(VA, 4 | KIND_STORE)]).toEqual([ANSWER, HOST]);
  });

  it("looks at the user's entries for an access with user permissions", () => {
    expect(lookUp(VA, 4 | KIND_USER)).toBe(ANSWER);
    tlb.fill(userBank, VA, HOST + 0x1000, CAN_READ);
    expect(lookUp(VA, 4 | KIND_USER)).toBe(HOST + 0x1000);
    expect(lookUp(VA, 4)).toBe(HOST);
  });

  it("asks for every fetch: the dispatcher and regions look at the execute tags themselves", () => {
    expect(lookUp(VA, KIND_FETCH)).toBe(ANSWER);
    expect(asked).toEqual([[VA, KIND_FETCH]]);
  });

  it("finds the page of a block like that of a word, and tells when it is one", () => {
    expect(lookUp(VA + 8, 4 | KIND_BLOCK)).toBe(HOST + 8);
    expect(lookUp(VA + 2, 4 | KIND_BLOCK | KIND_STORE)).toBe(ANSWER);
    expect(asked).toEqual([[VA + 2, 4 | KIND_BLOCK | KIND_STORE]]);
  });
});

describe("the look-up of a DACR value", () => {
  const host = new HostMemory(0x10000);
  const s = host.i32.subarray(CPU_STATE_OFFSET >> 2);
  let asked = 0;
  const lookUp = lookUpFunction(host, host.u8.length / 65_536, () => {
    asked++;
    return ANSWER;
  }) as (va: number, kind: number) => number;
  const values = [0x51, -1, 0, 0x80000001 | 0];

  beforeEach(() => {
    asked = 0;
    s.fill(0, DACR_VALUE_WORDS, DACR_BANK_WORDS + DACR_SLOTS);
  });

  it("finds the bank of each value that has one, also of 0 and of the highest bit", () => {
    for (const [slot, value] of values.entries()) {
      s[DACR_VALUE_WORDS + slot] = value;
      s[DACR_BANK_WORDS + slot] = 0x1000 * (slot + 1);
    }
    expect(values.map((value) => lookUp(value, KIND_DOMAINS))).toEqual([0x1000, 0x2000, 0x3000, 0x4000]);
    expect(lookUp(0x52, KIND_DOMAINS)).toBe(-1);
    expect(asked).toBe(0);
  });

  it("does not take an unused slot for the bank of 0", () => {
    expect(lookUp(0, KIND_DOMAINS)).toBe(-1);
    s[DACR_BANK_WORDS + 3] = 0x4000;
    expect(lookUp(0, KIND_DOMAINS)).toBe(0x4000);
    expect(asked).toBe(0);
  });
});
