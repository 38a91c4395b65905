import { describe, expect, it } from "vitest";
import { Pl080 } from "../../src/devices/pl080.ts";
import { ambaId, readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const [INT_STATUS, ERR_STATUS, ERR_CLEAR, RAW_ERR, ENABLED, CONFIG] = [0x00, 0x0c, 0x10, 0x18, 0x1c, 0x30];
const channelConfig = (channel: number): number => 0x110 + 0x20 * channel;

function givenDma() {
  const around = bench();
  const dma = new Pl080(around.context);
  dma.reset();
  return { ...around, dma, irq: around.irqs[0] };
}

describe("pl080", () => {
  it("carries the part number its driver matches", () => {
    expect(ambaId(givenDma().dma) & 0xfffff).toBe(0x41080);
  });

  it("keeps the registers of eight channels", () => {
    const { dma } = givenDma();
    for (let i = 0; i < 8; i++) dma.write(0x100 + 0x20 * i, 0x1000 + i, 4);
    for (let i = 0; i < 8; i++) expect(readWord(dma, 0x100 + 0x20 * i)).toBe(0x1000 + i);
  });

  it("ends a channel with an error at once and says that transfers are not modelled", () => {
    const { dma, irq, log } = givenDma();
    dma.write(CONFIG, 1, 4);
    dma.write(channelConfig(3), 0x4001, 4);
    expect([readWord(dma, RAW_ERR), readWord(dma, ERR_STATUS), readWord(dma, INT_STATUS), irq.level]).toEqual([
      8,
      8,
      8,
      true,
    ]);
    expect([readWord(dma, ENABLED), readWord(dma, channelConfig(3)) & 1]).toEqual([0, 0]);
    expect(log.map((record) => record.message)).toEqual([expect.stringContaining("not modelled")]);
    dma.write(ERR_CLEAR, 8, 4);
    expect(irq.level).toBe(false);
  });

  it("masks the interrupt of a channel that does not want it", () => {
    const { dma, irq } = givenDma();
    dma.write(CONFIG, 1, 4);
    dma.write(channelConfig(0), 1, 4);
    expect([readWord(dma, RAW_ERR), readWord(dma, ERR_STATUS), irq.level]).toEqual([1, 0, false]);
  });

  it("starts no channel while the controller is off", () => {
    const { dma, log } = givenDma();
    dma.write(channelConfig(0), 0x4001, 4);
    expect([readWord(dma, RAW_ERR), log.length]).toEqual([0, 0]);
  });

  it("runs on after a restore as the old one does", () => {
    const { dma, context, irq } = givenDma();
    dma.write(CONFIG, 1, 4);
    dma.write(channelConfig(2), 0x4001, 4);
    const copy = restored(dma, context, Pl080);
    expect(irq.level).toBe(true);
    copy.write(channelConfig(2), 0, 4);
    expect([readWord(copy, RAW_ERR), readWord(copy, ERR_STATUS), irq.level]).toEqual([4, 0, false]);
  });
});
