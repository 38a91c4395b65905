import { describe, expect, it } from "vitest";
import {
  Control,
  CP15_IFAR,
  CP15_TTBCR,
  CP15_TTBR0,
  CP15_TTBR1,
  FAULT_WRITE,
  Fault,
  Mode,
} from "../../../src/arm/core/index.ts";
import type { GivenCpu } from "../given-cpu.ts";
import {
  CODE,
  coarseEntry,
  DATA,
  DEVICE,
  DEVICE_BYTES,
  extendedLarge,
  extendedSection,
  extendedSmall,
  fineEntry,
  givenCpu,
  largeEntry,
  RAM_BYTES,
  SECOND_TABLE,
  sectionEntry,
  smallEntry,
  supersection,
  TABLE,
} from "../given-cpu.ts";

/** Any virtual address that is not where code and tables are. */
const VA = 0x40000000;
const ALL = 3;
const model = "arm1176jzf-s";
const XP = Control.XP;

const value = (value: number) => ({ value });
const fault = (status: number, far: number) => ({ status, far });

const givenMapping = (descriptor: number, { control = XP as number, dacr = 1 } = {}): GivenCpu =>
  givenCpu({ model }).enableMmu({ control, dacr }).mapFirst(VA, descriptor);

interface CoarseOptions {
  domain?: number;
  control?: number;
  dacr?: number;
}

/** The same with one coarse table for VA. */
function givenCoarse(
  entries: Readonly<Record<number, number>>,
  { domain = 0, ...options }: CoarseOptions = {},
): GivenCpu {
  const given = givenMapping(coarseEntry(SECOND_TABLE, { domain }), options);
  for (const [page, entry] of Object.entries(entries)) given.write(SECOND_TABLE + 4 * Number(page), entry);
  return given;
}

const large = (entry: number) => Object.fromEntries(Array.from({ length: 16 }, (_, n) => [n, entry]));

/** What user mode and privileged code may do at `va`: letters r, w and x. */
function rightsAt(given: GivenCpu, va: number): string {
  given.write(given.core.probe(va) ?? DATA, 0xe1a0f00e /* mov pc, lr */);
  const probe = () => {
    const read = "value" in given.load(va) ? "r" : "-";
    const write = "value" in given.store(va, 0xe1a0f00e) ? "w" : "-";
    const before = given.core.exceptionCounts.prefetchAbort;
    given.words[4] = va;
    // mov lr, pc; mov pc, r4; nop: the abort leaves for the vector, the call comes back.
    given.execute(0xe1a0e00f, 0xe1a0f004, 0xe1a00000).run(1);
    const aborted = given.core.exceptionCounts.prefetchAbort !== before;
    return `${read}${write}${aborted ? "-" : "x"}`;
  };
  const privileged = probe();
  given.core.state.setCpsr(Mode.svc | 0xc0);
  given.core.resynchronize();
  given.enterMode(Mode.usr);
  return `${privileged} ${probe()}`;
}

describe("without the MMU", () => {
  it("virtual addresses are physical ones, and nothing is fetched for a place where nothing answers", () => {
    const given = givenCpu({ model, data: [7] });
    expect(given.load(DATA)).toEqual(value(7));
    expect(given.load(RAM_BYTES)).toEqual(fault(8, RAM_BYTES));
    expect(given.store(0xfffffff0, 1)).toEqual(fault(8 | FAULT_WRITE, 0xfffffff0));
    given.core.pc = RAM_BYTES;
    given.run(1);
    expect([given.faults.ifsr, given.words[CP15_IFAR] >>> 0, given.pc]).toEqual([8, RAM_BYTES, 0xc]);
  });
});

describe("permissions of page tables without subpages", () => {
  const cases: [number, number, number, number, string][] = [
    [0, 0, 0, 0, "--- ---"],
    [0, 0, 0, Control.S, "r-x ---"],
    [0, 0, 0, Control.R, "r-x r-x"],
    [0, 1, 0, 0, "rwx ---"],
    [0, 2, 0, 0, "rwx r-x"],
    [0, 3, 0, 0, "rwx rwx"],
    [1, 0, 0, 0, "--- ---"],
    [1, 0, 0, Control.R, "--- ---"],
    [1, 1, 0, 0, "r-x ---"],
    [1, 2, 0, 0, "r-x r-x"],
    [1, 3, 0, 0, "r-x r-x"],
    [0, 3, 1, 0, "rw- rw-"],
    [0, 2, 1, 0, "rw- r--"],
    [1, 3, 1, 0, "r-- r--"],
  ];

  it.each(cases)("APX %i, AP %i, XN %i with S and R = %i give %s", (apx, ap, xn, control, rights) => {
    const options = { apx, ap, xn };
    const mode = { control: control | XP };
    expect(rightsAt(givenMapping(extendedSection(0x100000, options), mode), VA + 0x30000)).toBe(rights);
    expect(rightsAt(givenMapping(supersection(0, options), mode), VA + 0x30000)).toBe(rights);
    expect(rightsAt(givenCoarse({ 3: extendedSmall(0x130000, options) }, mode), VA + 0x3000)).toBe(rights);
    expect(rightsAt(givenCoarse(large(extendedLarge(0x130000, options)), mode), VA + 0x8000)).toBe(rights);
  });

  it("do not hold in a domain of which the code is manager, XN included", () => {
    const entry = extendedSection(0x100000, { apx: 1, ap: 1, xn: 1, domain: 7 });
    expect(rightsAt(givenMapping(entry, { dacr: 1 | (3 << 14) }), VA)).toBe("rwx rwx");
  });
});

describe("descriptors without subpages", () => {
  it("a supersection maps 16 MiB, in domain 0 whatever stands in the field", () => {
    const given = givenMapping(supersection(0, { ap: ALL, domain: 9 }));
    for (let n = 1; n < 16; n++) given.mapFirst(VA + n * 0x100000, supersection(0, { ap: ALL, domain: 9 }));
    given.write(0x1abcd0, 99);
    expect(given.load(VA + 0x1abcd0)).toEqual(value(99));
    expect(given.load(VA + 0xf00000)).toEqual(fault(8, VA + 0xf00000));
    expect(given.load(VA + 0x1000000)).toEqual(fault(Fault.translationSection, VA + 0x1000000));
  });

  it("memory types are taken and change nothing", () => {
    for (let type = 0; type < 32; type++) {
      const bits = ((type >>> 2) << 12) | ((type & 3) << 2) | 0x10000;
      const given = givenMapping(extendedSection(0x100000, { ap: ALL }) | bits);
      expect(given.store(VA + 8, type)).toEqual(value(type));
      expect(given.load(VA + 8)).toEqual(value(type));
    }
  });

  it("large pages map 64 KiB, small pages 4 KiB", () => {
    const given = givenCoarse({ ...large(extendedLarge(DATA, { ap: ALL })), 20: extendedSmall(0x31000, { ap: ALL }) });
    given.write(DATA + 0xcba0, 77);
    given.write(0x31ffc, 78);
    expect(given.load(VA + 0xcba0)).toEqual(value(77));
    expect(given.load(VA + 0x14ffc)).toEqual(value(78));
    expect(given.load(VA + 0x15000)).toEqual(fault(Fault.translationPage, VA + 0x15000));
  });

  it("a fine table is none any more: both levels' reserved types fault", () => {
    const given = givenMapping(fineEntry(SECOND_TABLE));
    expect(given.load(VA)).toEqual(fault(Fault.translationSection, VA));
    expect(givenMapping(fineEntry(SECOND_TABLE), { control: 0 }).load(VA)).toEqual(fault(Fault.translationSection, VA));
  });
});

describe("page tables with subpages", () => {
  const legacy = { control: 0 };

  it("take the permissions of each quarter of small and large pages", () => {
    const aps = [0, 1, 2, 3];
    const rights = ["--- ---", "rwx ---", "rwx r-x", "rwx rwx"];
    const small = aps.map((_, quarter) =>
      rightsAt(givenCoarse({ 3: smallEntry(DATA, aps) }, legacy), VA + 0x3000 + quarter * 0x400),
    );
    expect(small).toEqual(rights);
    const entries = large(largeEntry(DATA, aps));
    expect(aps.map((_, quarter) => rightsAt(givenCoarse(entries, legacy), VA + quarter * 0x4000))).toEqual(rights);
  });

  it("have extended small pages, whose other permission bits are a memory type", () => {
    const entry = (DATA | 0x1c0 | (2 << 4) | 3) >>> 0;
    expect(rightsAt(givenCoarse({ 0: entry }, legacy), VA)).toBe("rwx r-x");
  });

  it("know neither XN nor APX nor nG in sections, and have supersections", () => {
    const bits = extendedSection(0x100000, { ap: ALL, xn: 1, nG: 1 });
    expect(rightsAt(givenMapping(bits, legacy), VA)).toBe("rwx rwx");
    const given = givenMapping(supersection(0, { ap: ALL }), legacy);
    given.write(0x1234, 5);
    expect(given.load(VA + 0x1234)).toEqual(value(5));
  });
});

describe("the two table bases", () => {
  const OTHER_TABLE = 0x1f0000;

  it.each([
    [1, 0x7ff00000, 0x80000000],
    [2, 0x3ff00000, 0x40000000],
    [7, 0x01f00000, 0x02000000],
  ])("N = %i gives addresses from %i and %i to TTBR0 and TTBR1", (n, last, first) => {
    const given = givenCpu({ model }).enableMmu({ control: XP });
    given.write(OTHER_TABLE + (first >>> 18), extendedSection(0x100000, { ap: ALL }));
    // A smaller table for TTBR0, which may lie closer; the code's section is in it.
    const small = TABLE + (0x4000 >>> n);
    given.write(small, extendedSection(0, { ap: ALL }));
    given.write(small + (last >>> 18), extendedSection(0x100000, { ap: ALL }));
    given.write(0x100000, 0x77);
    given.words[CP15_TTBR0] = small | 0x0b;
    given.words[CP15_TTBR1] = OTHER_TABLE | 0x0b;
    given.words[CP15_TTBCR] = n;
    given.core.resynchronize();
    expect(given.load(last)).toEqual(value(0x77));
    expect(given.load(first)).toEqual(value(0x77));
    expect(given.load((first + 0x100000) >>> 0)).toMatchObject({ status: Fault.translationSection });
  });

  it("may both be closed for walks", () => {
    const given = givenMapping(extendedSection(0x100000, { ap: ALL }));
    given.words[CP15_TTBR1] = TABLE;
    given.writeCp15(2, 0, 2, 2 | 0x20).writeCp15(8, 7, 0, 0);
    expect(given.load(VA)).toEqual(fault(Fault.translationSection, VA));
    given.writeCp15(2, 0, 2, 2);
    expect(given.load(VA)).toEqual(value(0));
    given.writeCp15(2, 0, 2, 0x10).writeCp15(8, 7, 0, 0).run(1);
    expect(given.faults.ifsr).toBe(Fault.translationSection);
  });
});

describe("fault status", () => {
  it.each([
    ["translation of a section, without a domain", () => givenMapping(0), 0x5],
    ["domain of a section", () => givenMapping(extendedSection(0, { domain: 5 })), 0x59],
    ["permission of a section", () => givenMapping(extendedSection(0, { domain: 5 }), { dacr: 0x401 }), 0x5d],
    ["translation of a page", () => givenCoarse({}, { domain: 4 }), 0x47],
    ["domain of a page", () => givenCoarse({ 0: extendedSmall(DATA) }, { domain: 4 }), 0x4b],
    ["permission of a page", () => givenCoarse({ 0: extendedSmall(DATA) }, { domain: 4, dacr: 0x101 }), 0x4f],
    ["external abort in a section", () => givenMapping(extendedSection(0x30000000, { ap: ALL })), 0x8],
    ["external abort in a page", () => givenCoarse({ 0: extendedSmall(0x30000000, { ap: ALL }) }), 0x8],
    ["external abort of the second level", () => givenMapping(coarseEntry(0x30000000, { domain: 2 })), 0x2e],
  ])("of a load and a store: %s", (_name, given, status) => {
    expect(given().load(VA + 8)).toEqual(fault(status, VA + 8));
    expect(given().store(VA + 8, 1)).toEqual(fault(status | FAULT_WRITE, VA + 8));
    const fetched = given();
    fetched.core.pc = VA;
    fetched.run(1);
    // The instruction fault status has no domain.
    expect([fetched.faults.ifsr, fetched.words[CP15_IFAR] >>> 0]).toEqual([status & 15, VA]);
  });

  it("of an external abort of the first level", () => {
    const given = givenMapping(0).writeCp15(2, 0, 0, 0x30000000).writeCp15(8, 7, 0, 0).run(1);
    expect(given.faults.ifsr).toBe(Fault.externalWalk1);
  });

  it("of a block that runs out of a device tells that it was a store", () => {
    const given = givenCpu({ model });
    const end = DEVICE + DEVICE_BYTES;
    expect(given.load(DEVICE, 0xe891001c /* ldm r1, {r2, r3, r4} */)).toEqual(fault(8, end));
    expect(given.load(DEVICE, 0xe881001c /* stm r1, {r2, r3, r4} */)).toEqual(fault(8 | FAULT_WRITE, end));
  });

  it("of a misaligned access comes first, and has no domain", () => {
    const given = givenMapping(extendedSection(0, { domain: 5 }), { control: XP | Control.A });
    expect(given.load(VA + 2)).toEqual(fault(Fault.alignment, VA + 2));
    expect(given.store(VA + 1, 0)).toEqual(fault(Fault.alignment | FAULT_WRITE, VA + 1));
  });

  it("of a fetch from a page that must not be executed is a permission fault", () => {
    for (const [given, status] of [
      [givenMapping(extendedSection(0x100000, { ap: ALL, xn: 1 })), Fault.permissionSection],
      [givenCoarse({ 0: extendedSmall(DATA, { ap: ALL, xn: 1 }) }), Fault.permissionPage],
    ] as const) {
      // The data side fills the TLB first; the fetch must not take the entry.
      given.load(VA);
      given.core.pc = VA;
      given.run(1);
      expect([given.faults.ifsr, given.pc]).toEqual([status, 0xc]);
    }
  });
});

describe("the access flag", () => {
  const control = XP | Control.AFE;

  it("is AP bit 0 when it is enabled; the other bits alone say what is allowed", () => {
    const rights = [1, 3].flatMap((ap) =>
      [0, 1].map((apx) => {
        const given = givenCpu({ model }).enableMmu({ control }).mapFirst(VA, extendedSection(0x100000, { ap, apx }));
        return rightsAt(given, VA);
      }),
    );
    expect(rights).toEqual(["rwx ---", "r-x ---", "rwx rwx", "r-x r-x"]);
  });

  it("faults when it is clear, before the domain is asked", () => {
    const section = givenMapping(extendedSection(0x100000, { ap: 2, domain: 3 }), { control });
    expect(section.load(VA)).toEqual(fault(Fault.accessFlagSection | 0x30, VA));
    const page = givenCoarse({ 0: extendedSmall(DATA, { ap: 2 }) }, { domain: 3, control });
    expect(page.store(VA, 1)).toEqual(fault(Fault.accessFlagPage | 0x30 | FAULT_WRITE, VA));
  });

  it("is not looked at in page tables with subpages", () => {
    const given = givenMapping(sectionEntry(0x100000, { ap: 2 }), { control: Control.AFE });
    expect(given.load(VA)).toEqual(value(0));
  });
});

describe("one address space after another", () => {
  const SPACES = [0x21, 0x22];
  const setAsid = (given: GivenCpu, asid: number) => given.writeCp15(13, 0, 1, 0x1234_5600 | asid);

  /** VA is of the address space, the page behind it of all. */
  function givenPages() {
    const given = givenCoarse({
      0: extendedSmall(DATA, { ap: ALL, nG: 1 }),
      1: extendedSmall(DATA + 0x1000, { ap: ALL }),
    });
    given.write(DATA, 1);
    given.write(DATA + 0x1000, 2);
    setAsid(given, SPACES[0]);
    expect([given.load(VA), given.load(VA + 0x1000)]).toEqual([value(1), value(2)]);
    // Both change, and neither is flushed.
    given.write(
      SECOND_TABLE,
      extendedSmall(DATA + 0x2000, { ap: ALL, nG: 1 }),
      extendedSmall(DATA + 0x3000, { ap: ALL }),
    );
    given.write(DATA + 0x2000, 3);
    given.write(DATA + 0x3000, 4);
    return given;
  }

  it("a change of ASID forgets what is not global, and nothing else", () => {
    const given = givenPages();
    setAsid(given, SPACES[1]);
    expect([given.load(VA), given.load(VA + 0x1000)]).toEqual([value(3), value(2)]);
  });

  it("a change of the process id above the ASID forgets nothing", () => {
    const given = givenPages();
    given.writeCp15(13, 0, 1, 0x777700 | SPACES[0]);
    expect([given.load(VA), given.load(VA + 0x1000)]).toEqual([value(1), value(2)]);
  });

  it.each([5, 6, 7])("c8,c%i,2 forgets one address space, and only it", (crm) => {
    const given = givenPages();
    given.writeCp15(8, crm, 2, SPACES[1]);
    expect([given.load(VA), given.load(VA + 0x1000)]).toEqual([value(1), value(2)]);
    given.writeCp15(8, crm, 2, SPACES[0]);
    expect([given.load(VA), given.load(VA + 0x1000)]).toEqual([value(3), value(2)]);
  });

  it.each([5, 6, 7])("c8,c%i,1 forgets one page, global or not", (crm) => {
    const given = givenPages();
    given.writeCp15(8, crm, 1, VA | SPACES[0]);
    expect([given.load(VA), given.load(VA + 0x1000)]).toEqual([value(3), value(2)]);
    given.writeCp15(8, crm, 1, VA + 0x1000);
    expect(given.load(VA + 0x1000)).toEqual(value(4));
  });

  it("a page of its own is forgotten in user mode's entries too, and for instruction fetches", () => {
    const given = givenPages();
    given.enterMode(Mode.usr);
    given.load(VA);
    given.core.state.setCpsr(Mode.svc | 0xc0);
    given.core.resynchronize();
    given.enterMode(Mode.usr);
    expect(given.load(VA)).toEqual(value(3));
  });

  it("more pages than the list of them holds are forgotten too", () => {
    const given = givenCpu({ model }).enableMmu({ control: XP });
    for (let n = 0; n < 16; n++) given.mapFirst(VA + n * 0x100000, extendedSection(0x100000, { ap: ALL, nG: 1 }));
    for (let page = 0; page < 4096; page++) given.load(VA + page * 0x1000);
    for (let n = 0; n < 16; n++) given.mapFirst(VA + n * 0x100000, 0);
    setAsid(given, SPACES[1]);
    for (let page = 3072; page < 4096; page += 64) {
      expect(given.load(VA + page * 0x1000)).toMatchObject({ status: Fault.translationSection });
    }
  });
});

describe("one address of a supersection", () => {
  it("flushes all of its 16 MiB", () => {
    const given = givenCpu({ model }).enableMmu({ control: XP });
    for (let n = 0; n < 16; n++) given.mapFirst(VA + n * 0x100000, supersection(0, { ap: ALL }));
    given.load(VA + 0x100000);
    given.load(VA + 0x10);
    for (let n = 0; n < 16; n++) given.mapFirst(VA + n * 0x100000, 0);
    given.writeCp15(8, 7, 1, VA + 0xf00000);
    expect(given.load(VA + 0x10)).toMatchObject({ status: Fault.translationSection });
    expect(given.load(VA + 0x100000)).toMatchObject({ status: Fault.translationSection });
  });
});

describe("code", () => {
  it("in the page that runs stops when the page becomes one that must not be executed", () => {
    const given = givenCpu({ model }).enableMmu({ control: XP });
    given.execute(0xe1a00000 /* nop */);
    given.mapFirst(0, extendedSection(0, { ap: ALL, xn: 1 }));
    // mcr p15, 0, r2, c8, c7, 0; nop
    given.execute(0xee082f17, 0xe1a00000);
    expect([given.faults.ifsr, given.words[CP15_IFAR]]).toEqual([Fault.permissionSection, CODE + 4]);
  });
});
