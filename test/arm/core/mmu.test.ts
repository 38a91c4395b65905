import { describe, expect, it } from "vitest";
import { Control, CP15_CONTROL, CP15_FCSE, Fault, Mode } from "../../../src/arm/core/index.ts";
import type { GivenCpu } from "../given-cpu.ts";
import {
  coarseEntry,
  DATA,
  DEVICE,
  fineEntry,
  givenCpu,
  largeEntry,
  RAM_BYTES,
  ROM,
  SECOND_TABLE,
  sectionEntry,
  smallEntry,
  tinyEntry,
} from "../given-cpu.ts";

/** Any virtual address that is not where code and tables are. */
const VA = 0x40000000;
const NONE = 0;
const PRIVILEGED = 1;
const USER_READS = 2;
const ALL = 3;

const value = (value: number) => ({ value });
const fault = (status: number, far: number) => ({ status, far });

/** A core with the MMU on that knows VA as `descriptor`. */
const givenMapping = (descriptor: number, options = {}): GivenCpu =>
  givenCpu().enableMmu(options).mapFirst(VA, descriptor);

/** The same with one coarse table for VA. */
function givenCoarse(entries: Readonly<Record<number, number>>, { domain = 0, dacr = 1 } = {}): GivenCpu {
  const given = givenMapping(coarseEntry(SECOND_TABLE, { domain }), { dacr });
  for (const [page, entry] of Object.entries(entries)) given.write(SECOND_TABLE + 4 * Number(page), entry);
  return given;
}

const large = (aps: number[]) =>
  Object.fromEntries(Array.from({ length: 16 }, (_, n) => [n, largeEntry(0x20000, aps)]));

/** What user mode and privileged code may do at `va`: letters r and w. */
function rightsAt(given: GivenCpu, va: number): { privileged: string; user: string } {
  const probe = () => {
    const read = "value" in given.load(va) ? "r" : "-";
    return `${read}${"value" in given.store(va, 0) ? "w" : "-"}`;
  };
  const privileged = probe();
  given.enterMode(Mode.usr);
  return { privileged, user: probe() };
}

describe("without the MMU", () => {
  it("virtual addresses are physical ones and everybody may access all", () => {
    const given = givenCpu({ data: [7] });
    expect(given.load(DATA)).toEqual(value(7));
    expect(rightsAt(given, DATA)).toEqual({ privileged: "rw", user: "rw" });
  });

  it("a place where nothing answers gives an external abort", () => {
    expect(givenCpu().load(RAM_BYTES)).toEqual(fault(Fault.externalSection, RAM_BYTES));
    expect(givenCpu().store(0xfffffff0, 1)).toEqual(fault(Fault.externalSection, 0xfffffff0));
  });

  it("a store to ROM does nothing", () => {
    const given = givenCpu();
    expect(given.store(ROM, 5)).toEqual(value(5));
    expect(given.word(ROM)).toBe(0);
  });
});

describe("sections", () => {
  it("map a megabyte, its offset kept", () => {
    const given = givenMapping(sectionEntry(0x100000, { ap: ALL }));
    given.write(0x1abcdc, 0x1234);
    expect(given.load(VA + 0xabcdc)).toEqual(value(0x1234));
    given.store(VA + 0xffffc, 99);
    expect(given.word(0x1ffffc)).toBe(99);
  });

  it.each([
    [NONE, 0, "--", "--"],
    [NONE, Control.S, "r-", "--"],
    [NONE, Control.R, "r-", "r-"],
    [PRIVILEGED, 0, "rw", "--"],
    [PRIVILEGED, Control.R, "rw", "--"],
    [USER_READS, 0, "rw", "r-"],
    [USER_READS, Control.S, "rw", "r-"],
    [ALL, 0, "rw", "rw"],
    [ALL, Control.R, "rw", "rw"],
  ])("AP %i with S and R = %i gives privileged code %s and user code %s", (ap, control, privileged, user) => {
    expect(rightsAt(givenMapping(sectionEntry(0x100000, { ap }), { control }), VA)).toEqual({ privileged, user });
  });

  it("report translation, domain and permission faults with the domain", () => {
    expect(givenMapping(0).load(VA + 8)).toEqual(fault(Fault.translationSection, VA + 8));
    const dacr = 1 | (1 << 12);
    expect(givenMapping(sectionEntry(0, { ap: ALL, domain: 5 }), { dacr }).load(VA)).toEqual(fault(0x59, VA));
    expect(givenMapping(sectionEntry(0, { domain: 6 }), { dacr }).load(VA + 4)).toEqual(fault(0x6d, VA + 4));
    expect(givenMapping(sectionEntry(0, { domain: 6 }), { dacr }).store(VA + 4, 1)).toEqual(fault(0x6d, VA + 4));
  });
});

describe("domains", () => {
  it.each([
    [0, "no access", "--", "--"],
    [1, "a client", "rw", "--"],
    [2, "the reserved kind", "--", "--"],
    [3, "a manager", "rw", "rw"],
  ])("of kind %i, %s, give %s to privileged code and %s to user code", (kind, _name, privileged, user) => {
    const dacr = 1 | (kind << 6);
    const given = givenMapping(sectionEntry(0x100000, { ap: PRIVILEGED, domain: 3 }), { dacr });
    expect(rightsAt(given, VA)).toEqual({ privileged, user });
  });

  it("are looked at anew when the DACR changes, both ways", () => {
    const given = givenMapping(sectionEntry(0x100000, { ap: ALL, domain: 15 }), { dacr: 0x40000001 });
    for (let round = 0; round < 3; round++) {
      expect(given.load(VA)).toEqual(value(0));
      given.writeCp15(3, 0, 0, 1);
      expect(given.load(VA)).toEqual(fault(0xf9, VA));
      given.writeCp15(3, 0, 0, 0x40000001);
    }
  });

  it("keep apart more DACR values than the TLB has banks", () => {
    const given = givenMapping(sectionEntry(0x100000, { ap: ALL, domain: 1 }));
    for (let round = 0; round < 2; round++) {
      for (let other = 0; other < 9; other++) {
        const dacr = 1 | (other << 8);
        given.writeCp15(3, 0, 0, dacr | 4);
        expect(given.load(VA)).toEqual(value(0));
        given.writeCp15(3, 0, 0, dacr);
        expect(given.load(VA)).toEqual(fault(0x19, VA));
      }
    }
  });

  it("count for instruction fetches at once, also in the page that runs", () => {
    // mcr p15, 0, r2, c3, c0, 0; nop: the code's own domain loses its access.
    const given = givenCpu().enableMmu();
    given.words[2] = 0;
    given.execute(0xee032f10, 0xe1a00000);
    expect(given.core.exceptionCounts.prefetchAbort).toBe(1);
    expect(given.faults.ifsr).toBe(Fault.domainSection);
  });
});

describe("second-level pages", () => {
  it("large pages repeat in sixteen entries and map 64 KiB", () => {
    const given = givenCoarse(large([ALL, ALL, ALL, ALL]));
    given.write(0x2c124, 77);
    expect(given.load(VA + 0xc124)).toEqual(value(77));
    expect(given.load(VA + 0x10000)).toEqual(fault(Fault.translationPage, VA + 0x10000));
  });

  it("each quarter of a large page has its own permission", () => {
    const aps = [NONE, PRIVILEGED, USER_READS, ALL];
    const rights = aps.map((_, quarter) => rightsAt(givenCoarse(large(aps)), VA + quarter * 0x4000 + 0x3000));
    expect(rights.map(({ privileged, user }) => `${privileged} ${user}`)).toEqual(["-- --", "rw --", "rw r-", "rw rw"]);
  });

  it("each quarter of a small page has its own permission", () => {
    const entries = { 3: smallEntry(DATA, [ALL, USER_READS, PRIVILEGED, NONE]) };
    const rights = [0, 1, 2, 3].map((quarter) => rightsAt(givenCoarse(entries), VA + 0x3000 + quarter * 0x400 + 0x3fc));
    expect(rights.map(({ privileged, user }) => `${privileged} ${user}`)).toEqual(["rw rw", "rw r-", "rw --", "-- --"]);
  });

  it("an allowed access to one quarter does not open the others", () => {
    const given = givenCoarse({ 0: smallEntry(DATA, [ALL, NONE, ALL, NONE]) });
    expect(given.load(VA)).toEqual(value(0));
    expect(given.load(VA + 0x400)).toEqual(fault(Fault.permissionPage, VA + 0x400));
    expect(given.load(VA + 0x800)).toEqual(value(0));
  });

  it("a transfer of several words is checked in every quarter that it touches", () => {
    for (const instruction of [0xe891000c /* ldm r1, {r2, r3} */, 0xe1c120d0 /* ldrd r2, [r1] */]) {
      const given = givenCoarse({ 0: smallEntry(DATA, [ALL, NONE, ALL, ALL]) });
      given.words[2] = 22;
      given.words[3] = 33;
      const address = VA + 0x3fc;
      expect(given.load(address, instruction)).toEqual(fault(Fault.permissionPage, VA + 0x400));
      expect([given.reg(2), given.reg(3)]).toEqual([22, 33]);
      // What comes next is not aborted in its place.
      expect(given.load(VA)).toEqual(value(0));
    }
  });

  it("fine tables have tiny pages of 1 KiB", () => {
    const given = givenMapping(fineEntry(SECOND_TABLE + 0x1000));
    given.write(SECOND_TABLE + 0x1000 + 4 * 5, tinyEntry(DATA + 0x400, ALL), tinyEntry(DATA + 0x800, PRIVILEGED));
    given.write(DATA + 0x404, 0x55, 0x66);
    expect(given.load(VA + 0x1404)).toEqual(value(0x55));
    expect(given.load(VA + 0x1800)).toEqual(value(0));
    given.enterMode(Mode.usr);
    expect(given.load(VA + 0x1408)).toEqual(value(0x66));
    expect(given.load(VA + 0x1800)).toEqual(fault(Fault.permissionPage, VA + 0x1800));
    expect(given.load(VA)).toEqual(fault(Fault.translationPage, VA));
  });

  it("fine tables take small and large pages too", () => {
    const given = givenMapping(fineEntry(SECOND_TABLE + 0x1000));
    for (let n = 0; n < 4; n++) given.write(SECOND_TABLE + 0x1000 + 4 * n, smallEntry(DATA, [ALL, ALL, ALL, ALL]));
    given.write(DATA + 0xffc, 3);
    expect(given.load(VA + 0xffc)).toEqual(value(3));
  });

  it("a tiny page in a coarse table is no page", () => {
    const given = givenCoarse({ 0: tinyEntry(DATA, ALL) });
    expect(given.load(VA)).toEqual(fault(Fault.translationPage, VA));
  });

  it("report translation, domain and permission faults with the domain", () => {
    const dacr = 1 | (1 << 8);
    expect(givenCoarse({}, { domain: 4, dacr }).load(VA)).toEqual(fault(0x47, VA));
    const entries = { 0: smallEntry(DATA, [NONE, NONE, NONE, NONE]) };
    expect(givenCoarse(entries, { domain: 4, dacr }).load(VA)).toEqual(fault(0x4f, VA));
    expect(givenCoarse(entries, { domain: 9, dacr }).load(VA)).toEqual(fault(0x9b, VA));
  });
});

describe("external aborts", () => {
  it("of the first and second level of a walk have codes of their own", () => {
    const first = givenMapping(0).writeCp15(2, 0, 0, 0x30000000).writeCp15(8, 7, 0, 0).run(1);
    expect(first.faults.ifsr).toBe(Fault.externalWalk1);
    const second = givenMapping(coarseEntry(0x30000000, { domain: 2 }));
    expect(second.load(VA)).toEqual(fault(Fault.externalWalk2 | 0x20, VA));
  });

  it("of a block end it before anything is loaded or stored, wherever in the block they are", () => {
    const given = givenCpu();
    given.words[2] = 22;
    // ldm r1, {r2, r3, r4}: the device has but two words.
    expect(given.load(DEVICE, 0xe891001c)).toEqual(fault(Fault.externalSection, DEVICE + 8));
    expect(given.reg(2)).toBe(22);
    // stm r1, {r2, r3, r4}
    expect(given.load(DEVICE, 0xe881001c)).toEqual(fault(Fault.externalSection, DEVICE + 8));
    expect(given.deviceLog).toEqual([]);
    expect(given.load(DATA)).toEqual(value(0));
  });

  it("of the access itself tell sections from pages", () => {
    expect(givenMapping(sectionEntry(0x30000000, { ap: ALL })).load(VA)).toEqual(fault(Fault.externalSection, VA));
    const page = givenCoarse({ 0: smallEntry(0x30000000, [ALL, ALL, ALL, ALL]) });
    expect(page.store(VA, 1)).toEqual(fault(Fault.externalPage, VA));
  });
});

describe("alignment", () => {
  const misaligned: [string, number, number][] = [
    ["ldr", 0xe5910000, 1],
    ["ldrh", 0xe1d100b0, 1],
    ["ldrsh", 0xe1d100f0, 1],
    ["ldm", 0xe8910004, 2],
    ["ldrd", 0xe1c120d0, 4],
    ["swp", 0xe1010092, 3],
  ];

  it.each(misaligned)("%s aborts with A set", (_name, instruction, offset) => {
    const given = givenCpu();
    given.words[CP15_CONTROL] |= Control.A;
    expect(given.load(DATA + offset, instruction)).toEqual(fault(Fault.alignment, DATA + offset));
  });

  it("comes before the translation fault", () => {
    expect(givenMapping(0, { control: Control.A }).load(VA + 2)).toEqual(fault(Fault.alignment, VA + 2));
  });

  it("of bytes is always right", () => {
    const given = givenCpu({ data: [0x44332211] });
    given.words[CP15_CONTROL] |= Control.A;
    expect(given.load(DATA + 3, 0xe5d10000 /* ldrb r0, [r1] */)).toEqual(value(0x44));
  });

  it.each([
    [1, 0x11443322],
    [2, 0x22114433],
    [3, 0x33221144],
  ])("with A clear, a word at offset %i is rotated, from the TLB too", (offset, rotated) => {
    const given = givenCpu({ data: [0x44332211] });
    for (let round = 0; round < 2; round++) {
      expect(given.load(DATA + offset)).toEqual(value(rotated));
      expect(given.load(DATA + offset, 0xe1010092 /* swp r0, r2, [r1] */)).toEqual(value(rotated));
      given.write(DATA, 0x44332211);
    }
  });

  it("with A clear, stores and block transfers ignore the low bits", () => {
    const given = givenCpu({ data: [1, 2, 3] });
    given.store(DATA + 7, 0xabcd);
    expect([given.word(DATA + 4), given.word(DATA + 8)]).toEqual([0xabcd, 3]);
    given.load(DATA + 2, 0xe891000c /* ldm r1, {r2, r3} */);
    expect([given.reg(2), given.reg(3)]).toEqual([1, 0xabcd]);
  });
});

describe("the fast context switch extension", () => {
  it("puts the process id before addresses of the lowest 32 MiB", () => {
    const given = givenCpu().enableMmu();
    // The code's own page, wherever the process id puts it.
    given.mapFirst(0x06000000, sectionEntry(0, { ap: ALL })).mapFirst(0x06100000, sectionEntry(0x100000, { ap: ALL }));
    given.write(0x100010, 0x77);
    expect(given.load(0x100010)).toEqual(fault(Fault.translationSection, 0x100010));
    given.writeCp15(13, 0, 0, 0x06000000);
    expect(given.words[CP15_FCSE]).toBe(0x06000000);
    expect(given.load(0x100010)).toEqual(value(0x77));
    expect(given.load(0x06100010)).toEqual(value(0x77));
  });

  it("shows the modified address in the fault address register", () => {
    const given = givenCpu()
      .enableMmu()
      .mapFirst(0x06000000, sectionEntry(0, { ap: ALL }));
    given.writeCp15(13, 0, 0, 0x06000000);
    expect(given.load(0x00300004)).toEqual(fault(Fault.translationSection, 0x06300004));
  });

  it("takes the modified address when one page is flushed", () => {
    const given = givenCpu().enableMmu();
    given.mapFirst(0x06000000, sectionEntry(0, { ap: ALL })).mapFirst(0x06100000, coarseEntry(SECOND_TABLE));
    given.write(SECOND_TABLE, smallEntry(DATA, [ALL, ALL, ALL, ALL]));
    given.write(DATA, 1);
    given.write(DATA + 0x1000, 2);
    given.writeCp15(13, 0, 0, 0x06000000);
    expect(given.load(0x100000)).toEqual(value(1));
    given.write(SECOND_TABLE, smallEntry(DATA + 0x1000, [ALL, ALL, ALL, ALL]));
    given.writeCp15(8, 7, 1, 0x06100000);
    expect(given.load(0x100000)).toEqual(value(2));
  });
});
