import { describe, expect, it } from "vitest";
import { Bcm2835Dma, dmaOutputs } from "../../src/devices/bcm2835-dma.ts";
import { readWord, restored } from "./device-checks.ts";
import { BenchMemory, bench } from "./test-context.ts";

const [CS, CONBLK_AD, TI, SOURCE_AD, DEST_AD, TXFR_LEN, NEXTCONBK, DEBUG] = [0, 4, 8, 0xc, 0x10, 0x14, 0x1c, 0x20];
const [INT_STATUS, ENABLE] = [0xfe0, 0xff0];
const [ACTIVE, END, INT, PAUSED, HELD, ERROR] = [1, 2, 4, 0x10, 0x20, 0x100];
const ABORT = 1 << 30;
const RESET = 1 << 31;
const [INTEN, TDMODE, D_INC, D_DREQ, D_IGNORE, S_INC, S_DREQ, S_IGNORE] = [1, 2, 0x10, 0x40, 0x80, 0x100, 0x400, 0x800];
const PERMAP = 16;

interface Block {
  info: number;
  source: number;
  destination: number;
  length: number;
  stride?: number;
  next?: number;
}

function givenDma() {
  const memory = new BenchMemory(0x20000);
  const around = bench({ memory });
  const dma = new Bcm2835Dma(around.context);
  dma.reset();
  const view = new DataView(memory.data.buffer);
  for (let i = 0; i < 0x8000; i++) memory.data[0x8000 + i] = (i * 31) >> 3;
  const put = (address: number, { info, source, destination, length, stride = 0, next = 0 }: Block) => {
    for (const [index, word] of [info, source, destination, length, stride, next].entries())
      view.setUint32(address + 4 * index, word, true);
  };
  const start = (channel: number, address: number) => {
    dma.write(0x100 * channel + CONBLK_AD, address | 0, 4);
    dma.write(0x100 * channel + CS, ACTIVE, 4);
  };
  const source = (sizeBytes: number, offset = 0) => memory.data.slice(0x8000 + offset, 0x8000 + offset + sizeBytes);
  return { ...around, memory, view, dma, put, start, source };
}

const COPY = INTEN | D_INC | S_INC;

/** A peripheral with one data register: counts what is read and keeps what is written. */
class Port {
  readonly written: number[] = [];
  next = 0;
  onAccess: () => void = () => {};

  read(): number {
    const value = this.next++;
    this.onAccess();
    return value;
  }

  write(_offset: number, value: number): void {
    this.written.push(value >>> 0);
    this.onAccess();
  }
}

describe("bcm2835-dma", () => {
  it.each([0x00000000, 0x40000000, 0x80000000, 0xc0000000])("copies memory through alias 0x%s", (alias) => {
    const { dma, put, start, source, memory, clock, irqs } = givenDma();
    put(0x100, { info: COPY, source: alias + 0x8000, destination: alias + 0x1000, length: 10_001 });
    start(0, alias + 0x100);
    expect(readWord(dma, CS) & ACTIVE).toBe(ACTIVE);
    clock.advance(100_000);
    expect(memory.data.slice(0x1000, 0x1000 + 10_002)).toEqual(Uint8Array.of(...source(10_001), 0));
    expect([readWord(dma, CS), readWord(dma, CONBLK_AD), irqs[0].level]).toEqual([END | INT | PAUSED | 8, 0, true]);
    dma.write(CS, INT, 4);
    expect([readWord(dma, CS) & INT, irqs[0].level]).toEqual([0, false]);
  });

  it("follows a chain and tells of the blocks that ask for it", () => {
    const { dma, put, start, source, memory, clock, irqs } = givenDma();
    put(0x100, { info: D_INC | S_INC, source: 0x8000, destination: 0x1000, length: 100, next: 0x120 });
    put(0x120, { info: D_INC | S_INC, source: 0x8100, destination: 0x2000, length: 100, next: 0x140 });
    put(0x140, { info: COPY, source: 0x8200, destination: 0x3000, length: 100 });
    start(3, 0x100);
    clock.advance(100_000);
    expect(memory.data.slice(0x1000, 0x1064)).toEqual(source(100));
    expect(memory.data.slice(0x3000, 0x3064)).toEqual(source(100, 0x200));
    expect([irqs[3].level, irqs[0].level, irqs[12].level, readWord(dma, INT_STATUS)]).toEqual([true, false, true, 8]);
  });

  it("goes round a ring for ever at the pace of virtual time, and can be stopped", () => {
    const { dma, put, start, clock, irqs, memory } = givenDma();
    put(0x100, { info: COPY, source: 0x8000, destination: 0x1000, length: 1000, next: 0x120 });
    put(0x120, { info: COPY, source: 0x8000, destination: 0x1000, length: 1000, next: 0x100 });
    start(0, 0x100);
    for (let period = 0; period < 20; period++) {
      clock.advance(50_000);
      expect([irqs[0].level, readWord(dma, CONBLK_AD) === 0]).toEqual([true, false]);
      // As the interrupt handler of a cyclic transfer does.
      dma.write(CS, INT | ACTIVE, 4);
    }
    dma.write(CS, 0, 4);
    expect(readWord(dma, CS) & (PAUSED | ACTIVE)).toBe(PAUSED);
    dma.write(CS, RESET, 4);
    expect([readWord(dma, CONBLK_AD), readWord(dma, CS)]).toEqual([0, PAUSED | 8]);
    memory.data.fill(0, 0x1000, 0x2000);
    clock.advance(1_000_000);
    expect(memory.data[0x1001]).toBe(0);
  });

  it("does bounded work in an event, whatever the chain is", () => {
    const { put, start, clock } = givenDma();
    put(0x100, { info: 0, source: 0, destination: 0, length: 0, next: 0x100 });
    start(0, 0x100);
    let events = 0;
    const end = clock.nowNs() + 1_000_000;
    while (clock.nextDeadlineNs <= end) {
      clock.advance(clock.nextDeadlineNs - clock.nowNs());
      events++;
    }
    expect(events).toBeGreaterThan(10);
    expect(events).toBeLessThan(5001);
  });

  it("copies rectangles in 2D mode, with strides of either sign", () => {
    const { put, start, source, memory, clock } = givenDma();
    const stride = ((-8 & 0xffff) << 16) | 28;
    put(0x100, { info: COPY | TDMODE, source: 0x8000, destination: 0x1000, length: (2 << 16) | 4, stride });
    start(0, 0x100);
    clock.advance(10_000);
    expect(memory.data.slice(0x1000, 0x1004)).toEqual(source(4));
    expect(memory.data.slice(0x1000 - 4, 0x1000)).toEqual(source(4, 32));
    expect(memory.data.slice(0x1000 - 8, 0x1000 - 4)).toEqual(source(4, 64));
  });

  it("fills from a fixed word, from nothing, and reads without storing", () => {
    const { put, start, memory, view, clock, dma } = givenDma();
    view.setUint32(0x200, 0x11223344, true);
    put(0x100, { info: D_INC, source: 0x200, destination: 0x1000, length: 12, next: 0x120 });
    put(0x120, { info: D_INC | S_IGNORE, source: 0x1000, destination: 0x1004, length: 4, next: 0x140 });
    put(0x140, { info: D_IGNORE | S_INC, source: 0x8000, destination: 0x1000, length: 12 });
    start(0, 0x100);
    clock.advance(10_000);
    expect([0x1000, 0x1004, 0x1008].map((at) => view.getUint32(at, true))).toEqual([0x11223344, 0, 0x11223344]);
    expect([readWord(dma, SOURCE_AD), memory.data[0x100c]]).toEqual([0x800c, 0]);
  });

  it("takes from a peripheral only while it requests, and goes on when it does again", () => {
    const { dma, put, start, memory, view, clock } = givenDma();
    const port = new Port();
    const dreq = dma.input(7);
    let ready = 5;
    port.onAccess = () => dreq.set(--ready > 0);
    memory.devices.set(0x20204004, { sizeBytes: 4, handler: port });
    put(0x100, {
      info: INTEN | D_INC | S_DREQ | (7 << PERMAP),
      source: 0x7e204004,
      destination: 0x1000,
      length: 40,
    });
    start(2, 0x100);
    clock.advance(10_000);
    expect([port.next, readWord(dma, 0x200 + CS) & (ACTIVE | HELD)]).toEqual([0, ACTIVE | HELD]);
    dreq.set(true);
    clock.advance(10_000);
    expect([port.next, readWord(dma, 0x200 + TXFR_LEN), readWord(dma, 0x200 + DEST_AD)]).toEqual([5, 20, 0x1014]);
    ready = 5;
    dreq.set(true);
    clock.advance(10_000);
    expect([port.next, readWord(dma, 0x200 + CS) & (ACTIVE | END)]).toEqual([10, END]);
    expect(Array.from({ length: 10 }, (_, i) => view.getUint32(0x1000 + 4 * i, true))).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
  });

  it("gives to a peripheral only while it requests", () => {
    const { dma, put, start, memory, view, clock } = givenDma();
    const port = new Port();
    const dreq = dma.input(6);
    let room = 3;
    port.onAccess = () => dreq.set(--room > 0);
    memory.devices.set(0x20204004, { sizeBytes: 4, handler: port });
    put(0x100, { info: S_INC | D_DREQ | (6 << PERMAP), source: 0x8000, destination: 0x7e204004, length: 32 });
    dreq.set(true);
    start(0, 0x100);
    clock.advance(10_000);
    expect(port.written).toEqual([0, 1, 2].map((i) => view.getUint32(0x8000 + 4 * i, true)));
    room = 99;
    dreq.set(true);
    clock.advance(10_000);
    expect(port.written).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((i) => view.getUint32(0x8000 + 4 * i, true)));
  });

  it("stops with an error where nothing answers", () => {
    const { dma, put, start, clock, log } = givenDma();
    put(0x100, { info: COPY, source: 0x8000, destination: 0x30000, length: 16 });
    put(0x120, { info: COPY, source: 0x7e300000, destination: 0x1000, length: 16 });
    start(0, 0x100);
    start(1, 0x120);
    start(2, 0x3fffff00);
    clock.advance(10_000);
    for (const channel of [0, 0x100, 0x200]) {
      expect(readWord(dma, channel + CS) & (ERROR | ACTIVE | END)).toBe(ERROR);
      dma.write(channel + DEBUG, 7, 4);
      expect(readWord(dma, channel + CS) & ERROR).toBe(0);
    }
    expect(log.length).toBe(3);
  });

  it("goes on to the next block when the current one is aborted", () => {
    const { dma, put, start, clock, memory, source } = givenDma();
    put(0x100, { info: S_DREQ | D_INC | (5 << PERMAP), source: 0x8000, destination: 0x1000, length: 64, next: 0x120 });
    put(0x120, { info: COPY, source: 0x8000, destination: 0x2000, length: 64 });
    start(0, 0x100);
    clock.advance(10_000);
    dma.write(CS, ABORT | ACTIVE, 4);
    clock.advance(10_000);
    expect([memory.data[0x1001], memory.data.slice(0x2000, 0x2040)]).toEqual([0, source(64)]);
  });

  it("lets a disabled channel wait", () => {
    const { dma, put, start, clock, memory, source } = givenDma();
    expect(readWord(dma, ENABLE)).toBe(0x7fff);
    put(0x100, { info: COPY, source: 0x8000, destination: 0x1000, length: 8 });
    dma.write(ENABLE, 0x7ffe, 4);
    start(0, 0x100);
    clock.advance(10_000);
    expect(memory.data[0x1001]).toBe(0);
    dma.write(ENABLE, 0x7fff, 4);
    clock.advance(10_000);
    expect(memory.data.slice(0x1000, 0x1008)).toEqual(source(8));
  });

  it("shares one interrupt between channels 11 to 14 and tells of any with another", () => {
    const { dma, put, start, clock, irqs } = givenDma();
    expect([dmaOutputs.length, dmaOutputs[11]]).toEqual([13, "dma11-14"]);
    put(0x100, { info: COPY, source: 0x8000, destination: 0x1000, length: 8 });
    for (const channel of [11, 14]) start(channel, 0x100);
    clock.advance(10_000);
    dma.write(0xb00 + CS, INT, 4);
    expect([irqs[11].level, irqs[12].level]).toEqual([true, true]);
    dma.write(0xe00 + CS, INT, 4);
    expect([irqs[11].level, irqs[12].level]).toEqual([false, false]);
  });

  it("refuses a transfer into its own registers", () => {
    const { dma, put, start, clock, memory, log } = givenDma();
    memory.devices.set(0x20007000, { sizeBytes: 0x1000, handler: dma });
    put(0x100, { info: S_INC | D_INC, source: 0x8000, destination: 0x7e007000, length: 0x100 });
    start(0, 0x100);
    clock.advance(10_000);
    expect(readWord(dma, 0x100 + CONBLK_AD)).toBe(0);
    expect(log.some(({ message }) => message.includes("own registers"))).toBe(true);
  });

  it("marks the short channels, which know no 2D mode", () => {
    const { dma } = givenDma();
    const lite = Array.from({ length: 15 }, (_, channel) => (readWord(dma, 0x100 * channel + DEBUG) >>> 28) & 1);
    expect(lite).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
  });

  it("goes on after a restore in the middle of a chain", () => {
    const { dma, put, start, source, memory, clock, context } = givenDma();
    put(0x100, { info: COPY, source: 0x8000, destination: 0x1000, length: 0x3000, next: 0x120 });
    put(0x120, { info: COPY, source: 0x9000, destination: 0x5000, length: 0x2000 });
    start(4, 0x100);
    clock.advance(20_000);
    const left = readWord(dma, 0x400 + TXFR_LEN);
    expect([left > 0 && left < 0x3000, readWord(dma, 0x400 + TI), readWord(dma, 0x400 + NEXTCONBK)]).toEqual([
      true,
      COPY,
      0x120,
    ]);
    const copy = restored(dma, context, Bcm2835Dma);
    dma.reset();
    clock.advance(100_000);
    expect(memory.data.slice(0x1000, 0x4000)).toEqual(source(0x3000));
    expect(memory.data.slice(0x5000, 0x7000)).toEqual(source(0x2000, 0x1000));
    expect(readWord(copy, 0x400 + CS) & (END | INT | ACTIVE)).toBe(END | INT);
  });
});
