/**
 * Registers of the LAN91C111 by bank; SMSC LAN91C111 data sheet, chapter "Data structures and registers".
 *
 * The chip has 16-bit registers in four banks of 16 bytes. Each byte address of a bank has a slot of its own here:
 * slot(bank, byte) is where a register starts, and registers that are one byte wide lie next to each other.
 */
import { at, bit, bits } from "../device/index.ts";
import type { Smc91c111 } from "./smc91c111.ts";

export const slot = (bank: number, byte: number): number => (bank * 16 + byte) * 4;

/** Pairs of one-byte registers, as `slot`s of the even one. */
export const bytePairs: ReadonlySet<number> = new Set([slot(2, 0x2), slot(2, 0x4), slot(2, 0xc)]);

/** The revision register: chip 9 is the LAN91C111, revision 1. */
const REVISION = 0x3391;

const half = () => bits(0, 16);
const multicast = (index: number) => at(slot(3, index * 2), { hash: half().rw<Smc91c111>() });

export const smc91c111Registers = {
  TCR: at(
    slot(0, 0x0),
    {
      TXENA: bit(0).rw<Smc91c111>(),
      LOOP: bit(1).todo<Smc91c111>(),
      FORCOL: bit(2).todo<Smc91c111>(),
      PAD_EN: bit(7).rw<Smc91c111>(),
      NOCRC: bit(8).rw<Smc91c111>(),
      MON_CSN: bit(10).rw<Smc91c111>(),
      FDUPLX: bit(11).rw<Smc91c111>(),
      STP_SQET: bit(12).rw<Smc91c111>(),
      EPH_LOOP: bit(13).todo<Smc91c111>(),
      SWFDUP: bit(15).rw<Smc91c111>(),
    },
    { onWrite: (s: Smc91c111) => s.transmitQueued() },
  ),
  EPHSR: at(slot(0, 0x2), { status: half().ro((s: Smc91c111) => s.ephStatus) }),
  RCR: at(
    slot(0, 0x4),
    {
      RX_ABORT: bit(0).ro<Smc91c111>(),
      PRMS: bit(1).rw<Smc91c111>(),
      ALMUL: bit(2).rw<Smc91c111>(),
      RXEN: bit(8).rw<Smc91c111>(),
      STRIP_CRC: bit(9).rw<Smc91c111>(),
      ABORT_ENB: bit(13).rw<Smc91c111>(),
      FILT_CAR: bit(14).rw<Smc91c111>(),
    },
    { onWrite: (s: Smc91c111, value) => s.receiveControl(value) },
  ),
  // Nothing collides on a line without a cable.
  ECR: at(slot(0, 0x6), { counters: half().ro<Smc91c111>() }),
  MIR: at(slot(0, 0x8), {
    SIZE: bits(0, 8).ro<Smc91c111>(() => 4),
    FREE: bits(8, 8).ro((s: Smc91c111) => s.freePages),
  }),
  RPCR: at(slot(0, 0xa), { value: bits(2, 12).rw<Smc91c111>() }),

  CONFIG: at(slot(1, 0x0), { value: half().rw<Smc91c111>() }, { reset: 0xa0b1 }),
  BASE: at(slot(1, 0x2), { value: half().rw<Smc91c111>() }, { reset: 0x1801 }),
  IA0: at(slot(1, 0x4), { address: half().rw<Smc91c111>() }),
  IA2: at(slot(1, 0x6), { address: half().rw<Smc91c111>() }),
  IA4: at(slot(1, 0x8), { address: half().rw<Smc91c111>() }),
  GPR: at(slot(1, 0xa), { value: half().rw<Smc91c111>() }),
  CTR: at(
    slot(1, 0xc),
    {
      STORE: bit(0).wo<Smc91c111>((s, value) => s.storeEeprom(value)),
      RELOAD: bit(1).wo<Smc91c111>((s, value) => s.reloadEeprom(value)),
      value: bits(2, 14).rw<Smc91c111>(),
    },
    { reset: 0x1210 },
  ),

  // Commands are done at once, so BUSY (bit 0) is never seen.
  MMUCR: at(slot(2, 0x0), { command: bits(5, 3).wo<Smc91c111>((s, command) => s.mmuCommand(command)) }),
  PNR: at(slot(2, 0x2), { packet: bits(0, 6).rw<Smc91c111>() }),
  ARR: at(slot(2, 0x3), { result: bits(0, 8).ro((s: Smc91c111) => s.allocationResult) }),
  TXFIFO: at(slot(2, 0x4), { packet: bits(0, 8).ro((s: Smc91c111) => s.completedPacket) }),
  // Bit 7 says that nothing was received.
  RXFIFO: at(slot(2, 0x5), { packet: bits(0, 8).ro<Smc91c111>(() => 0x80) }),
  PTR: at(slot(2, 0x6), { pointer: bits(0, 11).rw<Smc91c111>(), modes: bits(12, 4).rw<Smc91c111>() }),
  IST: at(slot(2, 0xc), {
    status: bits(0, 8).rw({
      read: (s: Smc91c111) => s.interrupts,
      peek: (s: Smc91c111) => s.interrupts,
      write: (s: Smc91c111, ones) => s.acknowledge(ones),
    }),
  }),
  MSK: at(slot(2, 0xd), { mask: bits(0, 8).rw<Smc91c111>() }, { onWrite: (s: Smc91c111) => s.updateIrq() }),

  MT01: multicast(0),
  MT23: multicast(1),
  MT45: multicast(2),
  MT67: multicast(3),
  MGMT: at(
    slot(3, 0x8),
    {
      MDO: bit(0).rw<Smc91c111>(),
      MDI: bit(1).ro((s: Smc91c111) => s.managementInput),
      MCLK: bit(2).rw<Smc91c111>(),
      MDOE: bit(3).rw<Smc91c111>(),
      fixed: bits(4, 10).ro<Smc91c111>(() => 0x333),
      MSK_CRS100: bit(14).rw<Smc91c111>(),
    },
    { onWrite: (s: Smc91c111) => s.managementWritten() },
  ),
  REV: at(slot(3, 0xa), { revision: half().ro<Smc91c111>() }, { reset: REVISION }),
  RCV: at(slot(3, 0xc), { value: half().rw<Smc91c111>() }, { reset: 0x331f }),
};
