import { describe, expect, it } from "vitest";
import { Control, CP15_CONTROL, CP15_DFSR, EXCLUSIVE, Fault, Mode } from "../../../src/arm/core/index.ts";
import { coarseEntry, DATA, type GivenCpu, givenCpu, SECOND_TABLE, smallEntry } from "../given-cpu.ts";

const VA = 0x40000000;
const LDREX = 0xe1912f9f; /* ldrex r2, [r1] */
const STREX = 0xe1813f90; /* strex r3, r0, [r1] */
const LDREXB = 0xe1d12f9f;
const STREXB = 0xe1c13f90;
const LDREXH = 0xe1f12f9f;
const STREXH = 0xe1e13f90;
const LDREXD = 0xe1b14f9f; /* ldrexd r4, r5, [r1] */
const STREXD = 0xe1a13f96; /* strexd r3, r6, r7, [r1] */
const CLREX = 0xf57ff01f;

function givenV6({ address = DATA, value = 0x11223344, ...more } = {}): GivenCpu {
  const registers = { 0: value, 1: address, 2: 9, 3: 9, 4: 9, 5: 9, 6: 0x66, 7: 0x77 };
  const given = givenCpu({ model: "arm1176jzf-s", registers, data: [0xaabbccdd, 0x55667788], ...more });
  given.words[CP15_CONTROL] |= Control.U;
  return given;
}

describe("an exclusive store", () => {
  it.each([
    ["word", LDREX, STREX, 0xaabbccdd, 0x11223344],
    ["half", LDREXH, STREXH, 0xccdd, 0xaabb3344],
    ["byte", LDREXB, STREXB, 0xdd, 0xaabbcc44],
  ])("stores a %s after the load of the same address, once", (_name, load, store, loaded, stored) => {
    const given = givenV6().execute(load, store);
    expect([given.reg(2), given.reg(3), given.word(DATA)]).toEqual([loaded, 0, stored]);
    given.write(DATA, 5);
    given.execute(store);
    expect([given.reg(3), given.word(DATA)]).toEqual([1, 5]);
  });

  it("stores a pair of words", () => {
    const given = givenV6().execute(LDREXD, STREXD);
    expect([given.reg(4), given.reg(5), given.reg(3)]).toEqual([0xaabbccdd, 0x55667788, 0]);
    expect([given.word(DATA), given.word(DATA + 4)]).toEqual([0x66, 0x77]);
  });

  it.each([
    ["without a load", []],
    ["after CLREX", [LDREX, CLREX]],
    ["after a load of another address", [LDREX, 0xe2811004 /* add r1, r1, #4 */]],
    ["after another exclusive store", [LDREX, STREX]],
  ])("fails and stores nothing %s", (_name, before) => {
    const given = givenV6();
    given.execute(...before);
    given.write(DATA, 5, 6);
    given.execute(STREX);
    expect([given.reg(3), given.word(DATA), given.word(DATA + 4)]).toEqual([1, 5, 6]);
  });

  it("succeeds after plain stores of the same processor, which this monitor does not watch", () => {
    const given = givenV6().execute(LDREX, 0xe5817000 /* str r7, [r1] */, STREX);
    expect([given.reg(3), given.word(DATA)]).toEqual([0, 0x11223344]);
  });

  it("that aborts leaves its result and the watch, so that it succeeds when it is tried again", () => {
    const given = givenV6({ address: VA }).enableMmu({ control: Control.U });
    given.mapFirst(VA, coarseEntry(SECOND_TABLE)).write(SECOND_TABLE, smallEntry(DATA, [2, 2, 2, 2]));
    given.enterMode(Mode.usr).execute(LDREX, STREX);
    expect([given.faults.dfsr & 0x80f, given.reg(3), given.words[EXCLUSIVE]]).toEqual([0x80f, 9, 1]);
    given.write(SECOND_TABLE, smallEntry(DATA, [3, 3, 3, 3]));
    given.run(1).execute(STREX);
    expect([given.reg(3), given.word(DATA), given.words[EXCLUSIVE]]).toEqual([0, 0x11223344, 0]);
  });
});

describe("the exclusive monitor", () => {
  it("is part of the saved state", () => {
    const given = givenV6().execute(LDREX);
    const other = givenV6();
    other.core.restore(structuredClone(given.core.save()));
    other.execute(STREX);
    expect([other.reg(3), other.word(DATA)]).toEqual([0, 0x11223344]);
    expect(other.core.save()).toEqual(given.execute(STREX).core.save());
  });

  it("stays as it is when an exception is taken and returned from", () => {
    const given = givenV6({}).execute(LDREX);
    given.write(8, 0xe1b0f00e /* movs pc, lr */);
    given.execute(0xef000000).run(1);
    expect(given.execute(STREX).reg(3)).toBe(0);
  });
});

describe("an unaligned exclusive access", () => {
  it.each([
    ["LDREX", LDREX, 2],
    ["STREX", STREX, 2],
    ["LDREXH", LDREXH, 1],
    ["STREXH", STREXH, 1],
    ["LDREXD", LDREXD, 4],
    ["STREXD", STREXD, 4],
  ])("aborts: %s", (_name, instruction, offset) => {
    const given = givenV6({ address: DATA + offset }).execute(instruction);
    expect([given.pc, given.words[CP15_DFSR] & 0x40f, given.faults.far]).toEqual([
      0x10,
      Fault.alignment,
      DATA + offset,
    ]);
    expect([given.reg(2), given.reg(3), given.reg(4), given.words[EXCLUSIVE]]).toEqual([9, 9, 9, 0]);
  });
});
