import { describe, expect, it } from "vitest";
import { Mode } from "../../../src/arm/core/index.ts";
import { makeInsn } from "../../../src/arm/decode/index.ts";
import { CodePages, MAX_DECODED, MAX_PAGES } from "../../../src/arm/interp/code-pages.ts";
import { PageTraps, TRAP_CODE } from "../../../src/memory/index.ts";
import type { GivenCpu } from "../given-cpu.ts";
import { CODE, coarseEntry, DATA, givenCpu, RAM_BYTES, SECOND_TABLE, smallEntry, THUMB } from "../given-cpu.ts";

const MOV_R3_1 = 0xe3a03001;
const MOV_R3_2 = 0xe3a03002;
const isTrapped = (given: GivenCpu, address: number) => (given.traps.bits[given.frameOf(address)] & TRAP_CODE) !== 0;

describe("self-modifying code", () => {
  it("runs what was stored into the next instruction", () => {
    // str r0, [r1]; mov r3, #1 (stored over)
    const given = givenCpu({ code: [0xe5810000, MOV_R3_1], registers: { 0: MOV_R3_2, 1: CODE + 4 } });
    given.run(2);
    expect(given.reg(3)).toBe(2);
  });

  it("runs what was stored by STM over the rest of the block, the first time and when it was decoded before", () => {
    const nop = 0xe1a00000;
    for (let round = 0; round < 2; round++) {
      // stm r1, {r4, r5}; two instructions that are stored over
      const given = givenCpu({ registers: { 1: CODE + 4, 4: MOV_R3_2, 5: 0xe2833005 /* add r3, r3, #5 */ } });
      if (round === 1) given.execute(nop, MOV_R3_1, MOV_R3_1);
      given.execute(0xe8810030, MOV_R3_1, MOV_R3_1);
      expect(given.reg(3)).toBe(7);
    }
  });

  it("runs its own store no more when it stored over itself", () => {
    const given = givenCpu({ code: [0xe5810000], registers: { 0: MOV_R3_2, 1: CODE } });
    given.run(1);
    given.core.pc = CODE;
    given.run(1);
    expect(given.reg(3)).toBe(2);
  });

  it.each([
    ["a byte", 0xe5c10000],
    ["a half", 0xe1c100b0],
    ["a word", 0xe5810000],
    ["a swapped word", 0xe1016090],
  ])("sees %s of an instruction that was run before", (_name, store) => {
    const given = givenCpu({ registers: { 0: MOV_R3_2, 1: CODE + 0x100 } });
    given.write(CODE + 0x100, MOV_R3_1);
    given.core.pc = CODE + 0x100;
    given.run(1);
    given.execute(store);
    given.core.pc = CODE + 0x100;
    given.run(1);
    expect(given.reg(3)).toBe(2);
  });

  it("is seen in a page that was only data until then", () => {
    const given = givenCpu();
    given.store(DATA, MOV_R3_1);
    given.core.pc = DATA;
    given.run(1);
    given.store(DATA, MOV_R3_2);
    given.core.pc = DATA;
    expect(given.run(1).reg(3)).toBe(2);
  });

  it("sees a half in Thumb code, and a word over two of its halves", () => {
    for (const [store, value] of [
      [0xe1c100b0, 0x2302],
      [0xe5810000, 0x33042302],
    ]) {
      const given = givenCpu({ registers: { 0: value, 1: CODE + 0x100 } });
      given.writeHalves(CODE + 0x100, 0x2301 /* movs r3, #1 */, 0x3303 /* adds r3, #3 */);
      const runThumb = () => {
        given.words[5] = CODE + 0x101;
        given.execute(0xe12fff15 /* bx r5 */).run(2);
        given.words[5] = CODE + 0x200;
        given.writeHalves(CODE + 0x104, 0x4728 /* bx r5 */);
        given.run(1);
        return given.reg(3);
      };
      expect(runThumb()).toBe(4);
      given.execute(store);
      expect(runThumb()).toBe(value === 0x2302 ? 5 : 6);
    }
  });

  it("is seen through another mapping of the page", () => {
    const alias = 0x40000000;
    const given = givenCpu({ registers: { 0: MOV_R3_2, 1: alias + 0x100 } }).enableMmu();
    given.mapFirst(alias, coarseEntry(SECOND_TABLE));
    given.write(SECOND_TABLE, smallEntry(CODE, [3, 3, 3, 3]));
    given.write(CODE + 0x100, MOV_R3_1);
    given.core.pc = CODE + 0x100;
    given.run(1);
    given.execute(0xe5810000);
    given.core.pc = CODE + 0x100;
    given.run(1);
    expect(given.reg(3)).toBe(2);
  });

  it("is seen when a device or the loader wrote it", () => {
    const given = givenCpu();
    given.execute(MOV_R3_1);
    given.execute(MOV_R3_2);
    expect(given.reg(3)).toBe(2);
  });

  it("in ARM and Thumb state of one page is kept apart", () => {
    const given = givenCpu({ code: [0xe12fff13 /* bx r3 */], registers: { 3: CODE + 1 } });
    given.run(1);
    // The same bytes: low half 0xff13 is a suffix of BL, which goes by LR.
    expect(given.cpsr & THUMB).toBe(THUMB);
    given.words[14] = DATA;
    given.run(1);
    expect(given.pc).toBe(DATA + ((0xff13 & 0x7ff) << 1));
  });
});

describe("a page with code and data", () => {
  /** Stores `count` words behind the code of the page. */
  function storeBehind(given: GivenCpu, count: number): void {
    for (let n = 0; n < count; n++) {
      given.words[1] = CODE + 0x800;
      given.core.pc = CODE;
      given.run(1);
    }
  }

  it("is trapped from its first instruction on", () => {
    const given = givenCpu({ code: [MOV_R3_1] });
    expect(isTrapped(given, CODE)).toBe(false);
    given.run(1);
    expect([isTrapped(given, CODE), isTrapped(given, DATA)]).toEqual([true, false]);
  });

  it("is dropped after many stores that hit no instruction, and trapped again when it runs again", () => {
    const given = givenCpu({ code: [0xe5810000 /* str r0, [r1] */] });
    storeBehind(given, 63);
    expect(isTrapped(given, CODE)).toBe(true);
    storeBehind(given, 1);
    expect(isTrapped(given, CODE)).toBe(false);
    storeBehind(given, 1);
    expect(isTrapped(given, CODE)).toBe(true);
  });

  it("runs right after it was dropped as data, and changed while it was", () => {
    const given = givenCpu();
    given.write(CODE + 0x1000, MOV_R3_1);
    given.core.pc = CODE + 0x1000;
    given.run(1);
    // From another page: 64 stores make it data, then one changes the instruction.
    for (let n = 0; n < 64; n++) given.store(CODE + 0x1800, n);
    expect(isTrapped(given, CODE + 0x1000)).toBe(false);
    given.store(CODE + 0x1000, MOV_R3_2);
    given.core.pc = CODE + 0x1000;
    given.run(1);
    expect(given.reg(3)).toBe(2);
  });
});

describe("code in other places", () => {
  it("outside RAM is read from the device each time", () => {
    const given = givenCpu();
    given.store(0x10000000, MOV_R3_1);
    given.core.pc = 0x10000000;
    given.run(1);
    expect(given.reg(3)).toBe(1);
    given.store(0x10000000, MOV_R3_2);
    given.core.pc = 0x10000000;
    given.run(1);
    expect(given.reg(3)).toBe(2);
  });

  it("where nothing answers aborts", () => {
    const given = givenCpu();
    given.core.pc = RAM_BYTES;
    given.run(1);
    expect([given.pc, given.faults.ifsr, given.reg(14)]).toEqual([0xc, 8, RAM_BYTES + 4]);
  });

  it("in a page whose quarters differ is checked at each fetch", () => {
    const given = givenCpu({ cpsr: Mode.usr }).enableMmu().mapFirst(0x40000000, coarseEntry(SECOND_TABLE));
    given.write(SECOND_TABLE, smallEntry(DATA, [3, 1, 3, 3]));
    given.write(DATA + 0x3f8, MOV_R3_1, MOV_R3_2, MOV_R3_1);
    given.core.pc = 0x400003f8;
    given.run(2);
    expect([given.reg(3), given.core.exceptionCounts.prefetchAbort]).toEqual([2, 0]);
    given.run(1);
    expect([given.pc, given.faults.ifsr, given.reg(14)]).toEqual([0xc, 0xf, 0x40000404]);
  });

  it("runs over the end of a page into one that lies elsewhere", () => {
    const given = givenCpu().enableMmu().mapFirst(0x40000000, coarseEntry(SECOND_TABLE));
    given.write(SECOND_TABLE, smallEntry(DATA + 0x5000, [3, 3, 3, 3]), smallEntry(DATA, [3, 3, 3, 3]));
    given.write(DATA + 0x5ffc, MOV_R3_1);
    given.write(DATA, 0xe2833005 /* add r3, r3, #5 */);
    given.core.pc = 0x40000ffc;
    given.run(2);
    expect([given.reg(3), given.pc]).toEqual([6, 0x40001004]);
  });
});

describe("CodePages", () => {
  function givenPages() {
    const traps = new PageTraps(0x10000);
    const undecoded = makeInsn(0, -1, () => {});
    const watched = makeInsn(0, -1, () => {});
    let drops = 0;
    const pages = new CodePages(traps, { undecoded, watched }, () => {
      drops += 1;
    });
    return { traps, undecoded, pages, drops: () => drops };
  }

  it("has a slot for each instruction of a page", () => {
    const { pages } = givenPages();
    expect([pages.page(3, false).length, pages.page(3, true).length]).toEqual([1024, 2048]);
    expect(pages.page(3, false)).toBe(pages.page(3, false));
  });

  it("empties the slot that a store hits, and its halves in Thumb code", () => {
    const { pages, traps, undecoded, drops } = givenPages();
    const decoded = makeInsn(1, 0, () => {});
    const arm = pages.page(3, false).fill(decoded);
    const thumb = pages.page(3, true).fill(decoded);
    traps.stored(0x3010, 4);
    expect([arm.indexOf(undecoded), arm.lastIndexOf(undecoded)]).toEqual([4, 4]);
    expect([thumb.indexOf(undecoded), thumb.lastIndexOf(undecoded)]).toEqual([8, 9]);
    traps.stored(0x3ffe, 2);
    expect([arm.lastIndexOf(undecoded), thumb.lastIndexOf(undecoded)]).toEqual([1023, 2047]);
    expect(drops()).toBe(0);
  });

  it("drops a page that was written as a whole", () => {
    const { pages, traps, drops } = givenPages();
    const before = pages.page(3, false);
    traps.stored(0x3000, 4096);
    expect([drops(), traps.bits[3] & TRAP_CODE]).toEqual([1, 0]);
    expect(pages.page(3, false)).not.toBe(before);
  });

  it("forgets all pages at once", () => {
    const { pages, traps, drops } = givenPages();
    pages.page(1, false);
    pages.page(2, true);
    pages.clear();
    expect([drops(), traps.bits[1], traps.bits[2]]).toEqual([2, 0, 0]);
  });
});

describe("the bound on what is decoded", () => {
  const FRAMES = MAX_PAGES + 2;
  const undecoded = makeInsn(0, -1, () => {});
  const givenMany = () => {
    const dropped = { count: 0 };
    const traps = new PageTraps(FRAMES * 4096);
    const pages = new CodePages(traps, { undecoded, watched: undecoded }, () => dropped.count++);
    return { pages, traps, dropped };
  };

  it("forgets everything before one page more than it holds, with traps and all", () => {
    const { pages, traps, dropped } = givenMany();
    const first = pages.page(0, false);
    for (let frame = 1; frame < MAX_PAGES; frame++) pages.page(frame, false);
    expect([dropped.count, pages.page(0, false) === first]).toEqual([0, true]);
    pages.page(MAX_PAGES, true);
    expect(dropped.count).toBe(MAX_PAGES);
    expect([traps.bits[0], traps.bits[MAX_PAGES]]).toEqual([0, TRAP_CODE]);
    expect(pages.page(0, false)).not.toBe(first);
  });

  it("forgets everything at the next new page after so many instructions, and counts anew", () => {
    const { pages, dropped } = givenMany();
    pages.page(0, false);
    for (let i = 0; i < MAX_DECODED; i++) pages.noteDecoded();
    pages.page(1, false);
    pages.page(2, false);
    expect(dropped.count).toBe(1);
  });
});
