import { describe, expect, it } from "vitest";
import { Bcm2835Sdhci } from "../../src/devices/bcm2835-sdhci.ts";
import { readWord, restored } from "./device-checks.ts";
import { pattern, responseBits, SECTORS_4G, SparseBlock } from "./sd-bench.ts";
import { bench } from "./test-context.ts";

const [ARG2, BLKSIZECNT, ARG1, CMDTM, RESP0, DATA, STATUS, CONTROL1] = [0, 4, 8, 0xc, 0x10, 0x20, 0x24, 0x2c];
const [INTERRUPT, IRPT_MASK, IRPT_EN] = [0x30, 0x34, 0x38];
const [CMD_DONE, DATA_DONE, WRITE_RDY, READ_RDY, ERR, CTO_ERR, DTO_ERR] = [1, 2, 0x10, 0x20, 1 << 15, 1 << 16, 1 << 20];
const [BLKCNT_EN, AUTO_CMD12, AUTO_CMD23, DAT_READ, MULTI] = [2, 4, 8, 0x10, 0x20];
const [R136, R48, R48_BUSY] = [1, 2, 3];
const [DAT_INHIBIT, NEW_WRITE, NEW_READ] = [2, 0x400, 0x800];

/** The controller used the way the Linux driver does: words only, interrupts cleared before the next command. */
class SdhciDriver {
  readonly host: Bcm2835Sdhci;
  rca = 0;

  constructor(host: Bcm2835Sdhci) {
    this.host = host;
  }

  start(): void {
    this.host.write(CONTROL1, 1 << 24, 4);
    expect(readWord(this.host, CONTROL1) & (7 << 24)).toBe(0);
    this.host.write(CONTROL1, 1, 4);
    expect(readWord(this.host, CONTROL1) & 2).toBe(2);
    this.host.write(CONTROL1, (0x80 << 8) | 5, 4);
    this.host.write(IRPT_MASK, 0x00ff0033, 4);
    this.host.write(IRPT_EN, 0x00ff0033, 4);
  }

  /** The interrupt bits that the command left, which are cleared. */
  command(index: number, argument: number, type: number, mode = 0): number {
    this.host.write(ARG1, argument | 0, 4);
    const isData = (mode & 0x80000000) !== 0;
    this.host.write(CMDTM, (index << 24) | (isData ? 1 << 21 : 0) | (type << 16) | (mode & 0xff), 4);
    const interrupts = readWord(this.host, INTERRUPT);
    this.host.write(INTERRUPT, interrupts, 4);
    return interrupts;
  }

  good(index: number, argument = 0, type = R48): number {
    expect(this.command(index, argument, type)).toBe(CMD_DONE | (type === R48_BUSY ? DATA_DONE : 0));
    return readWord(this.host, RESP0);
  }

  identify(): void {
    this.start();
    expect(this.command(0, 0, 0)).toBe(CMD_DONE);
    expect(this.good(8, 0x1aa)).toBe(0x1aa);
    this.good(55, 0);
    expect(this.good(41, 0x40ff8000) >>> 31).toBe(1);
    this.good(2, 0, R136);
    this.rca = this.good(3) >>> 16;
    this.good(7, this.rca << 16, R48_BUSY);
  }

  data(index: number, argument: number, blocks: number, mode: number, size = 512): number {
    this.host.write(BLKSIZECNT, (blocks << 16) | 0x7000 | size, 4);
    return this.command(index, argument, R48, mode | 0x80000000);
  }

  readBlock(size = 512): Uint8Array {
    const words = Uint32Array.from({ length: size / 4 }, () => {
      expect(readWord(this.host, STATUS) & NEW_READ).toBe(NEW_READ);
      return readWord(this.host, DATA);
    });
    return new Uint8Array(words.buffer);
  }

  writeBlock(data: Uint8Array): void {
    for (const word of new Uint32Array(data.slice().buffer)) {
      expect(readWord(this.host, STATUS) & NEW_WRITE).toBe(NEW_WRITE);
      this.host.write(DATA, word, 4);
    }
  }
}

function givenHost(sectorCount = SECTORS_4G) {
  const block = new SparseBlock(sectorCount);
  const around = bench({ block });
  const host = new Bcm2835Sdhci(around.context);
  host.reset();
  return { ...around, block, host, driver: new SdhciDriver(host) };
}

describe("bcm2835-sdhci", () => {
  it("is of version 3 without capabilities, as on the chip", () => {
    const { host } = givenHost();
    expect([readWord(host, 0xfc) >>> 16, readWord(host, 0x40), readWord(host, 0x44)]).toEqual([0x9902, 0, 0]);
  });

  it("times out where no card answers", () => {
    const { driver, irqs } = givenHost(0);
    driver.start();
    expect(driver.command(8, 0x1aa, R48) >>> 0).toBe(CTO_ERR | ERR);
    expect(irqs[0].edges).toEqual([true, false]);
  });

  it("gives the long registers without their CRC", () => {
    const { host, driver } = givenHost();
    driver.identify();
    driver.command(7, 0, 0);
    driver.good(9, driver.rca << 16, R136);
    const words = [0xc, 8, 4, 0].map((offset) => readWord(host, RESP0 + offset));
    expect((responseBits(words, 69 - 8, 48 - 8) + 1) * 1024).toBe(SECTORS_4G);
    expect(words[0] >>> 24).toBe(0);
  });

  it("reads blocks through the port, counts them down and stops the card by itself", () => {
    const { host, block, driver } = givenHost();
    driver.identify();
    for (let i = 0; i < 3; i++) block.write(50 + i, pattern(i));
    expect(driver.data(18, 50, 3, BLKCNT_EN | AUTO_CMD12 | MULTI | DAT_READ)).toBe(CMD_DONE | READ_RDY);
    expect(readWord(host, STATUS) & DAT_INHIBIT).toBe(DAT_INHIBIT);
    for (let i = 0; i < 3; i++) {
      expect(readWord(host, BLKSIZECNT) >>> 16).toBe(3 - i);
      expect(driver.readBlock()).toEqual(pattern(i));
    }
    expect(readWord(host, INTERRUPT)).toBe(DATA_DONE | READ_RDY);
    host.write(INTERRUPT, 0x33, 4);
    expect([readWord(host, STATUS) & DAT_INHIBIT, (driver.good(13, driver.rca << 16) >>> 9) & 0xf]).toEqual([0, 4]);
  });

  it("writes blocks with the count sent before", () => {
    const { host, block, driver } = givenHost();
    driver.identify();
    host.write(ARG2, 2, 4);
    expect(driver.data(25, 8, 2, BLKCNT_EN | AUTO_CMD23 | MULTI)).toBe(CMD_DONE | WRITE_RDY);
    driver.writeBlock(pattern(1));
    driver.writeBlock(pattern(2));
    expect(readWord(host, INTERRUPT) & DATA_DONE).toBe(DATA_DONE);
    host.write(INTERRUPT, 0x33, 4);
    expect([block.writes, (driver.good(13, driver.rca << 16) >>> 9) & 0xf]).toEqual([[8, 9], 4]);
    expect([block.sectors.get(8), block.sectors.get(9)]).toEqual([pattern(1), pattern(2)]);
  });

  it("goes on without a count until it is stopped", () => {
    const { block, driver } = givenHost();
    driver.identify();
    driver.data(25, 30, 0, MULTI);
    for (let i = 0; i < 5; i++) driver.writeBlock(pattern(i));
    expect(driver.command(12, 0, R48_BUSY) & (CMD_DONE | DATA_DONE)).toBe(CMD_DONE | DATA_DONE);
    expect(block.writes).toEqual([30, 31, 32, 33, 34]);
  });

  it("reads a single register of eight bytes", () => {
    const { driver } = givenHost();
    driver.identify();
    driver.good(55, driver.rca << 16);
    driver.data(51, 0, 1, DAT_READ, 8);
    expect(driver.readBlock(8)[0]).toBe(2);
  });

  it("ends a transfer that gets no data with an error", () => {
    const { host, driver } = givenHost();
    driver.identify();
    expect(driver.data(17, SECTORS_4G, 1, DAT_READ) >>> 0).toBe(CMD_DONE | DTO_ERR | ERR);
    expect(readWord(host, STATUS) & DAT_INHIBIT).toBe(0);
  });

  it("is busy during an erase and tells when it is over", () => {
    const { host, driver, clock, irqs } = givenHost();
    driver.identify();
    driver.good(32, 0);
    driver.good(33, 5000);
    expect(driver.command(38, 0, R48_BUSY)).toBe(CMD_DONE);
    expect([readWord(host, STATUS) & DAT_INHIBIT, irqs[0].level]).toEqual([DAT_INHIBIT, false]);
    clock.advance(20_000_000);
    expect([readWord(host, STATUS) & DAT_INHIBIT, irqs[0].level, readWord(host, INTERRUPT)]).toEqual([
      0,
      true,
      DATA_DONE,
    ]);
  });

  it("latches nothing that its mask keeps out, and tells nothing that is not enabled", () => {
    const { host, driver, irqs } = givenHost();
    driver.start();
    host.write(IRPT_EN, 0, 4);
    host.write(ARG1, 0, 4);
    host.write(CMDTM, 0, 4);
    expect([readWord(host, INTERRUPT), irqs[0].level]).toEqual([CMD_DONE, false]);
    host.write(INTERRUPT, -1, 4);
    host.write(IRPT_MASK, 0, 4);
    host.write(CMDTM, 0, 4);
    expect(readWord(host, INTERRUPT)).toBe(0);
  });

  it("drops a transfer when its data path is reset", () => {
    const { host, driver } = givenHost();
    driver.identify();
    driver.data(25, 30, 0, MULTI);
    host.write(CONTROL1, (1 << 26) | 5, 4);
    expect(readWord(host, STATUS) & (DAT_INHIBIT | NEW_WRITE)).toBe(0);
    expect(readWord(host, CONTROL1) & 5).toBe(5);
  });

  it("goes on after a restore in the middle of a block", () => {
    const { host, block, driver, context, irqs } = givenHost();
    driver.identify();
    driver.data(24, 77, 1, 0);
    const words = new Uint32Array(pattern(7).buffer);
    for (const word of words.subarray(0, 60)) host.write(DATA, word, 4);
    const copy = restored(host, context, Bcm2835Sdhci);
    for (const word of words.subarray(60)) copy.write(DATA, word, 4);
    expect([block.sectors.get(77), irqs[0].level, readWord(copy, INTERRUPT)]).toEqual([pattern(7), true, DATA_DONE]);
  });
});
