import { describe, expect, it } from "vitest";
import { Control, TAG_EXECUTE, TAG_READ, TAG_WRITE, Tlb } from "../../../src/arm/core/index.ts";
import { HostMemory, PageTraps, RAM_OFFSET, TRAP_DIRTY, TRAP_WATCH } from "../../../src/memory/index.ts";
import { coarseEntry, DATA, givenCpu, SECOND_TABLE, sectionEntry, smallEntry } from "../given-cpu.ts";

const VA = 0x40000000;
const ALL = { ap: 3 };
const page = (physical: number) => smallEntry(physical, [3, 3, 3, 3]);

function givenPages() {
  const given = givenCpu({ data: [1] })
    .enableMmu()
    .mapFirst(VA, coarseEntry(SECOND_TABLE));
  given.write(DATA + 0x1000, 2);
  given.write(SECOND_TABLE, page(DATA), page(DATA));
  return given;
}

describe("what the guest must flush", () => {
  it("an old translation stays until its page is flushed, and another page's flush may leave it", () => {
    const given = givenPages();
    expect(given.load(VA)).toEqual({ value: 1 });
    given.write(SECOND_TABLE, page(DATA + 0x1000));
    // A core may forget at any time, but this one is to keep it: that is what makes the next lines a test.
    given.writeCp15(8, 7, 1, VA + 0x5000);
    expect(given.load(VA)).toEqual({ value: 1 });
    given.writeCp15(8, 7, 1, VA);
    expect(given.load(VA)).toEqual({ value: 2 });
  });

  it.each([
    ["all of both TLBs", 7, 0],
    ["all of the data TLB", 6, 0],
  ])("a flush of %s forgets everything", (_name, crm, op2) => {
    const given = givenPages();
    given.load(VA);
    given.load(VA + 0x1000);
    given.write(SECOND_TABLE, page(DATA + 0x1000), 0);
    given.writeCp15(8, crm, op2, 0);
    expect(given.load(VA)).toEqual({ value: 2 });
    expect(given.load(VA + 0x1000)).toEqual({ status: 7, far: VA + 0x1000 });
  });

  it("a page flush counts for all banks, privileged and user, whatever the DACR was", () => {
    const given = givenPages();
    given.load(VA);
    given.writeCp15(3, 0, 0, 3);
    given.load(VA);
    given.write(SECOND_TABLE, page(DATA + 0x1000));
    given.writeCp15(8, 7, 1, VA);
    expect(given.load(VA)).toEqual({ value: 2 });
    given.writeCp15(3, 0, 0, 1);
    expect(given.load(VA)).toEqual({ value: 2 });
    given.enterMode(0x10);
    expect(given.load(VA)).toEqual({ value: 2 });
  });

  it("one address flushes the whole section that it lies in", () => {
    const given = givenCpu().enableMmu().mapFirst(VA, sectionEntry(0x100000, ALL));
    for (let at = 0; at < 0x100000; at += 0x8000) expect(given.load(VA + at)).toEqual({ value: 0 });
    given.mapFirst(VA, 0);
    given.writeCp15(8, 7, 1, VA + 0x80000);
    for (let at = 0; at < 0x100000; at += 0x8000) expect(given.load(VA + at)).toMatchObject({ status: 5 });
  });

  it("an instruction fetch takes the new translation after the flush of its page", () => {
    const given = givenPages();
    // In both pages: mov r3, #n; mov pc, lr.
    given.write(DATA, 0xe3a03001, 0xe1a0f00e);
    given.write(DATA + 0x1000, 0xe3a03002, 0xe1a0f00e);
    const call = () => {
      given.words[4] = VA;
      // mov lr, pc; mov pc, r4; nop
      given.execute(0xe1a0e00f, 0xe1a0f004, 0xe1a00000).run(2);
      return given.reg(3);
    };
    expect(call()).toBe(1);
    given.write(SECOND_TABLE, page(DATA + 0x1000));
    given.writeCp15(8, 7, 1, VA);
    expect(call()).toBe(2);
  });

  it("permissions are cached with the translation", () => {
    const given = givenPages();
    given.store(VA, 5);
    given.write(SECOND_TABLE, smallEntry(DATA, [0, 0, 0, 0]));
    expect(given.load(VA)).toEqual({ value: 5 });
    given.writeCp15(8, 6, 1, VA);
    expect(given.store(VA, 6)).toEqual({ status: 0xf, far: VA });
    expect(given.word(DATA)).toBe(5);
  });

  it("a change of S or R needs no flush", () => {
    const given = givenCpu().enableMmu().mapFirst(VA, sectionEntry(0x100000));
    const control = given.readCp15(1, 0, 0);
    expect(given.load(VA)).toEqual({ status: 0xd, far: VA });
    given.writeCp15(1, 0, 0, control | Control.S);
    expect(given.load(VA)).toEqual({ value: 0 });
    given.writeCp15(1, 0, 0, control);
    expect(given.load(VA)).toEqual({ status: 0xd, far: VA });
  });
});

describe("entries", () => {
  function givenTlb() {
    const host = new HostMemory(0x40000);
    const traps = new PageTraps(host.u8.length);
    const tlb = new Tlb(host, traps);
    const bank = tlb.bankFor(1);
    const fill = (va: number, access = {}) =>
      tlb.fill(bank, va, RAM_OFFSET + 0x3000, { canRead: true, canWrite: true, isLarge: false, ...access });
    const tags = (va: number) => {
      const entry = bank + ((va >>> 12) & 1023) * 4;
      return [TAG_READ, TAG_WRITE, TAG_EXECUTE].map((tag) => host.i32[entry + tag] === (va & ~0xfff));
    };
    return { tlb, traps, fill, tags, frame: (RAM_OFFSET + 0x3000) >>> 12 };
  }

  it("have a tag for what is allowed only", () => {
    const { fill, tags } = givenTlb();
    fill(VA);
    expect(tags(VA)).toEqual([true, true, true]);
    fill(VA, { canWrite: false });
    expect(tags(VA)).toEqual([true, false, true]);
    fill(VA, { canRead: false, canWrite: false });
    expect(tags(VA)).toEqual([false, false, false]);
  });

  it("lose the write tag when their page gets a trap, whatever its address is, and none while it has one", () => {
    const { fill, tags, traps, frame } = givenTlb();
    fill(VA);
    fill(0x12345000);
    traps.set(frame, TRAP_WATCH);
    expect([tags(VA), tags(0x12345000)]).toEqual([
      [true, false, true],
      [true, false, true],
    ]);
    fill(VA);
    expect(tags(VA)[1]).toBe(false);
    traps.set(frame, TRAP_DIRTY);
    traps.clear(frame, TRAP_WATCH);
    fill(VA);
    expect(tags(VA)[1]).toBe(false);
    traps.clear(frame, TRAP_DIRTY);
    fill(VA);
    expect(tags(VA)[1]).toBe(true);
  });

  it("of page 0 are hit by no address when they are invalid", () => {
    const { fill, tags, tlb } = givenTlb();
    fill(0);
    expect(tags(0)).toEqual([true, true, true]);
    tlb.flushPage(0);
    expect(tags(0)).toEqual([false, false, false]);
  });

  it("of a DACR value come back with it, and go when its bank is needed for another", () => {
    const { tlb, fill, tags } = givenTlb();
    fill(VA);
    const bank = tlb.bankFor(1);
    expect(tlb.bankFor(2)).not.toBe(bank);
    expect(tlb.bankFor(1)).toBe(bank);
    expect(tags(VA)[0]).toBe(true);
    for (const dacr of [3, 4, 5]) tlb.bankFor(dacr);
    expect(tlb.bankFor(5)).toBe(bank);
    expect(tags(VA)).toEqual([false, false, false]);
  });
});
