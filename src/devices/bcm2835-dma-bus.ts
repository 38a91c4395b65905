/**
 * The BCM2835's bus as its DMA controller sees it: RAM under four aliases, peripherals at 0x7e000000; BCM2835 ARM
 * Peripherals, section 1.2.
 */
import type { DmaMemory } from "../device/index.ts";

const PERIPHERALS = 0x7e;
/** The two high bits choose how the VideoCore's cache is used, which changes no data here. */
const RAM_MASK = 0x3fffffff;
const WORD = 4;

const isPeripheral = (busAddress: number): boolean => busAddress >>> 24 === PERIPHERALS;

export class Bcm2835DmaBus {
  private readonly memory: DmaMemory;
  private readonly peripheralBase: number;

  /** `peripheralBase` is where the CPU sees bus address 0x7e000000. */
  constructor(memory: DmaMemory, peripheralBase: number) {
    this.memory = memory;
    this.peripheralBase = peripheralBase;
  }

  /**
   * Fills `target` from `busAddress` on, or with one word again and again where the address does not advance; false
   * where nothing answers. Registers are read a word at a time, while `isReady` says that there is one.
   *
   * @returns the bytes that were read, or -1 for an error
   */
  read(busAddress: number, target: Uint8Array, doesAdvance: boolean, isReady: () => boolean): number {
    if (isPeripheral(busAddress)) return this.readRegisters(busAddress, target, doesAdvance, isReady);
    if (!isReady()) return 0;
    const address = busAddress & RAM_MASK;
    if (doesAdvance) return this.memory.read(address, target) ? target.length : -1;
    const unit = target.subarray(0, Math.min(WORD, target.length));
    if (!this.memory.read(address, unit)) return -1;
    for (let at = WORD; at < target.length; at++) target[at] = target[at - WORD];
    return target.length;
  }

  /** Stores `data` at `busAddress`; without advance each word goes to the same place. False where nothing answers. */
  write(busAddress: number, data: Uint8Array, doesAdvance: boolean): boolean {
    if (isPeripheral(busAddress)) return this.writeRegisters(busAddress, data, doesAdvance);
    const address = busAddress & RAM_MASK;
    if (doesAdvance) return this.memory.writeMemory(address, data);
    const rest = data.length % WORD === 0 ? WORD : data.length % WORD;
    if (data.length > WORD && rest < WORD)
      if (!this.memory.writeMemory(address, data.subarray(data.length - rest - WORD, data.length - rest))) return false;
    return this.memory.writeMemory(address, data.subarray(data.length - rest));
  }

  private readRegisters(busAddress: number, target: Uint8Array, doesAdvance: boolean, isReady: () => boolean): number {
    const start = this.physical(busAddress);
    let at = 0;
    for (; at < target.length && isReady(); at += WORD) {
      const value = this.memory.readRegister((start + (doesAdvance ? at : 0)) & ~3);
      if (value === undefined) return -1;
      for (let i = 0; i < WORD && at + i < target.length; i++) target[at + i] = value >>> (8 * i);
    }
    return Math.min(at, target.length);
  }

  private writeRegisters(busAddress: number, data: Uint8Array, doesAdvance: boolean): boolean {
    const start = this.physical(busAddress);
    for (let at = 0; at < data.length; at += WORD) {
      let value = 0;
      for (let i = 0; i < WORD && at + i < data.length; i++) value |= data[at + i] << (8 * i);
      if (!this.memory.writeRegister((start + (doesAdvance ? at : 0)) & ~3, value)) return false;
    }
    return true;
  }

  private physical(busAddress: number): number {
    return this.peripheralBase + (busAddress & 0xffffff);
  }
}
