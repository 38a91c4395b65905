/** A driver's side of the virtio transport: brings a device up, lays out rings in guest RAM, posts requests. */
import type { VirtioMmio } from "../../src/devices/virtio-mmio.ts";
import type { BenchMemory } from "./test-context.ts";

export const reg = {
  MagicValue: 0x00,
  Version: 0x04,
  DeviceID: 0x08,
  DeviceFeatures: 0x10,
  DeviceFeaturesSel: 0x14,
  DriverFeatures: 0x20,
  DriverFeaturesSel: 0x24,
  QueueSel: 0x30,
  QueueNumMax: 0x34,
  QueueNum: 0x38,
  QueueReady: 0x44,
  QueueNotify: 0x50,
  InterruptStatus: 0x60,
  InterruptACK: 0x64,
  Status: 0x70,
  QueueDescLow: 0x80,
  QueueDescHigh: 0x84,
  QueueDriverLow: 0x90,
  QueueDeviceLow: 0xa0,
  Config: 0x100,
} as const;

export const NEXT = 1;
export const WRITE = 2;
export const NEEDS_RESET = 0x40;

export interface Descriptor {
  address: number;
  sizeBytes: number;
  flags: number;
  next: number;
}

export class VirtioDriver {
  device: VirtioMmio;
  readonly view: DataView;
  readonly memory: BenchMemory;
  readonly descAddress = 0x1000;
  readonly availAddress = 0x2000;
  readonly usedAddress = 0x3000;
  readonly queueSize: number;
  availIndex = 0;

  constructor(device: VirtioMmio, memory: BenchMemory, queueSize = 8) {
    this.device = device;
    this.memory = memory;
    this.view = new DataView(memory.data.buffer);
    this.queueSize = queueSize;
  }

  read(offset: number): number {
    return this.device.read(offset, 4) >>> 0;
  }

  write(offset: number, value: number): void {
    this.device.write(offset, value, 4);
  }

  /** Reset, features, queue 0, DRIVER_OK. */
  start(): this {
    for (const status of [0, 1, 3]) this.write(reg.Status, status);
    for (const [select, value] of this.features().entries()) {
      this.write(reg.DriverFeaturesSel, select);
      this.write(reg.DriverFeatures, value);
    }
    this.write(reg.Status, 0x0b);
    this.write(reg.QueueSel, 0);
    this.write(reg.QueueNum, this.queueSize);
    this.write(reg.QueueDescLow, this.descAddress);
    this.write(reg.QueueDriverLow, this.availAddress);
    this.write(reg.QueueDeviceLow, this.usedAddress);
    this.write(reg.QueueReady, 1);
    this.write(reg.Status, 0x0f);
    return this;
  }

  features(): [number, number] {
    return [0, 1].map((select) => {
      this.write(reg.DeviceFeaturesSel, select);
      return this.read(reg.DeviceFeatures);
    }) as [number, number];
  }

  setDescriptor(index: number, { address, sizeBytes, flags, next }: Descriptor): void {
    const at = this.descAddress + index * 16;
    this.view.setBigUint64(at, BigInt(address), true);
    this.view.setUint32(at + 8, sizeBytes, true);
    this.view.setUint16(at + 12, flags, true);
    this.view.setUint16(at + 14, next, true);
  }

  /** Lays out a chain from descriptor `first` and offers it; `flags` say only who may write. */
  post(chain: readonly { address: number; sizeBytes: number; flags?: number }[], first = 0): void {
    for (const [i, { address, sizeBytes, flags = 0 }] of chain.entries()) {
      const isLast = i === chain.length - 1;
      const index = first + i;
      this.setDescriptor(index, {
        address,
        sizeBytes,
        flags: flags | (isLast ? 0 : NEXT),
        next: isLast ? 0 : index + 1,
      });
    }
    this.offer(first);
  }

  offer(head: number): void {
    this.view.setUint16(this.availAddress + 4 + 2 * (this.availIndex % this.queueSize), head, true);
    this.availIndex = (this.availIndex + 1) & 0xffff;
    this.view.setUint16(this.availAddress + 2, this.availIndex, true);
  }

  notify(): void {
    this.write(reg.QueueNotify, 0);
  }

  get usedIndex(): number {
    return this.view.getUint16(this.usedAddress + 2, true);
  }

  used(index: number): { id: number; sizeBytes: number } {
    const at = this.usedAddress + 4 + 8 * (index % this.queueSize);
    return { id: this.view.getUint32(at, true), sizeBytes: this.view.getUint32(at + 4, true) };
  }
}
