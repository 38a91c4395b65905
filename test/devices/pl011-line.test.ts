import { describe, expect, it } from "vitest";
import { baudRate, LineReporter, lineSettings } from "../../src/devices/pl011-line.ts";

const CLOCK_HZ = 24_000_000;
const registers = { UARTIBRD: 13, UARTFBRD: 1, UARTLCR_H: 0x60, UARTCR: 0 };

describe("the line that the PL011's registers describe", () => {
  it.each([
    [0x60, "none", 8, 1],
    [0x42, "odd", 7, 1],
    [0x26, "even", 6, 1],
    [0x8a, "mark", 5, 2],
    [0xe6, "space", 8, 1],
  ])("with UARTLCR_H %i has parity %s, %d data bits and %d stop bits", (UARTLCR_H, parity, dataBits, stopBits) => {
    expect(lineSettings({ ...registers, UARTLCR_H }, CLOCK_HZ)).toMatchObject({ parity, dataBits, stopBits });
  });

  it("has the rate of the divisor, and the usual one without", () => {
    expect(Math.round(baudRate(registers, CLOCK_HZ))).toBe(115_246);
    expect(baudRate({ ...registers, UARTIBRD: 0, UARTFBRD: 0 }, CLOCK_HZ)).toBe(115_200);
  });

  it("is told to the far end where it changed", () => {
    const told: string[] = [];
    const serial = {
      transmit: () => {},
      connect: () => {},
      lineChanged: ({ kind }: { kind: string }) => told.push(kind),
    };
    const reporter = new LineReporter();
    reporter.report(serial, registers, CLOCK_HZ);
    reporter.report(serial, registers, CLOCK_HZ);
    reporter.report(serial, { ...registers, UARTCR: 1 << 10 }, CLOCK_HZ);
    reporter.report(serial, { ...registers, UARTCR: 1 << 10, UARTLCR_H: 0x61 }, CLOCK_HZ);
    expect(told).toEqual(["settings", "modem", "modem", "break"]);
    reporter.report(undefined, registers, CLOCK_HZ);
  });
});
