/**
 * The LAN83C183 transceiver inside a LAN91C111 and its two-wire management port, without a cable;
 * SMSC LAN91C111 data sheet, chapters "MII management" and "PHY MII registers"; frames as in IEEE 802.3 clause 22.
 */
import type { State, Stateful } from "../base/index.ts";
import { StateReader } from "./state-reader.ts";

const PHY_ADDRESS = 0;
const REGISTER_COUNT = 32;

const CONTROL = 0;
const CONTROL_RESET = 1 << 15;
const CONTROL_RESTART = 1 << 9;
/** No link: bit 2 of the status stays zero. */
const STATUS = 1;
const STATUS_VALUE = 0x7809;
const ID_1 = 2;
const ID_2 = 3;
const ADVERTISEMENT = 4;
const CONFIGURATION_1 = 16;
const CONFIGURATION_2 = 17;
/** Link failure, and the speed bit at its reset value. */
const STATUS_OUTPUT = 18;
const INTERRUPT_MASK = 19;

const resetValues: Record<number, number> = {
  [CONTROL]: 0x3000,
  [STATUS]: STATUS_VALUE,
  [ID_1]: 0x0016,
  [ID_2]: 0xf841,
  [ADVERTISEMENT]: 0x01e1,
  [CONFIGURATION_1]: 0x0022,
  [STATUS_OUTPUT]: 0x4080,
  [INTERRUPT_MASK]: 0xffc0,
};
const writable: readonly number[] = [CONTROL, ADVERTISEMENT, CONFIGURATION_1, CONFIGURATION_2, INTERRUPT_MASK];

/** Bits of a frame after the start: opcode 2, PHY address 5, register 5. */
const HEADER_LENGTH = 12;
const OPCODE_WRITE = 1;
const OPCODE_READ = 2;
/** Turnaround and data. */
const BODY_LENGTH = 18;

const IDLE = 0;
const HEADER = 1;
const READ_BODY = 2;
const WRITE_BODY = 3;

export class Smc91c111Phy implements Stateful {
  private registers = new Array<number>(REGISTER_COUNT).fill(0);
  private phase = IDLE;
  /** Bits of the frame so far, or still to be sent. */
  private shift = 0;
  private bitCount = 0;
  private lastBit = 1;
  private registerIndex = 0;
  private isAddressed = false;

  reset(): void {
    this.registers = Array.from({ length: REGISTER_COUNT }, (_, i) => resetValues[i] ?? 0);
    this.phase = IDLE;
    this.shift = 0;
    this.bitCount = 0;
    this.lastBit = 1;
    this.registerIndex = 0;
    this.isAddressed = false;
  }

  /** The level of MDI: the next data bit during a read, else low. */
  get output(): number {
    return this.phase === READ_BODY ? (this.shift >>> (BODY_LENGTH - 1)) & 1 : 0;
  }

  /** A rising edge of MDCLK with `bit` on the wire. */
  clock(bit: number): void {
    switch (this.phase) {
      case IDLE:
        if (this.lastBit === 0 && bit === 1) this.enter(HEADER);
        this.lastBit = bit;
        break;
      case HEADER:
        this.shift = (this.shift << 1) | bit;
        if (++this.bitCount === HEADER_LENGTH) this.headerDone(this.shift);
        break;
      case READ_BODY:
        this.shift <<= 1;
        if (++this.bitCount === BODY_LENGTH) this.enter(IDLE);
        break;
      default:
        this.shift = (this.shift << 1) | bit;
        if (++this.bitCount === BODY_LENGTH) this.writeDone();
    }
  }

  save(): State {
    const { phase, shift, bitCount, lastBit, registerIndex, isAddressed } = this;
    return { registers: [...this.registers], phase, shift, bitCount, lastBit, registerIndex, isAddressed };
  }

  restore(state: State): void {
    const reader = new StateReader(state, "phy");
    const registers = reader.numbers("registers", REGISTER_COUNT, 0, 0xffff);
    this.registers = Array.from({ length: REGISTER_COUNT }, (_, i) => registers[i] ?? 0);
    this.phase = reader.number("phase", IDLE, WRITE_BODY);
    this.shift = reader.number("shift");
    this.bitCount = reader.number("bitCount", 0, BODY_LENGTH);
    this.lastBit = reader.number("lastBit", 0, 1);
    this.registerIndex = reader.number("registerIndex", 0, REGISTER_COUNT - 1);
    this.isAddressed = reader.boolean("isAddressed");
  }

  private enter(phase: number): void {
    this.phase = phase;
    this.shift = 0;
    this.bitCount = 0;
    this.lastBit = 1;
  }

  private headerDone(header: number): void {
    const opcode = header >>> 10;
    this.isAddressed = ((header >>> 5) & 31) === PHY_ADDRESS;
    this.registerIndex = header & 31;
    if (opcode === OPCODE_READ) {
      this.enter(READ_BODY);
      // The wire is pulled low, so an address that nobody answers reads as zero.
      this.shift = this.isAddressed ? this.registers[this.registerIndex] : 0;
    } else this.enter(opcode === OPCODE_WRITE ? WRITE_BODY : IDLE);
  }

  private writeDone(): void {
    const value = this.shift & 0xffff;
    const { isAddressed, registerIndex } = this;
    this.enter(IDLE);
    if (!isAddressed || !writable.includes(registerIndex)) return;
    if (registerIndex === CONTROL && (value & CONTROL_RESET) !== 0) this.reset();
    // Negotiation starts and, without a partner, never ends; the bit clears itself.
    else this.registers[registerIndex] = registerIndex === CONTROL ? value & ~CONTROL_RESTART : value;
  }
}
