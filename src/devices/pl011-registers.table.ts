/** Registers and bits of the PL011; ARM DDI 0183. */
import type { RegisterSpec } from "../device/index.ts";
import { at, bit, bits, primeCellId } from "../device/index.ts";

/** What the registers are about. */
export interface Pl011Part {
  readonly next: number;
  readonly status: number;
  readonly flags: number;
  readonly raw: number;
  readonly masked: number;
  pull(): number;
  transmit(byte: number): void;
  clearStatus(): void;
  lineControlWritten(): void;
  controlWritten(): void;
  update(): void;
  clearInterrupts(ones: number): void;
}

export const FIFO_DEPTH = 16;
/**
 * UARTIFLS: eighths 1, 2, 4, 6 and 7 of the FIFO, for reception when it holds so many and for transmission when it falls
 * to so many; the codes above are reserved and act as the last.
 */
export const fifoLevels = [2, 4, 8, 12, 14, 14, 14, 14];

/** UARTFR. */
export const FR_CTS = 1 << 0;
export const FR_DSR = 1 << 1;
export const FR_DCD = 1 << 2;
export const FR_BUSY = 1 << 3;
export const FR_RXFE = 1 << 4;
export const FR_TXFF = 1 << 5;
export const FR_RXFF = 1 << 6;
export const FR_TXFE = 1 << 7;
export const FR_RI = 1 << 8;
/** UARTCR. */
export const CR_UARTEN = 1 << 0;
export const CR_LBE = 1 << 7;
export const CR_TXE = 1 << 8;
export const CR_RXE = 1 << 9;
export const CR_DTR = 1 << 10;
export const CR_RTS = 1 << 11;
export const CR_OUT1 = 1 << 12;
export const CR_OUT2 = 1 << 13;
export const CR_RTSEN = 1 << 14;
export const CR_CTSEN = 1 << 15;
/** UARTLCR_H. */
export const LCRH_BRK = 1 << 0;
export const LCRH_PEN = 1 << 1;
export const LCRH_EPS = 1 << 2;
export const LCRH_STP2 = 1 << 3;
export const LCRH_FEN = 1 << 4;
export const LCRH_SPS = 1 << 7;
/** UARTRIS, UARTMIS, UARTIMSC, UARTICR. */
export const INT_CTS = 1 << 1;
export const INT_DCD = 1 << 2;
export const INT_DSR = 1 << 3;
export const INT_RX = 1 << 4;
export const INT_TX = 1 << 5;
export const INT_RT = 1 << 6;
export const INT_FE = 1 << 7;
export const INT_PE = 1 << 8;
export const INT_BE = 1 << 9;
export const INT_OE = 1 << 10;
/** Status bits of a received character, as in UARTRSR; in the FIFO they lie above the data. */
export const RSR_FE = 1 << 0;
export const RSR_PE = 1 << 1;
export const RSR_BE = 1 << 2;
export const RSR_OE = 1 << 3;

const interruptFields = (mode: "rw" | "ro") =>
  Object.fromEntries(
    ["RI", "CTS", "DCD", "DSR", "RX", "TX", "RT", "FE", "PE", "BE", "OE"].map((name, i) => [
      name,
      bit(i)[mode]<Pl011Part>(),
    ]),
  );

const table: Record<string, RegisterSpec<Pl011Part>> = {
  UARTDR: at(0x000, {
    DATA: bits(0, 8).rw({ read: (s) => s.pull(), peek: (s) => s.next, write: (s, v) => s.transmit(v) }),
    // Read after DATA: the status of the character just taken.
    STATUS: bits(8, 4).ro((s) => s.status),
  }),
  UARTRSR: at(0x004, { STATUS: bits(0, 4).ro((s) => s.status) }, { onWrite: (s) => s.clearStatus() }),
  UARTFR: at(
    0x018,
    {
      CTS: bit(0).ro(),
      DSR: bit(1).ro(),
      DCD: bit(2).ro(),
      BUSY: bit(3).ro(),
      RXFE: bit(4).ro(),
      TXFF: bit(5).ro(),
      RXFF: bit(6).ro(),
      TXFE: bit(7).ro(),
      RI: bit(8).ro(),
    },
    { readWord: (s) => s.flags },
  ),
  UARTILPR: at(0x020, { ILPDVSR: bits(0, 8).todo() }),
  UARTIBRD: at(0x024, { DIVINT: bits(0, 16).rw() }),
  UARTFBRD: at(0x028, { DIVFRAC: bits(0, 6).rw() }),
  UARTLCR_H: at(
    0x02c,
    {
      BRK: bit(0).rw(),
      PEN: bit(1).rw(),
      EPS: bit(2).rw(),
      STP2: bit(3).rw(),
      FEN: bit(4).rw(),
      WLEN: bits(5, 2).rw(),
      SPS: bit(7).rw(),
    },
    { onWrite: (s) => s.lineControlWritten() },
  ),
  UARTCR: at(
    0x030,
    {
      UARTEN: bit(0).rw(),
      SIREN: bit(1).todo(),
      SIRLP: bit(2).todo(),
      LBE: bit(7).rw(),
      TXE: bit(8).rw(),
      RXE: bit(9).rw(),
      DTR: bit(10).rw(),
      RTS: bit(11).rw(),
      Out1: bit(12).rw(),
      Out2: bit(13).rw(),
      RTSEn: bit(14).rw(),
      CTSEn: bit(15).rw(),
    },
    { reset: CR_TXE | CR_RXE, onWrite: (s) => s.controlWritten() },
  ),
  UARTIFLS: at(0x034, { TXIFLSEL: bits(0, 3).rw(), RXIFLSEL: bits(3, 3).rw() }, { reset: 0x12 }),
  UARTIMSC: at(0x038, interruptFields("rw"), { onWrite: (s) => s.update() }),
  UARTRIS: at(0x03c, interruptFields("ro"), { readWord: (s) => s.raw }),
  UARTMIS: at(0x040, interruptFields("ro"), { readWord: (s) => s.masked }),
  UARTICR: at(0x044, { interrupts: bits(0, 11).wo((s, ones) => s.clearInterrupts(ones)) }),
  UARTDMACR: at(0x048, { RXDMAE: bit(0).todo(), TXDMAE: bit(1).todo(), DMAONERR: bit(2).todo() }),
  UARTTCR: at(0x080, { TEST: bits(0, 3).todo() }),
};

/** All of them, with the identification registers. */
export const pl011Registers = (periphId: number): Record<string, RegisterSpec<Pl011Part>> => ({
  ...table,
  ...primeCellId<Pl011Part>(periphId),
});
