import { describe, expect, it } from "vitest";
import { Logger, type LogRecord } from "../../src/base/index.ts";
import { at, bit, bits, primeCellId, RegisterBlock, type RegisterSpec, word } from "../../src/device/index.ts";

class Part {
  count = 7;
  cleared = 0;
  set = 0;
  sent: number[] = [];
  words: number[] = [];
  queue = [0x41, 0x42];
}

const table: Record<string, RegisterSpec<Part>> = {
  DATA: at(0x00, {
    data: bits(0, 8).rw({
      read: (s) => s.queue.shift() ?? 0,
      peek: (s) => s.queue[0] ?? 0,
      write: (s, value) => s.sent.push(value),
    }),
  }),
  CTRL: at(
    0x04,
    {
      enable: bit(0).rw(),
      mode: bits(4, 2).rw(),
      dma: bit(8).todo(),
      id: bits(12, 4).ro(),
      kick: bit(16).wo(() => {}),
    },
    { reset: 0x0002a010, onWrite: (s, value) => s.words.push(value) },
  ),
  COUNT: at(0x08, { value: word().ro((s) => s.count) }),
  STATUS: at(0x0c, {
    errors: bits(0, 4).w1c({ read: (s) => ~s.cleared & 0xf, write: (s, ones) => (s.cleared |= ones) }),
    flags: bits(8, 4).w1s({ read: (s) => s.set, write: (s, ones) => (s.set |= ones) }),
  }),
  FLAGS: at(0x10, { low: bit(0).ro(), high: bit(31).ro() }, { readWord: (s) => s.count | 0x80000000 }),
  ...primeCellId<Part>(0x00041011),
};

function given() {
  const log: LogRecord[] = [];
  const part = new Part();
  const regs = new RegisterBlock(part, table, new Logger("part", (record) => log.push(record)));
  return { log, part, regs };
}

describe("RegisterBlock", () => {
  it("gives the reset value without the bits no field names, and without write-only ones", () => {
    const { regs } = given();
    expect(regs.read(0x04)).toBe(0xa010);
  });

  it("stores rw and todo bits only and tells onWrite the whole word", () => {
    const { regs, part, log } = given();
    regs.write(0x04, -1);
    expect(regs.read(0x04)).toBe(0xa131);
    expect(part.words).toEqual([-1]);
    expect(log.map((r) => r.message)).toEqual(["CTRL.dma is not modelled; the value written has no effect"]);
  });

  it("logs an unmodelled field once, whatever is written to it", () => {
    const { regs, log } = given();
    for (let i = 0; i < 10; i++) regs.write(0x04, 0x100 | i);
    regs.write(0x04, 0);
    expect(log).toHaveLength(1);
  });

  it("calls hooks of rw fields with the field's value", () => {
    const { regs, part } = given();
    regs.write(0x00, 0x1ff);
    expect(part.sent).toEqual([0xff]);
    expect([regs.read(0x00), regs.read(0x00), regs.read(0x00)]).toEqual([0x41, 0x42, 0]);
  });

  it("gives write-one fields the ones only, and nothing for a zero", () => {
    const { regs, part } = given();
    regs.write(0x0c, 0x305);
    expect([part.cleared, part.set]).toEqual([5, 3]);
    expect(regs.read(0x0c)).toBe(0x30a);
    regs.write(0x0c, 0);
    expect([part.cleared, part.set]).toEqual([5, 3]);
  });

  it("ignores writes to read-only registers", () => {
    const { regs } = given();
    regs.write(0x08, 99);
    expect(regs.read(0x08)).toBe(7);
  });

  it("reads bytes and halfwords from their lanes and writes narrow values with zeros around them", () => {
    const { regs, part } = given();
    part.count = 0x11223344;
    expect(regs.read(0x09, 1) & 0xff).toBe(0x33);
    expect(regs.read(0x0a, 2) & 0xffff).toBe(0x1122);
    regs.write(0x04, 0x31, 1);
    regs.write(0x05, 0x01, 1);
    expect(regs.read(0x04)).toBe(0xa100);
  });

  it("takes the whole word from readWord where a register has one", () => {
    const { regs } = given();
    expect(regs.read(0x10) >>> 0).toBe(0x80000007);
  });

  it("answers zero at unknown offsets and logs each once, by offset", () => {
    const { regs, log } = given();
    expect([regs.read(0x20), regs.read(0x22, 2), regs.read(0xffff0)]).toEqual([0, 0, 0]);
    regs.write(0x20, 1);
    regs.write(0x20, 2);
    expect(log.map((r) => r.message)).toEqual([
      "read of unknown register at offset 0x20",
      "read of unknown register at offset 0xffff0",
      "write to unknown register at offset 0x20",
    ]);
  });

  it("dumps what a read would show without taking anything from the device", () => {
    const { regs, part } = given();
    const dump = regs.dump();
    expect(dump.find((r) => r.name === "DATA")).toMatchObject({ value: 0x41, fields: { data: 0x41 } });
    expect(dump.find((r) => r.name === "COUNT")).toMatchObject({ offset: 8, value: 7 });
    expect(dump.find((r) => r.name === "FLAGS")).toMatchObject({ value: 0x80000007, fields: { low: 1, high: 1 } });
    expect(part.queue).toEqual([0x41, 0x42]);
  });

  it("returns to the reset values", () => {
    const { regs } = given();
    regs.write(0x04, 0x31);
    regs.reset();
    expect(regs.read(0x04)).toBe(0xa010);
  });

  it("refuses a table in which two fields or registers share bits", () => {
    const log = new Logger("", () => {});
    expect(() => new RegisterBlock({}, { A: at(0, { a: bits(0, 4).rw(), b: bit(3).rw() }) }, log)).toThrow("A.b");
    expect(() => new RegisterBlock({}, { A: at(0, {}), B: at(0, {}) }, log)).toThrow("register B");
  });
});

describe("primeCellId", () => {
  it("spreads the peripheral and cell ids over the bytes the AMBA bus reads", () => {
    const { regs } = given();
    const ids = [0, 4, 8, 12, 16, 20, 24, 28].map((offset) => regs.read(0xfe0 + offset));
    expect(ids).toEqual([0x11, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1]);
  });
});
