/**
 * Registers of the LAN91C111 by bank; SMSC LAN91C111 data sheet, chapter "Data structures and registers".
 *
 * The chip has 16-bit registers in four banks of 16 bytes. Each byte address of a bank has a slot of its own here:
 * slot(bank, byte) is where a register starts, and registers that are one byte wide lie next to each other.
 */
import { at, bit, bits } from "../device/index.ts";

/** What the registers ask of the chip and tell it. */
export interface RegisterOwner {
  readonly ephStatus: number;
  readonly freePages: number;
  readonly allocationResult: number;
  /** Head of the TX completion FIFO. */
  readonly completedPacket: number;
  readonly interrupts: number;
  readonly managementInput: number;
  transmitQueued(): void;
  receiveControl(value: number): void;
  storeEeprom(value: number): void;
  reloadEeprom(value: number): void;
  mmuCommand(command: number): void;
  acknowledge(ones: number): void;
  updateIrq(): void;
  managementWritten(): void;
}

export const slot = (bank: number, byte: number): number => (bank * 16 + byte) * 4;

/** Pairs of one-byte registers, as `slot`s of the even one. */
export const bytePairs: ReadonlySet<number> = new Set([slot(2, 0x2), slot(2, 0x4), slot(2, 0xc)]);

/** The revision register: chip 9 is the LAN91C111, revision 1. */
const REVISION = 0x3391;

const half = () => bits(0, 16);
const multicast = (index: number) => at(slot(3, index * 2), { hash: half().rw<RegisterOwner>() });

export const smc91c111Registers = {
  TCR: at(
    slot(0, 0x0),
    {
      TXENA: bit(0).rw<RegisterOwner>(),
      LOOP: bit(1).todo<RegisterOwner>(),
      FORCOL: bit(2).todo<RegisterOwner>(),
      PAD_EN: bit(7).rw<RegisterOwner>(),
      NOCRC: bit(8).rw<RegisterOwner>(),
      MON_CSN: bit(10).rw<RegisterOwner>(),
      FDUPLX: bit(11).rw<RegisterOwner>(),
      STP_SQET: bit(12).rw<RegisterOwner>(),
      EPH_LOOP: bit(13).todo<RegisterOwner>(),
      SWFDUP: bit(15).rw<RegisterOwner>(),
    },
    { onWrite: (s: RegisterOwner) => s.transmitQueued() },
  ),
  EPHSR: at(slot(0, 0x2), { status: half().ro((s: RegisterOwner) => s.ephStatus) }),
  RCR: at(
    slot(0, 0x4),
    {
      RX_ABORT: bit(0).ro<RegisterOwner>(),
      PRMS: bit(1).rw<RegisterOwner>(),
      ALMUL: bit(2).rw<RegisterOwner>(),
      RXEN: bit(8).rw<RegisterOwner>(),
      STRIP_CRC: bit(9).rw<RegisterOwner>(),
      ABORT_ENB: bit(13).rw<RegisterOwner>(),
      FILT_CAR: bit(14).rw<RegisterOwner>(),
    },
    { onWrite: (s: RegisterOwner, value) => s.receiveControl(value) },
  ),
  // Nothing collides on a line without a cable.
  ECR: at(slot(0, 0x6), { counters: half().ro<RegisterOwner>() }),
  MIR: at(slot(0, 0x8), {
    SIZE: bits(0, 8).ro<RegisterOwner>(() => 4),
    FREE: bits(8, 8).ro((s: RegisterOwner) => s.freePages),
  }),
  RPCR: at(slot(0, 0xa), { value: bits(2, 12).rw<RegisterOwner>() }),

  CONFIG: at(slot(1, 0x0), { value: half().rw<RegisterOwner>() }, { reset: 0xa0b1 }),
  BASE: at(slot(1, 0x2), { value: half().rw<RegisterOwner>() }, { reset: 0x1801 }),
  IA0: at(slot(1, 0x4), { address: half().rw<RegisterOwner>() }),
  IA2: at(slot(1, 0x6), { address: half().rw<RegisterOwner>() }),
  IA4: at(slot(1, 0x8), { address: half().rw<RegisterOwner>() }),
  GPR: at(slot(1, 0xa), { value: half().rw<RegisterOwner>() }),
  CTR: at(
    slot(1, 0xc),
    {
      STORE: bit(0).wo<RegisterOwner>((s, value) => s.storeEeprom(value)),
      RELOAD: bit(1).wo<RegisterOwner>((s, value) => s.reloadEeprom(value)),
      value: bits(2, 14).rw<RegisterOwner>(),
    },
    { reset: 0x1210 },
  ),

  // Commands are done at once, so BUSY (bit 0) is never seen.
  MMUCR: at(slot(2, 0x0), { command: bits(5, 3).wo<RegisterOwner>((s, command) => s.mmuCommand(command)) }),
  PNR: at(slot(2, 0x2), { packet: bits(0, 6).rw<RegisterOwner>() }),
  ARR: at(slot(2, 0x3), { result: bits(0, 8).ro((s: RegisterOwner) => s.allocationResult) }),
  TXFIFO: at(slot(2, 0x4), { packet: bits(0, 8).ro((s: RegisterOwner) => s.completedPacket) }),
  // Bit 7 says that nothing was received.
  RXFIFO: at(slot(2, 0x5), { packet: bits(0, 8).ro<RegisterOwner>(() => 0x80) }),
  PTR: at(slot(2, 0x6), { pointer: bits(0, 11).rw<RegisterOwner>(), modes: bits(12, 4).rw<RegisterOwner>() }),
  IST: at(slot(2, 0xc), {
    status: bits(0, 8).rw({
      read: (s: RegisterOwner) => s.interrupts,
      peek: (s: RegisterOwner) => s.interrupts,
      write: (s: RegisterOwner, ones) => s.acknowledge(ones),
    }),
  }),
  MSK: at(slot(2, 0xd), { mask: bits(0, 8).rw<RegisterOwner>() }, { onWrite: (s: RegisterOwner) => s.updateIrq() }),

  MT01: multicast(0),
  MT23: multicast(1),
  MT45: multicast(2),
  MT67: multicast(3),
  MGMT: at(
    slot(3, 0x8),
    {
      MDO: bit(0).rw<RegisterOwner>(),
      MDI: bit(1).ro((s: RegisterOwner) => s.managementInput),
      MCLK: bit(2).rw<RegisterOwner>(),
      MDOE: bit(3).rw<RegisterOwner>(),
      fixed: bits(4, 10).ro<RegisterOwner>(() => 0x333),
      MSK_CRS100: bit(14).rw<RegisterOwner>(),
    },
    { onWrite: (s: RegisterOwner) => s.managementWritten() },
  ),
  REV: at(slot(3, 0xa), { revision: half().ro<RegisterOwner>() }, { reset: REVISION }),
  RCV: at(slot(3, 0xc), { value: half().rw<RegisterOwner>() }, { reset: 0x331f }),
};
