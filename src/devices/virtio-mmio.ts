/**
 * Virtio over memory-mapped registers, version 2; virtio 1.2 section 4.2.2.
 *
 * Requests are done inside the write to QueueNotify, so nothing is ever in flight. A driver that breaks the rules gets
 * DEVICE_NEEDS_RESET and no further service until it resets the device.
 */
import type { State } from "../base/index.ts";
import type { DeviceContext, MmioDevice, RegisterDump } from "../device/index.ts";
import { at, bit, bits, irqOutput, RegisterBlock, word } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { StateReader } from "./state-reader.ts";
import type { VirtioDevice } from "./virtio-device.ts";
import { QUEUE_SIZE_MAX, type RingArea, VirtQueue } from "./virtio-queue.ts";

const MAGIC = 0x74726976; // "virt"
const VERSION = 2;
const VENDOR_ID = 0x414d4f4b; // "KOMA"
const CONFIG_OFFSET = 0x100;
/** VIRTIO_F_VERSION_1 is bit 32: bit 0 of the upper feature word. */
const VERSION_1 = 1;

const STATUS_DRIVER_OK = 0x04;
const STATUS_FEATURES_OK = 0x08;
const STATUS_DEVICE_NEEDS_RESET = 0x40;
const INTERRUPT_USED = 1;
const INTERRUPT_CONFIG = 2;

const area = (name: RingArea, half: "low" | "high") =>
  word().wo((s: VirtioMmio, value) => s.writeArea(name, half, value));

const table = {
  MagicValue: at(0x000, { value: word().ro<VirtioMmio>() }, { reset: MAGIC }),
  Version: at(0x004, { value: word().ro<VirtioMmio>() }, { reset: VERSION }),
  DeviceID: at(0x008, { value: word().ro((s: VirtioMmio) => s.device.deviceId) }),
  VendorID: at(0x00c, { value: word().ro<VirtioMmio>() }, { reset: VENDOR_ID }),
  DeviceFeatures: at(0x010, { value: word().ro((s: VirtioMmio) => s.deviceFeatures()) }),
  DeviceFeaturesSel: at(0x014, { value: word().rw<VirtioMmio>() }),
  DriverFeatures: at(0x020, { value: word().wo((s: VirtioMmio, value) => s.acceptFeatures(value)) }),
  DriverFeaturesSel: at(0x024, { value: word().rw<VirtioMmio>() }),
  QueueSel: at(0x030, { value: word().rw<VirtioMmio>() }),
  QueueNumMax: at(0x034, { value: word().ro((s: VirtioMmio) => (s.selectedQueue === undefined ? 0 : QUEUE_SIZE_MAX)) }),
  QueueNum: at(0x038, { value: word().wo((s: VirtioMmio, value) => s.writeQueueSize(value)) }),
  QueueReady: at(0x044, {
    ready: bit(0).rw({
      read: (s: VirtioMmio) => (s.selectedQueue?.ready ? 1 : 0),
      peek: (s: VirtioMmio) => (s.selectedQueue?.ready ? 1 : 0),
      write: (s: VirtioMmio, value) => s.writeQueueReady(value === 1),
    }),
  }),
  QueueNotify: at(0x050, { value: word().wo((s: VirtioMmio, value) => s.notify(value)) }),
  InterruptStatus: at(0x060, { value: bits(0, 2).ro((s: VirtioMmio) => s.interruptStatus) }),
  InterruptACK: at(0x064, { value: bits(0, 2).wo((s: VirtioMmio, value) => s.acknowledge(value)) }),
  Status: at(0x070, {
    value: bits(0, 8).rw({
      read: (s: VirtioMmio) => s.status,
      peek: (s: VirtioMmio) => s.status,
      write: (s: VirtioMmio, value) => s.writeStatus(value),
    }),
  }),
  QueueDescLow: at(0x080, { value: area("desc", "low") }),
  QueueDescHigh: at(0x084, { value: area("desc", "high") }),
  QueueDriverLow: at(0x090, { value: area("driver", "low") }),
  QueueDriverHigh: at(0x094, { value: area("driver", "high") }),
  QueueDeviceLow: at(0x0a0, { value: area("device", "low") }),
  QueueDeviceHigh: at(0x0a4, { value: area("device", "high") }),
  SHMSel: at(0x0ac, { value: word().rw<VirtioMmio>() }),
  // A length of all ones says that the selected shared memory region does not exist.
  SHMLenLow: at(0x0b0, { value: word().ro<VirtioMmio>() }, { reset: -1 }),
  SHMLenHigh: at(0x0b4, { value: word().ro<VirtioMmio>() }, { reset: -1 }),
  SHMBaseLow: at(0x0b8, { value: word().ro<VirtioMmio>() }, { reset: -1 }),
  SHMBaseHigh: at(0x0bc, { value: word().ro<VirtioMmio>() }, { reset: -1 }),
  ConfigGeneration: at(0x0fc, { value: word().ro<VirtioMmio>() }),
};

export class VirtioMmio implements MmioDevice {
  readonly name: string;
  readonly device: VirtioDevice;
  /** Device status field, virtio 1.2 section 2.1. */
  status = 0;
  interruptStatus = 0;
  private readonly context: DeviceContext;
  private readonly queues: readonly VirtQueue[];
  private readonly registers: RegisterBlock<VirtioMmio>;
  /** Lower and upper word of what the driver accepted. */
  private driverFeatures: [number, number] = [0, 0];

  constructor(context: DeviceContext, device: VirtioDevice) {
    this.context = context;
    this.name = context.name;
    this.device = device;
    this.queues = Array.from({ length: device.queueCount }, () => new VirtQueue(context.memory));
    this.registers = new RegisterBlock<VirtioMmio>(this, table, context.log);
  }

  reset(): void {
    this.registers.reset();
    this.resetDevice();
  }

  read(offset: number, sizeBytes: AccessSize): number {
    if (offset < CONFIG_OFFSET) return this.registers.read(offset, sizeBytes);
    const config = this.device.config();
    let value = 0;
    for (let i = 0; i < sizeBytes; i++) value |= (config[offset - CONFIG_OFFSET + i] ?? 0) << (8 * i);
    return value;
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    if (offset < CONFIG_OFFSET) this.registers.write(offset, value, sizeBytes);
    else this.context.log.warnOnce("write to the configuration space, which has no writable field");
  }

  /** The queue that QueueSel names, if it exists. */
  get selectedQueue(): VirtQueue | undefined {
    return this.queues[this.registers.values.QueueSel >>> 0];
  }

  deviceFeatures(): number {
    const select = this.registers.values.DeviceFeaturesSel >>> 0;
    if (select > 1 || this.device.deviceId === 0) return 0;
    return select === 0 ? this.device.features : VERSION_1;
  }

  acceptFeatures(value: number): void {
    const select = this.registers.values.DriverFeaturesSel >>> 0;
    if ((this.status & STATUS_FEATURES_OK) !== 0) {
      this.context.log.warnOnce("the driver changed features after FEATURES_OK; ignored");
    } else if (select <= 1) this.driverFeatures[select] = value >>> 0;
  }

  writeArea(name: RingArea, half: "low" | "high", value: number): void {
    const queue = this.unreadyQueue();
    if (queue !== undefined) queue[half][name] = value >>> 0;
  }

  writeQueueSize(value: number): void {
    const queue = this.unreadyQueue();
    if (queue !== undefined) queue.size = value >>> 0;
  }

  writeQueueReady(ready: boolean): void {
    const queue = this.selectedQueue;
    if (queue === undefined) return;
    if (!ready) queue.ready = false;
    else if (!queue.ready && !queue.enable()) this.fail("queue size or ring addresses are not allowed");
  }

  /** Does all requests that wait in a queue. */
  notify(queueIndex: number): void {
    const queue = this.queues[queueIndex];
    const isLive = (this.status & (STATUS_DRIVER_OK | STATUS_DEVICE_NEEDS_RESET)) === STATUS_DRIVER_OK;
    if (queue === undefined || !queue.ready || !isLive) {
      this.context.log.warnOnce("notification of a queue that is not in use; ignored");
      return;
    }
    const usedBefore = queue.used;
    const problem = this.drain(queue, queueIndex);
    if (problem !== undefined) this.fail(`queue ${queueIndex}: ${problem}`);
    else if (queue.used !== usedBefore && !queue.isInterruptSuppressed) this.interrupt(INTERRUPT_USED);
  }

  acknowledge(value: number): void {
    this.interruptStatus &= ~value;
    this.updateIrq();
  }

  writeStatus(value: number): void {
    if (value === 0) {
      this.resetDevice();
      return;
    }
    let status = (value & ~STATUS_DEVICE_NEEDS_RESET) | (this.status & STATUS_DEVICE_NEEDS_RESET);
    if ((status & ~this.status & STATUS_FEATURES_OK) !== 0 && !this.areFeaturesAcceptable())
      status &= ~STATUS_FEATURES_OK;
    this.status = status;
  }

  dump(): RegisterDump[] {
    return this.registers.dump();
  }

  save(): State {
    return {
      registers: { ...this.registers.values },
      status: this.status,
      interruptStatus: this.interruptStatus,
      driverFeatures: [...this.driverFeatures],
      queues: Object.fromEntries(this.queues.map((queue, i) => [`queue${i}`, queue.save()])),
      device: this.device.save(),
    };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.registers.values = reader.registers("registers", this.registers.values);
    this.status = reader.number("status", 0, 0xff);
    this.interruptStatus = reader.number("interruptStatus", 0, 3);
    const [low, high] = reader.numbers("driverFeatures", 2, 0);
    this.driverFeatures = [low ?? 0, high ?? 0];
    const queues = reader.child("queues");
    for (const [i, queue] of this.queues.entries()) queue.restore(queues.object(`queue${i}`));
    this.device.restore(reader.object("device"));
    this.updateIrq();
  }

  private resetDevice(): void {
    this.status = 0;
    this.interruptStatus = 0;
    this.driverFeatures = [0, 0];
    for (const queue of this.queues) queue.reset();
    this.device.reset();
    this.updateIrq();
  }

  private areFeaturesAcceptable(): boolean {
    const [low, high] = this.driverFeatures;
    return (low & ~this.device.features) === 0 && high === VERSION_1;
  }

  /** The selected queue when its settings may still change. */
  private unreadyQueue(): VirtQueue | undefined {
    const queue = this.selectedQueue;
    if (queue?.ready !== true) return queue;
    this.context.log.warnOnce("the driver changed a queue that is ready; ignored");
    return undefined;
  }

  /** Does requests until none waits; answers what the driver did wrong. */
  private drain(queue: VirtQueue, queueIndex: number): string | undefined {
    queue.beginBatch();
    for (;;) {
      const request = queue.pop();
      if (request === undefined) return undefined;
      if (request === "broken") return "malformed ring or descriptor chain";
      const writtenSizeBytes = this.device.handle(queueIndex, request);
      if (writtenSizeBytes === undefined) return "malformed request or a buffer outside RAM";
      if (!queue.push(request, writtenSizeBytes)) return "the used ring is outside RAM";
    }
  }

  private fail(reason: string): void {
    this.context.log.warnOnce(`${reason}; the device needs a reset`);
    this.status |= STATUS_DEVICE_NEEDS_RESET;
    if ((this.status & STATUS_DRIVER_OK) !== 0) this.interrupt(INTERRUPT_CONFIG);
  }

  private interrupt(cause: number): void {
    this.interruptStatus |= cause;
    this.updateIrq();
  }

  private updateIrq(): void {
    irqOutput(this.context, 0).set(this.interruptStatus !== 0);
  }
}
