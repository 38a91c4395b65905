/**
 * SMSC LAN91C111 Ethernet controller with no cable in it; SMSC LAN91C111 data sheet.
 *
 * The link is down for good: frames that the guest sends leave the transmitter and are dropped, none arrive. The
 * packet memory, the transmit queue, its interrupts and the management port of the transceiver behave as with a link.
 */
import { bitField, type State } from "../base/index.ts";
import type { DeviceContext, MmioDevice, RegisterDump } from "../device/index.ts";
import { irqOutput, RegisterBlock } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { optionInvalid } from "./errors.ts";
import { PAGE_COUNT, PacketMemory } from "./smc91c111-memory.ts";
import { Smc91c111Phy } from "./smc91c111-phy.ts";
import { bytePairs, type RegisterOwner, slot, smc91c111Registers } from "./smc91c111-registers.table.ts";
import { StateReader } from "./state-reader.ts";

const BANK_SELECT = 0xe;
const BANK_SIGNATURE = 0x3300;
const DATA_OFFSET = 0x8;
const DATA_END = 0xc;
const MMU_BANK = 2;

const TCR_TXENA = 1;
const RCR_SOFT_RST = 1 << 15;
const CTR_AUTO_RELEASE = 1 << 11;
const PTR_RCV = 1 << 15;
const PTR_AUTO_INCR = 1 << 14;
const PTR_READ = 1 << 13;

const INT_TX = 1 << 1;
const INT_TX_EMPTY = 1 << 2;
const INT_ALLOC = 1 << 3;
/** Sources that a write to the interrupt register clears; the others follow what they report. */
const INT_ACKNOWLEDGED = 0xd6;

const MMU_ALLOCATE = 1;
const MMU_RESET = 2;
const MMU_RELEASE_PACKET = 5;
const MMU_ENQUEUE = 6;
const MMU_RESET_TX_FIFOS = 7;

const ALLOCATION_FAILED = 0x80;
const FIFO_EMPTY = 0x80;
const TRANSMIT_SUCCESS = 1;
const DEFAULT_MAC_ADDRESS = "02:4b:4f:4d:41:01";

const MGMT_MCLK = 1 << 2;
const MGMT_MDOE = 1 << 3;

/** Output 0 is INTR0. Option `macAddress` is what the EEPROM holds, as `xx:xx:xx:xx:xx:xx`. */
export class Smc91c111 implements MmioDevice, RegisterOwner {
  readonly name: string;
  allocationResult = ALLOCATION_FAILED;
  interrupts = INT_TX_EMPTY;
  /** EPHSR, and the status word that goes into a sent packet. */
  ephStatus = 0;
  private readonly context: DeviceContext;
  private readonly registers: RegisterBlock<RegisterOwner>;
  private readonly memory = new PacketMemory();
  private readonly phy = new Smc91c111Phy();
  private readonly macAddress: readonly number[];
  private bank = 0;
  private isAllocationWaiting = false;
  /** Packets that wait for the transmitter, and those it is done with. */
  private transmitQueue: number[] = [];
  private completed: number[] = [];
  private lastClock = 0;

  constructor(context: DeviceContext) {
    this.context = context;
    this.name = context.name;
    this.macAddress = parseMacAddress(context);
    this.registers = new RegisterBlock<RegisterOwner>(this, smc91c111Registers, context.log);
  }

  reset(): void {
    this.bank = 0;
    this.registers.reset();
    this.phy.reset();
    this.lastClock = 0;
    this.resetMmu();
    this.reloadEeprom(1);
  }

  read(offset: number, sizeBytes: AccessSize): number {
    const at = offset & 0xf;
    if (sizeBytes === 4) return this.readHalf(at) | (this.readHalf(at + 2) << 16);
    return sizeBytes === 2 ? this.readHalf(at) : this.readByte(at);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    const at = offset & 0xf;
    if (sizeBytes === 1) this.writeByte(at, value & 0xff);
    else this.writeHalf(at, value & 0xffff);
    if (sizeBytes === 4) this.writeHalf(at + 2, value >>> 16);
  }

  get freePages(): number {
    return this.memory.freeCount;
  }

  /** TX completion FIFO port. */
  get completedPacket(): number {
    return this.completed[0] ?? FIFO_EMPTY;
  }

  get managementInput(): number {
    return this.phy.output;
  }

  receiveControl(value: number): void {
    if ((value & RCR_SOFT_RST) === 0) return;
    const { CONFIG, BASE, IA0, IA2, IA4 } = this.registers.values;
    this.registers.reset();
    // A soft reset leaves alone what the EEPROM gave.
    Object.assign(this.registers.values, { CONFIG, BASE, IA0, IA2, IA4 });
    this.resetMmu();
  }

  storeEeprom(value: number): void {
    if (value !== 0) this.context.log.warnOnce("storing registers in the EEPROM is not modelled");
  }

  reloadEeprom(value: number): void {
    if (value === 0) return;
    const [a, b, c, d, e, f] = this.macAddress;
    Object.assign(this.registers.values, { IA0: a | (b << 8), IA2: c | (d << 8), IA4: e | (f << 8) });
  }

  mmuCommand(command: number): void {
    const packet = this.registers.values.PNR;
    switch (command) {
      case MMU_ALLOCATE:
        this.interrupts &= ~INT_ALLOC;
        this.allocationResult = ALLOCATION_FAILED;
        this.isAllocationWaiting = true;
        this.serveAllocation();
        break;
      case MMU_RESET:
        this.resetMmu();
        break;
      case MMU_RELEASE_PACKET:
        this.memory.free(packet);
        this.serveAllocation();
        break;
      case MMU_ENQUEUE:
        this.enqueue(packet);
        break;
      case MMU_RESET_TX_FIFOS:
        this.transmitQueue = [];
        this.completed = [];
        this.interrupts &= ~INT_TX;
        break;
      default:
        // No operation, and the two that take a received packet, of which there is none.
        break;
    }
    this.updateIrq();
  }

  /** Sends what waits, when the transmitter is on. */
  transmitQueued(): void {
    const { TCR, CTR } = this.registers.values;
    if ((TCR & TCR_TXENA) === 0 || this.transmitQueue.length === 0) return;
    for (const packet of this.transmitQueue) {
      this.ephStatus = TRANSMIT_SUCCESS;
      this.memory.writeByte(packet, 0, TRANSMIT_SUCCESS);
      this.memory.writeByte(packet, 1, 0);
      if ((CTR & CTR_AUTO_RELEASE) !== 0) this.memory.free(packet);
      else this.completed.push(packet);
    }
    this.transmitQueue = [];
    this.interrupts |= INT_TX_EMPTY | (this.completed.length > 0 ? INT_TX : 0);
    this.serveAllocation();
    this.updateIrq();
  }

  acknowledge(ones: number): void {
    this.interrupts &= ~(ones & INT_ACKNOWLEDGED);
    if ((ones & INT_TX) !== 0) {
      this.completed.shift();
      if (this.completed.length > 0) this.interrupts |= INT_TX;
    }
    this.updateIrq();
  }

  managementWritten(): void {
    const { MGMT } = this.registers.values;
    const clock = MGMT & MGMT_MCLK;
    // Nobody drives the wire while output is off; it is pulled high towards the transceiver.
    if (clock !== 0 && this.lastClock === 0) this.phy.clock((MGMT & MGMT_MDOE) !== 0 ? MGMT & 1 : 1);
    this.lastClock = clock;
  }

  updateIrq(): void {
    irqOutput(this.context, 0).set((this.interrupts & this.registers.values.MSK) !== 0);
  }

  dump(): RegisterDump[] {
    return this.registers.dump();
  }

  save(): State {
    const { bank, allocationResult, interrupts, ephStatus, isAllocationWaiting, lastClock } = this;
    return {
      ...{ bank, allocationResult, interrupts, ephStatus, isAllocationWaiting, lastClock },
      registers: { ...this.registers.values },
      transmitQueue: [...this.transmitQueue],
      completed: [...this.completed],
      memory: this.memory.save(),
      phy: this.phy.save(),
    };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.bank = reader.number("bank", 0, 7);
    this.allocationResult = reader.number("allocationResult", 0, 0xff);
    this.interrupts = reader.number("interrupts", 0, 0xff);
    this.ephStatus = reader.number("ephStatus", 0, 0xffff);
    this.isAllocationWaiting = reader.boolean("isAllocationWaiting");
    this.lastClock = reader.number("lastClock", 0, MGMT_MCLK);
    this.registers.values = reader.registers("registers", this.registers.values);
    this.transmitQueue = reader.numbers("transmitQueue", PAGE_COUNT, 0, PAGE_COUNT - 1);
    this.completed = reader.numbers("completed", PAGE_COUNT, 0, PAGE_COUNT - 1);
    this.memory.restore(reader.object("memory"));
    this.phy.restore(reader.object("phy"));
    this.updateIrq();
  }

  private resetMmu(): void {
    this.memory.reset();
    this.transmitQueue = [];
    this.completed = [];
    this.isAllocationWaiting = false;
    this.allocationResult = ALLOCATION_FAILED;
    this.interrupts = INT_TX_EMPTY;
    this.ephStatus = 0;
    this.updateIrq();
  }

  /** Gives a free page to an allocation that waits for one. */
  private serveAllocation(): void {
    if (!this.isAllocationWaiting) return;
    const page = this.memory.allocate();
    if (page === undefined) return;
    this.isAllocationWaiting = false;
    this.allocationResult = page;
    this.interrupts |= INT_ALLOC;
  }

  private enqueue(packet: number): void {
    const isQueued = this.transmitQueue.includes(packet) || this.completed.includes(packet);
    if (!this.memory.isAllocated(packet) || isQueued) {
      this.context.log.warnOnce("a packet that is not allocated, or is queued already, was given to the transmitter");
      return;
    }
    this.transmitQueue.push(packet);
    this.transmitQueued();
  }

  private isData(at: number): boolean {
    return this.bank === MMU_BANK && at >= DATA_OFFSET && at < DATA_END;
  }

  private readHalf(at: number): number {
    if ((at & ~1) === BANK_SELECT) return BANK_SIGNATURE | this.bank;
    const from = slot(this.bank, at & ~1);
    if (this.isData(at) || bytePairs.has(from)) return this.readByte(at) | (this.readByte(at + 1) << 8);
    return this.registers.read(from) & 0xffff;
  }

  private readByte(at: number): number {
    if (this.isData(at)) return this.accessData(at, undefined);
    if (bytePairs.has(slot(this.bank, at & ~1))) return this.registers.read(slot(this.bank, at)) & 0xff;
    return (this.readHalf(at & ~1) >>> ((at & 1) * 8)) & 0xff;
  }

  private writeHalf(at: number, value: number): void {
    const from = slot(this.bank, at & ~1);
    if ((at & ~1) === BANK_SELECT) this.bank = value & 7;
    else if (this.isData(at) || bytePairs.has(from)) {
      this.writeByte(at, value & 0xff);
      this.writeByte(at + 1, value >>> 8);
    } else this.registers.write(from, value);
  }

  private writeByte(at: number, value: number): void {
    const from = slot(this.bank, at & ~1);
    if (this.isData(at)) this.accessData(at, value);
    else if (at === BANK_SELECT) this.bank = value & 7;
    else if (at === BANK_SELECT + 1) return;
    else if (bytePairs.has(from)) this.registers.write(slot(this.bank, at), value);
    else {
      const other = this.registers.read(from);
      this.registers.write(from, (at & 1) === 0 ? (other & 0xff00) | value : (other & 0xff) | (value << 8));
    }
  }

  /** One byte through the data window, at the pointer, which moves on when it is told to. */
  private accessData(at: number, value: number | undefined): number {
    const { PTR, PNR } = this.registers.values;
    // Received packets do not exist, so what is read of them is zero.
    const page = (PTR & PTR_RCV) !== 0 ? PAGE_COUNT : PNR;
    let pointer = bitField(PTR, 10, 0);
    if ((PTR & PTR_AUTO_INCR) !== 0) this.registers.values.PTR = (PTR & ~0x7ff) | ((pointer + 1) & 0x7ff);
    else pointer += at & 3;
    if (value === undefined) return this.memory.readByte(page, pointer);
    if ((PTR & PTR_READ) !== 0) this.context.log.warnOnce("data written while the pointer is set to read");
    this.memory.writeByte(page, pointer, value);
    return 0;
  }
}

function parseMacAddress(context: DeviceContext): number[] {
  const { macAddress = DEFAULT_MAC_ADDRESS } = context.options;
  const bytes = typeof macAddress === "string" ? macAddress.split(":").map((part) => Number.parseInt(part, 16)) : [];
  const isWellFormed = typeof macAddress === "string" && /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(macAddress);
  // Bit 0 of the first byte marks a group address, which no station has.
  if (!isWellFormed || (bytes[0] & 1) !== 0)
    throw optionInvalid(context.name, "macAddress", "a station address such as 02:4b:4f:4d:41:01", macAddress);
  return bytes;
}
