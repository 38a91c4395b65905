import { describe, expect, it } from "vitest";
import { Bcm2835Dma } from "../../src/devices/bcm2835-dma.ts";
import { Bcm2835Sdhost } from "../../src/devices/bcm2835-sdhost.ts";
import { readWord, restored } from "./device-checks.ts";
import { pattern, responseBits, SECTORS_4G, SparseBlock } from "./sd-bench.ts";
import { BenchMemory, bench } from "./test-context.ts";

const [SDCMD, SDARG, SDRSP0, SDRSP3, SDHSTS, SDVDD, SDEDM, SDHCFG] = [0x00, 0x04, 0x10, 0x1c, 0x20, 0x30, 0x34, 0x38];
const [SDHBCT, SDDATA, SDHBLC] = [0x3c, 0x40, 0x50];
const [NEW, FAIL, BUSYWAIT, NO_RESPONSE, LONG, WRITE, READ] = [0x8000, 0x4000, 0x800, 0x400, 0x200, 0x80, 0x40];
const [BUSY_IRPT, BLOCK_IRPT, CMD_TIME_OUT, REW_TIME_OUT, FIFO_ERROR, DATA_FLAG] = [0x400, 0x200, 0x40, 0x80, 8, 1];
const [BUSY_EN, BLOCK_EN, DATA_EN] = [0x400, 0x100, 0x10];
const [DATAMODE, READWAIT, WRITESTART1] = [1, 4, 0xa];

/** The controller used the way its Linux driver does. */
class SdhostDriver {
  readonly host: Bcm2835Sdhost;
  rca = 0;

  constructor(host: Bcm2835Sdhost) {
    this.host = host;
  }

  get fsm(): number {
    return readWord(this.host, SDEDM) & 0xf;
  }

  /** The command word after it is done; 0x4000 in it for no answer. */
  command(index: number, argument: number, flags = 0): number {
    this.host.write(SDARG, argument | 0, 4);
    this.host.write(SDCMD, index | flags | NEW, 4);
    const done = readWord(this.host, SDCMD);
    expect(done & NEW).toBe(0);
    return done;
  }

  good(index: number, argument = 0, flags = 0): number {
    expect(this.command(index, argument, flags) & FAIL).toBe(0);
    return readWord(this.host, SDRSP0);
  }

  application(index: number, argument: number, flags = 0): number {
    this.good(55, this.rca << 16);
    return this.good(index, argument, flags);
  }

  powerOn(): void {
    this.host.write(SDVDD, 0, 4);
    this.host.write(SDHCFG, BUSY_EN, 4);
    const edm = readWord(this.host, SDEDM) & ~((0x1f << 14) | (0x1f << 9));
    this.host.write(SDEDM, edm | (4 << 14) | (4 << 9), 4);
    this.host.write(SDVDD, 1, 4);
  }

  identify(): void {
    this.powerOn();
    this.good(0, 0, NO_RESPONSE);
    expect(this.good(8, 0x1aa)).toBe(0x1aa);
    expect(this.application(41, 0x40ff8000) >>> 31).toBe(1);
    this.good(2, 0, LONG);
    this.rca = this.good(3) >>> 16;
    this.good(9, this.rca << 16, LONG);
    this.good(7, this.rca << 16, BUSYWAIT);
    this.host.write(SDHSTS, 0x7f8, 4);
  }

  transfer(index: number, argument: number, blocks: number, flags: number, size = 512): void {
    this.host.write(SDHBCT, size, 4);
    this.host.write(SDHBLC, blocks, 4);
    this.good(index, argument, flags);
  }

  /** One block as the PIO loop reads it: as many words at a time as the FIFO tells. */
  readBlock(size = 512): Uint8Array {
    const words: number[] = [];
    while (words.length < size / 4) {
      const ready = Math.min((readWord(this.host, SDEDM) >>> 4) & 0x1f, size / 4 - words.length);
      expect(ready).toBeGreaterThan(0);
      for (let i = 0; i < ready; i++) words.push(readWord(this.host, SDDATA));
    }
    return new Uint8Array(Uint32Array.from(words).buffer);
  }

  writeBlock(data: Uint8Array): void {
    for (const word of new Uint32Array(data.slice().buffer)) this.host.write(SDDATA, word, 4);
  }
}

function givenHost(sectorCount = SECTORS_4G, isReadOnly = false) {
  const block = new SparseBlock(sectorCount, isReadOnly);
  const memory = new BenchMemory(0x40000);
  const around = bench({ block, memory });
  const host = new Bcm2835Sdhost(around.context);
  host.reset();
  return { ...around, block, host, driver: new SdhostDriver(host) };
}

describe("bcm2835-sdhost", () => {
  it("has no answer from an empty slot", () => {
    const { host, driver } = givenHost(0);
    driver.powerOn();
    expect(driver.command(0, 0, NO_RESPONSE) & FAIL).toBe(0);
    expect(driver.command(8, 0x1aa) & FAIL).toBe(FAIL);
    expect(readWord(host, SDHSTS) & CMD_TIME_OUT).toBe(CMD_TIME_OUT);
    host.write(SDHSTS, 0x7f8, 4);
    expect(readWord(host, SDHSTS)).toBe(0);
  });

  it("identifies a card and gives its long registers in full", () => {
    const { host, driver } = givenHost();
    driver.identify();
    driver.command(7, 0, NO_RESPONSE);
    driver.good(9, driver.rca << 16, LONG);
    const csd = [0, 4, 8, 12].map((step) => readWord(host, SDRSP3 - step));
    expect((responseBits(csd, 69, 48) + 1) * 1024).toBe(SECTORS_4G);
    expect(driver.fsm).toBe(DATAMODE);
  });

  it("reads one block by the FIFO with the data interrupt", () => {
    const { host, block, driver, irqs } = givenHost();
    driver.identify();
    block.write(77, pattern(77));
    host.write(SDHCFG, DATA_EN | BUSY_EN, 4);
    driver.transfer(17, 77, 1, READ);
    expect([readWord(host, SDHSTS), irqs[0].level]).toEqual([DATA_FLAG, true]);
    host.write(SDHSTS, 0x701, 4);
    expect(driver.readBlock()).toEqual(pattern(77));
    expect([readWord(host, SDHSTS), irqs[0].level, driver.fsm]).toEqual([0, false, DATAMODE]);
  });

  it("reads a register as a block of its size", () => {
    const { driver } = givenHost();
    driver.identify();
    driver.good(55, driver.rca << 16);
    driver.transfer(51, 0, 1, READ, 8);
    expect(driver.readBlock(8)[0]).toBe(2);
  });

  it("writes blocks with one block interrupt each, then stops with CMD12", () => {
    const { host, block, driver, irqs } = givenHost();
    driver.identify();
    host.write(SDHCFG, DATA_EN | BUSY_EN, 4);
    driver.transfer(25, 10, 3, WRITE);
    expect(irqs[0].level).toBe(true);
    host.write(SDHCFG, BLOCK_EN | BUSY_EN, 4);
    expect(irqs[0].level).toBe(false);
    for (let i = 0; i < 3; i++) {
      driver.writeBlock(pattern(i));
      expect([readWord(host, SDHSTS) & BLOCK_IRPT, irqs[0].level]).toEqual([BLOCK_IRPT, true]);
      host.write(SDHSTS, 0x701, 4);
      expect(irqs[0].level).toBe(false);
    }
    expect([block.writes, driver.fsm]).toEqual([[10, 11, 12], WRITESTART1]);
    driver.command(12, 0, BUSYWAIT);
    expect([readWord(host, SDHSTS), irqs[0].level, driver.fsm]).toEqual([BUSY_IRPT, true, DATAMODE]);
    expect([10, 11, 12].map((sector) => block.sectors.get(sector))).toEqual([pattern(0), pattern(1), pattern(2)]);
  });

  it("tells no interrupt that is switched off", () => {
    const { host, driver } = givenHost();
    driver.identify();
    host.write(SDHCFG, 0, 4);
    driver.transfer(24, 10, 1, WRITE);
    driver.writeBlock(pattern(1));
    driver.command(13, driver.rca << 16, BUSYWAIT);
    expect(readWord(host, SDHSTS)).toBe(0);
  });

  it("leaves its wait after a counted read when told to", () => {
    const { host, block, driver } = givenHost();
    driver.identify();
    for (let i = 0; i < 4; i++) block.write(i, pattern(i));
    driver.good(23, 4);
    driver.transfer(18, 0, 4, READ);
    for (let i = 0; i < 4; i++) expect(driver.readBlock()).toEqual(pattern(i));
    expect(driver.fsm).toBe(READWAIT);
    host.write(SDEDM, readWord(host, SDEDM) | (1 << 19), 4);
    expect(driver.fsm).toBe(DATAMODE);
    driver.good(13, driver.rca << 16);
  });

  it("waits with the busy interrupt until an erase is over", () => {
    const { host, block, driver, irqs, clock } = givenHost();
    driver.identify();
    block.write(8, pattern(8));
    driver.good(32, 0);
    driver.good(33, 5000);
    driver.good(38, 0, BUSYWAIT);
    expect(irqs[0].level).toBe(false);
    clock.advance(20_000_000);
    expect([irqs[0].level, readWord(host, SDHSTS)]).toEqual([true, BUSY_IRPT]);
    expect(block.sectors.get(8)).toEqual(new Uint8Array(512));
  });

  it("ends a transfer that gets no data with a time-out", () => {
    const { host, driver, irqs } = givenHost();
    driver.identify();
    host.write(SDHCFG, DATA_EN | BUSY_EN, 4);
    driver.transfer(17, SECTORS_4G, 1, READ);
    expect(readWord(host, SDRSP0) >>> 31).toBe(1);
    expect([readWord(host, SDHSTS), irqs[0].level]).toEqual([REW_TIME_OUT | DATA_FLAG, true]);
    host.write(SDHSTS, 0x7f8, 4);
    expect([irqs[0].level, driver.fsm]).toEqual([false, DATAMODE]);
  });

  it("reports a FIFO that is read empty or written without a transfer", () => {
    const { host } = givenHost();
    expect(readWord(host, SDDATA)).toBe(0);
    host.write(SDDATA, 5, 4);
    expect(readWord(host, SDHSTS)).toBe(FIFO_ERROR);
  });

  it("makes a new card of it when the power comes back", () => {
    const { host, driver } = givenHost();
    driver.identify();
    host.write(SDVDD, 0, 4);
    expect(driver.command(13, driver.rca << 16) & FAIL).toBe(FAIL);
    host.write(SDVDD, 1, 4);
    expect(driver.command(13, driver.rca << 16) & FAIL).toBe(FAIL);
    driver.rca = 0;
    driver.identify();
  });

  it("goes on after a restore in the middle of a multiple block write", () => {
    const { host, block, driver, context, irqs } = givenHost();
    driver.identify();
    host.write(SDHCFG, BLOCK_EN | BUSY_EN, 4);
    driver.transfer(25, 10, 2, WRITE);
    for (const word of new Uint32Array(pattern(1).buffer).subarray(0, 100)) host.write(SDDATA, word, 4);
    const copy = restored(host, context, Bcm2835Sdhost);
    for (const word of new Uint32Array(pattern(1).buffer).subarray(100)) copy.write(SDDATA, word, 4);
    expect([block.sectors.get(10), irqs[0].level]).toEqual([pattern(1), true]);
    new SdhostDriver(copy).writeBlock(pattern(2));
    expect(block.sectors.get(11)).toEqual(pattern(2));
  });
});

const CONTROL_BLOCK = 0x100;
const BUFFER = 0x1000;
const SDDATA_BUS = 0x7e202040;
const [INTEN, WAIT_RESP, D_INC, D_DREQ, S_INC, S_DREQ] = [1, 8, 0x10, 0x40, 0x100, 0x400];

/** The controller with DMA channel 0 of the chip beside it; request line 13 is wired. */
function givenDmaHost() {
  const around = givenHost();
  const dma = new Bcm2835Dma(bench({ clock: around.clock, memory: around.memory }).context);
  dma.reset();
  const dreq = dma.input(13);
  // The host's output 1 leads to the request line.
  around.irqs[1].set = (level) => dreq.set(level);
  around.memory.devices.set(0x20202000, { sizeBytes: 0x100, handler: around.host });
  const start = (info: number, source: number, destination: number, sizeBytes: number) => {
    const view = new DataView(around.memory.data.buffer);
    for (const [index, word] of [info | (13 << 16), source, destination, sizeBytes, 0, 0].entries())
      view.setUint32(CONTROL_BLOCK + 4 * index, word, true);
    dma.write(0x04, 0xc0000000 | CONTROL_BLOCK, 4);
    dma.write(0x00, 1, 4);
  };
  return { ...around, dma, start };
}

describe("bcm2835-sdhost with DMA", () => {
  it("reads blocks into memory, but for the last words that the driver fetches itself", () => {
    const { block, driver, dma, start, memory, clock, host } = givenDmaHost();
    driver.identify();
    for (let i = 0; i < 16; i++) block.write(i, pattern(i));
    host.write(SDHBCT, 512, 4);
    host.write(SDHBLC, 16, 4);
    driver.good(23, 16);
    driver.good(18, 0, READ);
    start(INTEN | WAIT_RESP | D_INC | S_DREQ, SDDATA_BUS, 0xc0000000 | BUFFER, 16 * 512 - 12);
    clock.advance(1_000_000);
    expect(readWord(dma, 0x04)).toBe(0);
    for (let i = 0; i < 3; i++) {
      expect((readWord(host, SDEDM) >>> 4) & 0x1f).toBe(3 - i);
      new DataView(memory.data.buffer).setUint32(BUFFER + 16 * 512 - 12 + 4 * i, readWord(host, SDDATA), true);
    }
    for (let i = 0; i < 16; i++)
      expect(memory.data.slice(BUFFER + 512 * i, BUFFER + 512 * (i + 1))).toEqual(pattern(i));
    expect(driver.fsm).toBe(READWAIT);
  });

  it("writes blocks from memory, in order, and waits where no data is wanted", () => {
    const { block, driver, dma, start, memory, clock } = givenDmaHost();
    driver.identify();
    for (let i = 0; i < 16; i++) memory.data.set(pattern(i), BUFFER + 512 * i);
    start(INTEN | WAIT_RESP | S_INC | D_DREQ, 0xc0000000 | BUFFER, SDDATA_BUS, 16 * 512);
    clock.advance(1_000_000);
    expect([block.writes.length, readWord(dma, 0) & 0x21]).toEqual([0, 0x21]);
    driver.transfer(25, 100, 16, WRITE);
    clock.advance(1_000_000);
    expect(block.writes).toEqual(Array.from({ length: 16 }, (_, i) => 100 + i));
    for (let i = 0; i < 16; i++) expect(block.sectors.get(100 + i)).toEqual(pattern(i));
    expect([readWord(dma, 0) & 7, driver.fsm]).toEqual([6, WRITESTART1]);
    driver.good(12, 0, BUSYWAIT);
    expect(driver.fsm).toBe(DATAMODE);
  });

  it("has acknowledged blocks in the image, in order, whenever the power is cut", () => {
    const { block, driver, start, memory, clock } = givenDmaHost();
    driver.identify();
    for (let i = 0; i < 64; i++) memory.data.set(pattern(i), BUFFER + 512 * i);
    start(S_INC | D_DREQ, BUFFER, SDDATA_BUS, 64 * 512);
    driver.transfer(25, 200, 64, WRITE);
    const seen: number[] = [];
    for (let i = 0; i < 40 && block.writes.length < 64; i++) {
      clock.advance(5_000);
      seen.push(block.writes.length);
      expect(block.writes).toEqual(Array.from({ length: block.writes.length }, (_, n) => 200 + n));
    }
    expect(new Set(seen).size).toBeGreaterThan(4);
    expect(block.writes).toHaveLength(64);
  });
});
