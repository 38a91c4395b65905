import { describe, expect, it } from "vitest";
import { Mode } from "../../../src/arm/core/index.ts";
import { Decoder, rows } from "../../../src/arm/decode/index.ts";
import { TRAP_DIRTY, TRAP_WATCH } from "../../../src/memory/index.ts";
import { armCorpus, thumbCorpus } from "../decode/corpus.table.ts";
import type { GivenCpu } from "../given-cpu.ts";
import {
  CODE,
  coarseEntry,
  DATA,
  DEVICE,
  givenCpu,
  SECOND_TABLE,
  sectionEntry,
  smallEntry,
  THUMB,
} from "../given-cpu.ts";

const VA = 0x40000000;
const decoder = new Decoder<unknown>(rows.map(() => () => {}));

/** Every load and store of the corpus whose base is not the PC. */
const transfers = [
  ...armCorpus.map(([word, text]) => ({ word, text, insn: decoder.arm(word), isThumb: false })),
  ...thumbCorpus.map(([word, text]) => ({ word, text: `thumb ${text}`, insn: decoder.thumb(word), isThumb: true })),
].filter(({ insn }) => {
  const { name } = rows[insn.row];
  return (
    /^(thumb)?(ldr|str|ldm|stm|swp|Ldr|Str|Ldm|Stm|Push|Pop)/.test(name) && insn.n !== 15 && !name.includes("Literal")
  );
});
const isStore = (name: string) => /^(thumb)?(str|stm|Str|Stm|Push)/.test(name);
const isBlock = (name: string) => /^(thumb)?(ldm|stm|Ldm|Stm|Push|Pop)/.test(name);

/** Registers for one transfer: the base is `address` and the index 16. */
function registersFor({ n, m }: { n: number; m: number }, hasIndex: boolean, address: number): Record<number, number> {
  const registers: Record<number, number> = {};
  for (let r = 0; r < 15; r++) registers[r] = 0x1111 * r;
  if (hasIndex) registers[m] = 16;
  registers[n] = address;
  return registers;
}

/** R0 to R14 of the interrupted mode: after an abort, R13 and R14 are in their bank. */
const userRegisters = (given: GivenCpu) =>
  Array.from({ length: 15 }, (_, n) => given.words[given.core.state.userRegisterIndex(n)] >>> 0);

describe("an abort", () => {
  it("is tried with every form of load and store", () => {
    const tried = new Set(transfers.map(({ insn }) => rows[insn.row].name));
    const known = rows.filter(({ arch }) => !/^v6/.test(arch ?? ""));
    const all = known.filter(({ name }) => /^(thumb)?(ldr|str|ldm|stm|swp|Ldr|Str|Ldm|Stm|Push|Pop)/.test(name));
    const missing = all.filter(({ name }) => !tried.has(name) && !name.includes("Literal"));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it.each(transfers.map((each) => [each.text, each] as const))("leaves all as it was: %s", (_text, each) => {
    const { word, insn, isThumb } = each;
    const cpsr = Mode.usr | 0x40000000 | (isThumb ? THUMB : 0);
    const registers = registersFor(insn, rows[insn.row].pattern.includes("m"), VA + 0x800);
    const given = givenCpu({ code: [word], cpsr, registers })
      .enableMmu()
      .mapFirst(VA, coarseEntry(SECOND_TABLE));
    const before = userRegisters(given);
    given.run(1);
    expect([given.core.exceptionCounts.dataAbort, given.pc]).toEqual([1, 0x10]);
    expect([given.faults.dfsr, (given.faults.far & ~0x1fff) >>> 0]).toEqual([0x7, VA]);
    expect([given.reg(14), given.cpsr & 0x3f]).toEqual([CODE + 8, Mode.abt]);
    expect(userRegisters(given)).toEqual(before);
  });

  const stores = transfers.filter(({ insn }) => isStore(rows[insn.row].name));
  it.each(stores.map((each) => [each.text, each] as const))(
    "of a page that may only be read stores nothing: %s",
    (_text, each) => {
      const { word, insn, isThumb } = each;
      const cpsr = Mode.usr | (isThumb ? THUMB : 0);
      const registers = registersFor(insn, rows[insn.row].pattern.includes("m"), VA + 0x800);
      const given = givenCpu({ code: [word], cpsr, registers })
        .enableMmu()
        .mapFirst(VA, coarseEntry(SECOND_TABLE));
      given.write(SECOND_TABLE, smallEntry(DATA, [2, 2, 2, 2]), smallEntry(DATA + 0x1000, [2, 2, 2, 2]));
      const before = userRegisters(given);
      given.run(1);
      expect([given.core.exceptionCounts.dataAbort, given.faults.dfsr]).toEqual([1, 0xf]);
      expect(userRegisters(given)).toEqual(before);
      for (let at = 0; at < 0x2000; at += 4) expect(given.word(DATA + at)).toBe(0);
    },
  );

  const blocks = transfers.filter(({ insn }) => isBlock(rows[insn.row].name) && insn.i > 1);
  it.each(blocks.map((each) => [each.text, each] as const))(
    "in the second page of a block undoes the first: %s",
    (_text, each) => {
      const { word, insn, isThumb } = each;
      // Whatever the direction is, the second word lies in a page that is not there.
      const base = VA + 0xffc - insn.v;
      const given = givenCpu({
        code: [word],
        cpsr: Mode.usr | (isThumb ? THUMB : 0),
        registers: registersFor(insn, false, base),
      });
      given
        .enableMmu()
        .mapFirst(VA, coarseEntry(SECOND_TABLE))
        .write(SECOND_TABLE, smallEntry(DATA, [3, 3, 3, 3]));
      const before = userRegisters(given);
      given.run(1);
      expect([given.core.exceptionCounts.dataAbort, given.faults]).toEqual([1, { dfsr: 7, ifsr: 0, far: VA + 0x1000 }]);
      expect(userRegisters(given)).toEqual(before);
      expect(given.word(DATA + 0xffc)).toBe(0);
    },
  );

  it("of SWP comes from the store too, and then nothing is loaded", () => {
    const given = givenCpu({
      cpsr: Mode.usr,
      code: [0xe1010092] /* swp r0, r2, [r1] */,
      registers: { 0: 5, 1: VA, 2: 6 },
    });
    given
      .enableMmu()
      .mapFirst(VA, sectionEntry(0x100000, { ap: 2 }))
      .write(0x100000, 9);
    given.run(1);
    expect([given.faults.dfsr, given.reg(0), given.word(0x100000)]).toEqual([0xd, 5, 9]);
  });
});

describe("LDRT and STRT", () => {
  const forms: [string, number][] = [
    ["ldrt r0, [r1], #4", 0xe4b10004],
    ["ldrbt r0, [r1], #4", 0xe4f10004],
    ["strt r0, [r1], #4", 0xe4a10004],
    ["strbt r0, [r1], #4", 0xe4e10004],
    ["ldrt r0, [r1], r3", 0xe6b10003],
    ["ldrbt r0, [r1], r3", 0xe6f10003],
    ["strt r0, [r1], r3", 0xe6a10003],
    ["strbt r0, [r1], r3", 0xe6e10003],
  ];

  it.each(forms)("%s has the rights of user mode in a privileged one", (_text, instruction) => {
    const given = givenCpu({ registers: { 3: 4 } }).enableMmu();
    given.mapFirst(VA, sectionEntry(0x100000, { ap: 1 })).mapFirst(VA + 0x100000, sectionEntry(0x100000, { ap: 3 }));
    // The privileged translation is in the TLB and must not help.
    expect(given.load(VA)).toEqual({ value: 0 });
    expect(given.load(VA, instruction)).toEqual({ status: 0xd, far: VA });
    expect(given.reg(1)).toBe(VA);
    expect(given.load(VA)).toEqual({ value: 0 });
    expect(given.load(VA + 0x100000, instruction)).toHaveProperty("value");
    expect(given.reg(1)).toBe(VA + 0x100004);
    // Afterwards privileged accesses are privileged again.
    expect(given.store(VA, 3)).toEqual({ value: 3 });
    expect(given.core.probe(VA)).toBe(0x100000);
  });

  it("after their abort the core is in abort mode with its own rights", () => {
    const given = givenCpu({ registers: { 1: VA }, code: [0xe4b10004], vectors: { 16: 0xe5910000 } });
    given
      .enableMmu()
      .mapFirst(VA, sectionEntry(0x100000, { ap: 1 }))
      .write(0x100000, 0x42);
    given.run(2);
    expect([given.reg(0), given.cpsr & 0x1f, given.core.exceptionCounts.dataAbort]).toEqual([0x42, Mode.abt, 1]);
  });
});

describe("devices", () => {
  it("see the size of each access", () => {
    const given = givenCpu();
    given.store(DEVICE + 4, 0x12345678);
    for (const instruction of [0xe5910000, 0xe1d100b0, 0xe5d10000]) given.load(DEVICE + 4, instruction);
    given.load(DEVICE, 0xe5c10000 /* strb r0, [r1] */);
    expect(given.deviceLog).toEqual([
      "write 4 at 4: 12345678",
      "read 4 at 4",
      "read 2 at 4",
      "read 1 at 4",
      "write 1 at 0: 78",
    ]);
  });

  it("answer with as many bits as were asked for", () => {
    const given = givenCpu();
    given.store(DEVICE, 0xfedcba98);
    expect(given.load(DEVICE)).toEqual({ value: 0xfedcba98 });
    expect(given.load(DEVICE, 0xe1d100b0 /* ldrh */)).toEqual({ value: 0xba98 });
    expect(given.load(DEVICE, 0xe5d10000 /* ldrb */)).toEqual({ value: 0x98 });
    expect(given.load(DEVICE, 0xe1d100d0 /* ldrsb */)).toEqual({ value: 0xffffff98 });
  });

  it("take block transfers word by word, and each access once", () => {
    const given = givenCpu({ registers: { 1: DEVICE, 2: 7, 3: 8 } });
    given.execute(0xe881000c /* stm r1, {r2, r3} */, 0xe8910030 /* ldm r1, {r4, r5} */);
    expect([given.reg(4), given.reg(5)]).toEqual([7, 8]);
    expect(given.deviceLog).toEqual(["write 4 at 0: 7", "write 4 at 4: 8", "read 4 at 0", "read 4 at 4"]);
  });
});

describe("trapped pages", () => {
  const storeForms: [string, number, number[][]][] = [
    ["str", 0xe5810000, [[0, 4]]],
    ["strh", 0xe1c100b0, [[0, 2]]],
    ["strb", 0xe5c10000, [[0, 1]]],
    [
      "stm r1, {r2, r3}",
      0xe881000c,
      [
        [0, 4],
        [4, 4],
      ],
    ],
    [
      "strd r2, [r1]",
      0xe1c120f0,
      [
        [0, 4],
        [4, 4],
      ],
    ],
    ["swp r0, r2, [r1]", 0xe1010092, [[0, 4]]],
  ];

  it.each(storeForms)(
    "report every store of %s after it was done, from the first after the trap was set on",
    (_text, instruction, stores) => {
      const given = givenCpu();
      const seen: unknown[] = [];
      given.traps.listen(TRAP_WATCH, (at, size) => seen.push([at - (given.frameOf(DATA) << 12), size]));
      given.load(DATA + 0x10, instruction);
      given.load(DATA, instruction);
      expect(seen).toEqual([]);
      given.traps.set(given.frameOf(DATA), TRAP_WATCH);
      for (let round = 0; round < 2; round++) given.load(DATA, instruction);
      expect(seen).toEqual([...stores, ...stores]);
      given.traps.clear(given.frameOf(DATA), TRAP_WATCH);
      given.load(DATA, instruction);
      expect(seen.length).toBe(2 * stores.length);
    },
  );

  it("tell each owner of a bit, and no other", () => {
    const given = givenCpu();
    const seen: string[] = [];
    given.traps.listen(TRAP_WATCH, () => seen.push("watch"));
    given.traps.listen(TRAP_DIRTY, () => seen.push("dirty"));
    given.traps.set(given.frameOf(DATA), TRAP_DIRTY);
    given.traps.set(given.frameOf(DATA + 0x1000), TRAP_DIRTY | TRAP_WATCH);
    given.store(DATA, 1);
    given.store(DATA + 0x1000, 1);
    given.store(DATA + 0x2000, 1);
    expect(seen).toEqual(["dirty", "watch", "dirty"]);
  });

  it("may be read without a report", () => {
    const given = givenCpu({ data: [5] });
    const seen: number[] = [];
    given.traps.listen(TRAP_WATCH, (at) => seen.push(at));
    given.traps.set(given.frameOf(DATA), TRAP_WATCH);
    expect(given.load(DATA)).toEqual({ value: 5 });
    expect(seen).toEqual([]);
  });
});
