import { describe, expect, it } from "vitest";
import { Smc91c111 } from "../../src/devices/smc91c111.ts";
import { restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const BANK = 0xe;
const [TCR, RCR, MIR] = [0x0, 0x4, 0x8];
const [CTR] = [0xc];
const [MMU, PNR, ARR, FIFO, PTR, DATA, IST, MSK] = [0x0, 0x2, 0x3, 0x4, 0x6, 0x8, 0xc, 0xd];
const [MGMT, REV] = [0x8, 0xa];
const [ALLOC, RELEASE, ENQUEUE, RESET_MMU] = [0x20, 0xa0, 0xc0, 0x40];
const [INT_TX, INT_TX_EMPTY, INT_ALLOC] = [0x02, 0x04, 0x08];
const AUTO_INCREMENT = 0x4000;
const AUTO_RELEASE = 0x0800;

/** The driver's accesses, bank by bank. */
class Driver {
  readonly chip: Smc91c111;

  constructor(chip: Smc91c111) {
    this.chip = chip;
  }

  bank(bank: number): this {
    this.chip.write(BANK, bank, 2);
    return this;
  }

  get(offset: number): number {
    return this.chip.read(offset, 2);
  }

  set(offset: number, value: number): this {
    this.chip.write(offset, value, 2);
    return this;
  }

  /** Sends bits to the management port, most significant first. */
  mdioOut(value: number, count: number): void {
    for (let i = count - 1; i >= 0; i--) {
      const bit = (value >>> i) & 1;
      this.set(MGMT, 8 | bit);
      this.set(MGMT, 8 | 4 | bit);
    }
  }

  mdioIn(count: number): number {
    let value = 0;
    this.set(MGMT, 0);
    for (let i = 0; i < count; i++) {
      value = (value << 1) | ((this.get(MGMT) >> 1) & 1);
      this.set(MGMT, 0);
      this.set(MGMT, 4);
    }
    return value;
  }

  phyRead(phy: number, register: number): number {
    this.bank(3);
    this.mdioOut(0xffffffff, 32);
    this.mdioOut((6 << 10) | (phy << 5) | register, 14);
    const value = this.mdioIn(18);
    this.set(MGMT, 0).bank(2);
    return value;
  }

  phyWrite(phy: number, register: number, value: number): void {
    this.bank(3);
    this.mdioOut(0xffffffff, 32);
    this.mdioOut((5 << 28) | (phy << 23) | (register << 18) | (2 << 16) | value, 32);
    this.set(MGMT, 0).bank(2);
  }

  /** Allocates, fills and enqueues one frame of `size` bytes; answers its packet number. */
  send(size = 60): number {
    this.bank(2).set(MMU, ALLOC);
    const packet = this.chip.read(ARR, 1);
    this.chip.write(PNR, packet, 1);
    this.set(PTR, AUTO_INCREMENT);
    this.chip.write(DATA, (size + 6) << 16, 4);
    for (let i = 0; i < size; i += 4) this.chip.write(DATA, 0x01010101 * (i & 0xff), 4);
    this.set(DATA, 0).set(MMU, ENQUEUE);
    return packet;
  }
}

function givenChip(options: Record<string, unknown> = {}) {
  const around = bench({ options });
  const chip = new Smc91c111(around.context);
  chip.reset();
  return { ...around, chip, driver: new Driver(chip), irq: around.irqs[0] };
}

describe("smc91c111 as a driver probes it", () => {
  it("signs the bank register and remembers the bank", () => {
    const { driver } = givenChip();
    expect(driver.get(BANK)).toBe(0x3300);
    for (let bank = 0; bank < 8; bank++) expect(driver.bank(bank).get(BANK)).toBe(0x3300 | bank);
  });

  it("is chip 9, revision 1, at the base address of its reset", () => {
    const { driver } = givenChip();
    expect(driver.bank(3).get(REV)).toBe(0x3391);
    expect(driver.bank(1).get(0x2)).toBe(0x1801);
  });

  it("has the station address of its options, for accesses of every size", () => {
    const { chip, driver } = givenChip({ macAddress: "52:54:00:Ab:cd:ef" });
    driver.bank(1);
    expect([driver.get(4), driver.get(6), driver.get(8)]).toEqual([0x5452, 0xab00, 0xefcd]);
    expect([4, 5, 6, 7, 8, 9].map((offset) => chip.read(offset, 1))).toEqual([0x52, 0x54, 0x00, 0xab, 0xcd, 0xef]);
    expect(chip.read(4, 4) >>> 0).toBe(0xab005452);
  });

  it("refuses what is no station address", () => {
    for (const macAddress of ["52:54:00:12:34", "01:00:5e:00:00:01", "hello", 5])
      expect(() => givenChip({ macAddress })).toThrow(expect.objectContaining({ code: "device-option-invalid" }));
  });

  it("keeps address and configuration over a soft reset and forgets the rest", () => {
    const { driver } = givenChip();
    driver.bank(1).set(0x4, 0x1234).set(0x0, 0xa0b5).bank(0).set(TCR, 0x81);
    driver.bank(2).set(MMU, ALLOC).bank(0);
    expect(driver.get(MIR)).toBe(0x0304);
    driver.set(RCR, 0x8000).set(RCR, 0);
    expect([driver.get(TCR), driver.get(RCR), driver.get(MIR)]).toEqual([0, 0, 0x0404]);
    expect([driver.bank(1).get(0x4), driver.get(0x0), driver.get(CTR)]).toEqual([0x1234, 0xa0b5, 0x1210]);
  });

  it("loads the station address again on reload", () => {
    const { driver } = givenChip({ macAddress: "02:00:00:00:00:05" });
    driver.bank(1).set(0x4, 0xffff).set(CTR, 0x1212);
    expect([driver.get(0x4), driver.get(CTR)]).toEqual([0x0002, 0x1210]);
  });

  it("writes one byte of a register without touching the other", () => {
    const { chip, driver } = givenChip();
    driver.bank(1);
    chip.write(0x5, 0x77, 1);
    expect(driver.get(4)).toBe(0x7702);
    driver.bank(2);
    chip.write(MSK, 0x0f, 1);
    chip.write(IST, 0x00, 1);
    expect(driver.get(IST)).toBe(0x0f04);
  });
});

describe("smc91c111 transceiver", () => {
  it("is found at address 0 alone", () => {
    const { driver } = givenChip();
    for (let phy = 1; phy < 32; phy++) expect([driver.phyRead(phy, 2), driver.phyRead(phy, 3)]).toEqual([0, 0]);
    expect(driver.phyRead(0, 2)).toBe(0x0016);
    expect(driver.phyRead(0, 3) & 0xfff0).toBe(0xf840);
  });

  it("has no link, also after negotiation was started", () => {
    const { driver } = givenChip();
    driver.phyWrite(0, 0, 0x1200);
    expect(driver.phyRead(0, 0)).toBe(0x1000);
    expect(driver.phyRead(0, 1) & 0x0004).toBe(0);
    expect(driver.phyRead(0, 1) & 0x0008).toBe(0x0008);
  });

  it("keeps what is written and forgets it on reset", () => {
    const { driver } = givenChip();
    driver.phyWrite(0, 4, 0x0101);
    driver.phyWrite(3, 4, 0x0000);
    driver.phyWrite(0, 2, 0xffff);
    expect([driver.phyRead(0, 4), driver.phyRead(0, 2)]).toEqual([0x0101, 0x0016]);
    driver.phyWrite(0, 0, 0x8000);
    expect([driver.phyRead(0, 4), driver.phyRead(0, 0)]).toEqual([0x01e1, 0x3000]);
  });
});

describe("smc91c111 packets", () => {
  it("allocates four packets, then makes the fifth wait until one is released", () => {
    const { chip, driver, irq } = givenChip();
    driver.bank(2);
    chip.write(MSK, INT_ALLOC, 1);
    const packets = [0, 1, 2, 3].map(() => {
      driver.set(MMU, ALLOC);
      expect(chip.read(IST, 1) & INT_ALLOC).toBe(INT_ALLOC);
      return chip.read(ARR, 1);
    });
    expect(packets).toEqual([0, 1, 2, 3]);
    driver.set(MMU, ALLOC);
    expect([chip.read(ARR, 1), chip.read(IST, 1) & INT_ALLOC, irq.level]).toEqual([0x80, 0, false]);
    chip.write(PNR, 2, 1);
    driver.set(MMU, RELEASE);
    expect([chip.read(ARR, 1), chip.read(IST, 1) & INT_ALLOC, irq.level]).toEqual([2, INT_ALLOC, true]);
    driver.set(MMU, RESET_MMU);
    expect(driver.bank(0).get(MIR)).toBe(0x0404);
    expect(irq.level).toBe(false);
  });

  it("keeps packet bytes at the pointer, with and without moving it on", () => {
    const { chip, driver } = givenChip();
    driver.bank(2).set(MMU, ALLOC);
    chip.write(PNR, chip.read(ARR, 1), 1);
    driver.set(PTR, AUTO_INCREMENT | 10);
    chip.write(DATA, 0x44332211, 4);
    chip.write(DATA, 0x6655, 2);
    chip.write(DATA, 0x77, 1);
    expect(driver.get(PTR)).toBe(AUTO_INCREMENT | 17);
    driver.set(PTR, 0x2000 | 12);
    expect([chip.read(DATA, 4) >>> 0, chip.read(DATA, 4) >>> 0, chip.read(DATA + 1, 1)]).toEqual([
      0x66554433, 0x66554433, 0x44,
    ]);
  });

  it("releases sent packets by itself and reports an empty queue", () => {
    const { chip, driver, irq } = givenChip();
    driver
      .bank(0)
      .set(TCR, 0x81)
      .bank(1)
      .set(CTR, 0x1210 | AUTO_RELEASE)
      .bank(2);
    chip.write(IST, INT_TX_EMPTY, 1);
    chip.write(MSK, INT_TX | INT_TX_EMPTY, 1);
    expect(irq.level).toBe(false);
    for (let i = 0; i < 10; i++) expect(driver.send()).toBe(0);
    expect([chip.read(IST, 1) & (INT_TX | INT_TX_EMPTY), irq.level]).toEqual([INT_TX_EMPTY, true]);
    expect(driver.get(FIFO)).toBe(0x8080);
    chip.write(IST, INT_TX_EMPTY, 1);
    expect(irq.level).toBe(false);
  });

  it("hands sent packets back one by one when it does not release them", () => {
    const { chip, driver } = givenChip();
    driver.bank(0).set(TCR, 0x81);
    driver.send();
    driver.send();
    for (const packet of [0, 1]) {
      expect([chip.read(IST, 1) & INT_TX, chip.read(FIFO, 1)]).toEqual([INT_TX, packet]);
      chip.write(PNR, packet, 1);
      driver.set(PTR, 0x6000);
      expect(driver.get(DATA) & 1).toBe(1);
      driver.set(MMU, RELEASE);
      chip.write(IST, INT_TX, 1);
    }
    expect([chip.read(IST, 1) & INT_TX, driver.get(FIFO)]).toEqual([0, 0x8080]);
    expect(driver.bank(0).get(MIR)).toBe(0x0404);
  });

  it("holds packets back until the transmitter is on", () => {
    const { chip, driver } = givenChip();
    driver.send();
    expect(chip.read(IST, 1) & INT_TX).toBe(0);
    driver.bank(0).set(TCR, 0x81).bank(2);
    expect(chip.read(IST, 1) & INT_TX).toBe(INT_TX);
  });

  it("survives a guest that queues what it does not own", () => {
    const { chip, driver, log } = givenChip();
    driver.bank(2);
    for (let packet = 0; packet < 64; packet++) {
      chip.write(PNR, packet, 1);
      driver
        .set(MMU, ENQUEUE)
        .set(MMU, RELEASE)
        .set(PTR, AUTO_INCREMENT | 0x7ff);
      chip.write(DATA, 0xffffffff, 4);
    }
    for (let i = 0; i < 100; i++) driver.set(MMU, ALLOC).set(MMU, ENQUEUE);
    driver.set(MMU, RESET_MMU).set(MMU, ALLOC);
    const packet = chip.read(ARR, 1);
    chip.write(PNR, packet, 1);
    for (let i = 0; i < 100; i++) driver.set(MMU, ENQUEUE);
    driver.bank(0).set(TCR, 1).bank(2);
    expect(chip.read(FIFO, 1)).toBe(packet);
    chip.write(IST, INT_TX, 1);
    expect(chip.read(FIFO, 1)).toBe(0x80);
    expect(log.length).toBe(1);
  });

  it("has received nothing", () => {
    const { chip, driver } = givenChip();
    driver.bank(2).set(PTR, 0xe000);
    expect([chip.read(FIFO + 1, 1), chip.read(DATA, 4)]).toEqual([0x80, 0]);
    driver.set(MMU, 0x80);
    expect(chip.read(IST, 1) & 1).toBe(0);
  });
});

describe("a restored smc91c111", () => {
  it("runs on as the old one does", () => {
    const { chip, driver, context, irq } = givenChip();
    driver.bank(0).set(TCR, 0x81);
    driver.send();
    chip.write(MSK, INT_TX, 1);
    driver.set(MMU, ALLOC);
    const copy = restored(chip, context, Smc91c111);
    expect(irq.level).toBe(true);
    for (const each of [chip, copy]) {
      const resumed = new Driver(each);
      expect([each.read(FIFO, 1), each.read(ARR, 1)]).toEqual([0, 1]);
      each.write(IST, INT_TX, 1);
      expect(resumed.send()).toBe(2);
      expect([each.read(FIFO, 1), resumed.bank(0).get(MIR)]).toEqual([2, 0x0104]);
    }
  });

  it("goes on in the middle of a management frame", () => {
    const { driver, context, chip } = givenChip();
    driver.bank(3);
    driver.mdioOut(0xffffffff, 32);
    driver.mdioOut((6 << 10) | 2, 14);
    const copy = restored(chip, context, Smc91c111);
    for (const each of [chip, copy]) expect(new Driver(each).mdioIn(18)).toBe(0x0016);
  });
});
