import { describe, expect, it } from "vitest";
import { Control, Tlb } from "../../../src/arm/core/index.ts";
import { HostMemory, PageTraps, TRAP_DIRTY, TRAP_WATCH } from "../../../src/memory/index.ts";
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

  it("an entry that a load has made serves a fetch, wherever in the address space", () => {
    // At 0x80000000 the distance to host memory is more than 31 bits hold.
    for (const va of [0x40000000, 0x80000000, 0xc0000000, 0xfff00000]) {
      const given = givenCpu().enableMmu().mapFirst(va, sectionEntry(0x100000, ALL));
      given.write(0x100000, 0xe3a03007 /* mov r3, #7 */);
      given.load(va);
      given.core.pc = va;
      expect(given.run(1).reg(3)).toBe(7);
    }
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

describe("banks", () => {
  it("are kept by DACR value, and used again for another when there are too many", () => {
    const host = new HostMemory(0x10000);
    const tlb = new Tlb(host, new PageTraps(host.u8.length));
    const banks = [1, 2, 3, 4].map((dacr) => tlb.bankFor(dacr));
    expect(new Set(banks).size).toBe(4);
    expect([1, 2, 3, 4].map((dacr) => tlb.bankFor(dacr))).toEqual(banks);
    expect(tlb.bankFor(5)).toBe(banks[0]);
    expect(tlb.bankFor(1)).toBe(banks[1]);
  });

  it("begin empty: the first access to page 0 is no hit, in none of them", () => {
    const given = givenCpu().enableMmu();
    given.write(8, 0x1234);
    for (let dacr = 1; dacr < 0x100; dacr += 4) {
      given.writeCp15(3, 0, 0, dacr);
      expect(given.load(8)).toEqual({ value: 0x1234 });
    }
    given.enterMode(0x10);
    expect(given.load(8)).toEqual({ value: 0x1234 });
  });
});

describe("a page that gets a trap", () => {
  /** DATA under two addresses, both written, and the stores that its traps report from then on. */
  function givenWatched() {
    const given = givenPages();
    const seen: string[] = [];
    given.traps.listen(TRAP_WATCH, () => seen.push("watch"));
    given.traps.listen(TRAP_DIRTY, () => seen.push("dirty"));
    given.store(VA, 1);
    given.store(VA + 0x1004, 1);
    return { given, seen, frame: given.frameOf(DATA) };
  }

  it("is reported whatever address the store takes", () => {
    const { given, seen, frame } = givenWatched();
    given.traps.set(frame, TRAP_WATCH);
    given.store(VA, 2);
    given.store(VA + 0x1004, 2);
    expect(seen).toEqual(["watch", "watch"]);
    expect([given.word(DATA), given.word(DATA + 4)]).toEqual([2, 2]);
  });

  it("stays trapped for one owner when another takes its trap away, and is free after the last", () => {
    const { given, seen, frame } = givenWatched();
    given.traps.set(frame, TRAP_WATCH);
    given.store(VA, 2);
    given.traps.set(frame, TRAP_DIRTY);
    given.traps.clear(frame, TRAP_WATCH);
    given.store(VA, 3);
    given.traps.clear(frame, TRAP_DIRTY);
    given.store(VA, 4);
    expect(seen).toEqual(["watch", "dirty"]);
    given.traps.set(frame, TRAP_DIRTY);
    given.store(VA, 5);
    expect(seen).toEqual(["watch", "dirty", "dirty"]);
  });

  it.each([
    ["that was stored to before a flush only", (given: ReturnType<typeof givenPages>) => given.writeCp15(8, 7, 0, 0)],
    ["whose entry another page took", (given: ReturnType<typeof givenPages>) => given.load(VA + 0x400000)],
    ["that was stored to a second time through the same entry", () => {}],
  ])("is reported of a page %s", (_name, between) => {
    const given = givenPages();
    given.mapFirst(VA + 0x400000, sectionEntry(DATA & ~0xfffff, ALL));
    let count = 0;
    given.traps.listen(TRAP_WATCH, () => count++);
    given.store(VA, 1);
    between(given);
    given.store(VA, 2);
    given.traps.set(given.frameOf(DATA), TRAP_WATCH);
    given.store(VA, 3);
    expect(count).toBe(1);
    expect(given.word(DATA)).toBe(3);
  });
});
