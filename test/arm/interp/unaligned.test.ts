import { describe, expect, it } from "vitest";
import { Control, CP15_CONTROL, CP15_DFSR, Fault } from "../../../src/arm/core/index.ts";
import { coarseEntry, DATA, DEVICE, givenCpu, SECOND_TABLE, smallEntry } from "../given-cpu.ts";

const VA = 0x40000000;
const ALL = [3, 3, 3, 3];
const READ_ONLY = [2, 2, 2, 2];

/** An ARM1176 with these bits of the control register; R1 is the address. */
function givenAddress(address: number, control: number, model = "arm1176jzf-s") {
  const registers = { 0: 0xa1b2c3d4, 1: address, 2: 9, 3: 9 };
  const given = givenCpu({ model, registers, data: [0x44332211, 0x88776655, 0xccbbaa99] });
  given.words[CP15_CONTROL] |= control;
  return given;
}

/** Table A2-10 of ARM DDI 0100I: word from address + 1, half from address + 1, and so on. */
const loads = [
  ["LDR", 0xe5912001, 0x55443322, 0x11443322],
  ["LDRH", 0xe1d120b1, 0x3322, 0x2211],
  ["LDRSH", 0xe1d120f1, 0x3322, 0x2211],
] as const;

describe("an unaligned load", () => {
  it.each(loads)("%s takes the bytes there with control bit U, as ARMv5 does without", (_name, word, bytes, old) => {
    expect(givenAddress(DATA, Control.U).execute(word).reg(2)).toBe(bytes);
    expect(givenAddress(DATA, 0).execute(word).reg(2)).toBe(old);
    expect(givenAddress(DATA, 0, "arm926ej-s").execute(word).reg(2)).toBe(old);
  });

  it.each(loads)("%s aborts where alignment is checked", (_name, word) => {
    const given = givenAddress(DATA, Control.U | Control.A).execute(word);
    expect([given.pc, given.words[CP15_DFSR] & 0x40f, given.reg(2)]).toEqual([0x10, Fault.alignment, 9]);
  });

  it("goes over the end of a page, into another frame", () => {
    const given = givenAddress(VA + 0xffe, Control.U).enableMmu({ control: Control.U });
    given.mapFirst(VA, coarseEntry(SECOND_TABLE));
    given.write(SECOND_TABLE, smallEntry(DATA + 0x2000, ALL), smallEntry(DATA, ALL));
    given.write(DATA + 0x2ffc, 0xeeff0000);
    expect(given.execute(0xe5912000).reg(2)).toBe(0x2211eeff);
  });

  it("reports the address in the page that is missing", () => {
    const given = givenAddress(VA + 0xffe, Control.U).enableMmu({ control: Control.U });
    given.mapFirst(VA, coarseEntry(SECOND_TABLE)).write(SECOND_TABLE, smallEntry(DATA, ALL));
    given.execute(0xe5912000);
    expect([given.pc, given.faults.far, given.reg(2)]).toEqual([0x10, VA + 0x1000, 9]);
  });

  it("of a device is made of bytes", () => {
    const given = givenAddress(DEVICE + 1, Control.U).execute(0xe1d120b0);
    expect(given.deviceLog).toEqual(["read 1 at 1", "read 1 at 2"]);
  });
});

describe("an unaligned store", () => {
  it("writes the bytes there", () => {
    const given = givenAddress(DATA + 3, Control.U).execute(0xe5810000, 0xe1c100b6 /* strh r0, [r1, #6] */);
    expect([0, 4, 8].map((at) => given.word(DATA + at))).toEqual([0xd4332211, 0x88a1b2c3, 0xccc3d499]);
  });

  it("over the end of a page writes both, or neither when one may not be written", () => {
    const given = givenAddress(VA + 0xffe, Control.U).enableMmu({ control: Control.U });
    given.mapFirst(VA, coarseEntry(SECOND_TABLE));
    given.write(SECOND_TABLE, smallEntry(DATA + 0x2000, ALL), smallEntry(DATA, ALL));
    given.execute(0xe5810000);
    expect([given.word(DATA + 0x2ffc), given.word(DATA)]).toEqual([0xc3d40000, 0x4433a1b2]);
    const refused = givenAddress(VA + 0xffe, Control.U).enableMmu({ control: Control.U });
    refused.mapFirst(VA, coarseEntry(SECOND_TABLE));
    refused.write(SECOND_TABLE, smallEntry(DATA + 0x2000, ALL), smallEntry(DATA, READ_ONLY));
    refused.enterMode(0x10).execute(0xe5810000);
    expect([refused.pc, refused.faults.far, refused.word(DATA + 0x2ffc)]).toEqual([0x10, VA + 0x1000, 0]);
  });
});

describe("several words", () => {
  it.each([
    ["LDM", 0xe891000c, 1, false],
    ["LDM", 0xe891000c, 2, false],
    ["STM", 0xe881000c, 2, false],
    ["LDRD", 0xe1c120d0, 4, true],
    ["LDRD", 0xe1c120d0, 2, false],
    ["STRD", 0xe1c120f0, 4, true],
    ["SWP", 0xe1012090, 1, false],
  ])("%s at a word's address + %s, with U and without alignment checking", (_name, word, offset, isAllowed) => {
    const given = givenAddress(DATA + offset, Control.U).execute(word);
    expect(given.pc === 0x10).toBe(!isAllowed);
    if (!isAllowed) expect(given.words[CP15_DFSR] & 0x40f).toBe(Fault.alignment);
  });

  it("LDRD needs the address of a double word where alignment is checked", () => {
    expect(givenAddress(DATA + 4, Control.U | Control.A).execute(0xe1c120d0).pc).toBe(0x10);
    expect(
      givenAddress(DATA, Control.U | Control.A)
        .execute(0xe1c120d0)
        .reg(3),
    ).toBe(0x88776655);
  });
});
