/** The PL011's side of its serial line: what its registers say of it, and telling the far end. */
import type { LineSettings } from "../base/index.ts";
import { DEFAULT_LINE } from "../base/index.ts";
import type { SerialBackend } from "../device/index.ts";
import { CR_DTR, CR_RTS, LCRH_BRK, LCRH_EPS, LCRH_PEN, LCRH_SPS, LCRH_STP2 } from "./pl011-registers.table.ts";

export interface LineRegisters {
  readonly UARTIBRD: number;
  readonly UARTFBRD: number;
  readonly UARTLCR_H: number;
  readonly UARTCR: number;
}

/** A bit lasts 16 * (DIVINT + DIVFRAC / 64) periods of UARTCLK; where no divisor is programmed, the usual rate. */
export function baudRate({ UARTIBRD, UARTFBRD }: LineRegisters, clockHz: number): number {
  const divisor64 = UARTIBRD * 64 + UARTFBRD;
  return divisor64 === 0 ? DEFAULT_LINE.baudRate : (4 * clockHz) / divisor64;
}

export function lineSettings(registers: LineRegisters, clockHz: number): LineSettings {
  const { UARTLCR_H } = registers;
  const has = (bit: number): boolean => (UARTLCR_H & bit) !== 0;
  const sticky = has(LCRH_EPS) ? "space" : "mark";
  const checked = has(LCRH_EPS) ? "even" : "odd";
  return {
    baudRate: baudRate(registers, clockHz),
    dataBits: (5 + ((UARTLCR_H >> 5) & 3)) as LineSettings["dataBits"],
    parity: !has(LCRH_PEN) ? "none" : has(LCRH_SPS) ? sticky : checked,
    stopBits: has(LCRH_STP2) ? 2 : 1,
  };
}

/** Tells the far end what has changed since it was told last. */
export class LineReporter {
  private told = { settings: "", lines: "", isBreaking: false };

  report(serial: SerialBackend | undefined, registers: LineRegisters, clockHz: number): void {
    if (serial?.lineChanged === undefined) return;
    const exact = lineSettings(registers, clockHz);
    const settings = { ...exact, baudRate: Math.round(exact.baudRate) };
    const lines = { dtr: (registers.UARTCR & CR_DTR) !== 0, rts: (registers.UARTCR & CR_RTS) !== 0 };
    const isBreaking = (registers.UARTLCR_H & LCRH_BRK) !== 0;
    const before = this.told;
    const told = { settings: JSON.stringify(settings), lines: JSON.stringify(lines), isBreaking };
    this.told = told;
    if (told.settings !== before.settings) serial.lineChanged({ kind: "settings", settings });
    if (told.lines !== before.lines) serial.lineChanged({ kind: "modem", lines });
    if (isBreaking !== before.isBreaking) serial.lineChanged({ kind: "break", isOn: isBreaking });
  }
}
