import { describe, expect, it } from "vitest";
import { DEFAULT_LINE, frameTimeNs, type LineSettings } from "../../src/base/index.ts";
import { LineSampler, type Received } from "../../src/devices/line-sampler.ts";
import { StateReader } from "../../src/devices/state-reader.ts";

const at = (baudRate: number, rest: Partial<LineSettings> = {}): LineSettings => ({
  ...DEFAULT_LINE,
  ...rest,
  baudRate,
});
const LATE_NS = 1e12;

/** What a receiver at `to` gets of characters that follow each other without a gap. */
function heard(bytes: readonly number[], from: LineSettings, to: LineSettings, gapNs = 0): Received[] {
  const sampler = new LineSampler();
  bytes.forEach((byte, i) => {
    sampler.send(byte, i * (frameTimeNs(from) + gapNs), from);
  });
  return sampler.advance(LATE_NS, to);
}
const values = (received: readonly Received[]) => received.map(({ byte }) => byte);
const all = Array.from({ length: 256 }, (_, i) => i);

describe("a receiver that samples a line", () => {
  it.each([-0.03, 0, 0.03])("understands a sender that is off by %s", (off) => {
    const received = heard(all, at(115_200), at(115_200 * (1 + off)));
    expect(values(received)).toEqual(all);
    expect(received.every((r) => !r.isFramingError && !r.isParityError && !r.isBreak)).toBe(true);
  });

  it.each([
    ["even", 7, 1],
    ["odd", 8, 2],
    ["mark", 8, 1],
    ["space", 5, 2],
  ] as const)("understands %s parity with %d data bits", (parity, dataBits, stopBits) => {
    const line = at(9600, { parity, dataBits, stopBits });
    const received = heard(all, line, line);
    expect(values(received)).toEqual(all.map((byte) => byte & ((1 << dataBits) - 1)));
    expect(received.some((r) => r.isFramingError || r.isParityError)).toBe(false);
  });

  it("finds the parity wrong that the sender does not send so", () => {
    const received = heard([0x00, 0x01], at(9600, { parity: "even" }), at(9600, { parity: "odd" }));
    expect(received.map((r) => r.isParityError)).toEqual([true, true]);
  });

  it("gets twice as many characters at twice the rate, with the bits of the first half and of the second", () => {
    // With its start bit 'U' is 0101010101, which is 0011... at twice the rate: a start, 01100110, and no stop.
    const received = heard([0x55], at(9600), at(19_200));
    expect(received.map(({ byte, isFramingError }) => [byte, isFramingError])).toEqual([
      [0x66, true],
      [0xe6, false],
    ]);
  });

  it("takes slow zeros for a break and for noise, not for zeros", () => {
    const received = heard([0x00], at(1200), at(9600));
    expect(received[0]).toMatchObject({ byte: 0, isFramingError: true, isBreak: true });
  });

  it("gets few characters of a fast sender, and wrong ones", () => {
    const text = [...Buffer.from("Linux version 6.1.192 (komainu@board)")];
    const received = heard(text, at(115_200), at(9600));
    expect(received.length).toBeGreaterThan(0);
    expect(received.length).toBeLessThan(text.length / 6);
  });

  it("says when the next character will be there, and goes on after a restore", () => {
    const line = at(9600);
    const sampler = new LineSampler();
    expect(sampler.nextNs(line)).toBeUndefined();
    sampler.send(0x41, 1_000_000, line);
    expect(sampler.nextNs(line)).toBe(Math.ceil(1_000_000 + (9.5 * 1e9) / 9600));
    const copy = new LineSampler();
    copy.restore(new StateReader(structuredClone(sampler.save()), "uart0"));
    expect(values(copy.advance(LATE_NS, line))).toEqual([0x41]);
    expect(copy.advance(LATE_NS, line)).toEqual([]);
  });

  it("keeps a bounded past for a receiver that is as good as stopped", () => {
    const sampler = new LineSampler();
    const fast = at(1_500_000);
    for (let i = 0; i < 100_000; i++) sampler.send(0x55, i * frameTimeNs(fast), fast);
    expect((sampler.save().edges as number[]).length).toBeLessThanOrEqual(65_536);
    expect(sampler.advance(LATE_NS, at(1)).length).toBeLessThan(10);
  });
});
