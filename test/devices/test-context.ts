/** A bench for one device model: a clock that is moved by hand, recorded lines, and back ends that remember. */
import { EventClock, type LineEvent, Logger, type LogRecord } from "../../src/base/index.ts";
import type {
  BlockBackend,
  DeviceContext,
  DmaMemory,
  IrqLine,
  SerialBackend,
  SerialReceiver,
} from "../../src/device/index.ts";
import type { MmioHandler } from "../../src/memory/index.ts";

/** An interrupt line that remembers its level and how often it changed. */
export class RecordedLine implements IrqLine {
  level = false;
  /** Every change, in order. */
  readonly edges: boolean[] = [];

  set(level: boolean): void {
    if (level !== this.level) this.edges.push(level);
    this.level = level;
  }
}

/** Virtual time moved by `advance`; timers fire at their own instant, as in the run loop. */
export class BenchClock extends EventClock {
  private timeNs: { value: number };

  constructor(timeNs = { value: 0 }) {
    super(() => timeNs.value);
    this.timeNs = timeNs;
  }

  advance(durationNs: number): void {
    const endNs = this.timeNs.value + durationNs;
    while (this.nextDeadlineNs <= endNs) {
      this.timeNs.value = Math.max(this.timeNs.value, this.nextDeadlineNs);
      this.fireDue();
    }
    this.timeNs.value = endNs;
  }

  /** Moves time without firing anything, as an instruction's access does before the run loop comes by. */
  skip(durationNs: number): void {
    this.timeNs.value += durationNs;
  }
}

/** A serial back end that keeps what the guest sent and queues what the guest cannot take yet. */
export class BenchSerial implements SerialBackend {
  readonly sent: number[] = [];
  isPaced = false;
  lineChanged: (event: LineEvent) => void = () => {};
  private guest: SerialReceiver | undefined;
  private readonly waiting: number[] = [];

  transmit(byte: number): void {
    this.sent.push(byte);
  }

  connect(guest: SerialReceiver): void {
    this.guest = guest;
    guest.onDrained = () => this.deliver();
  }

  /** Types text (or bytes) at the guest. */
  type(text: string | readonly number[]): void {
    this.waiting.push(...(typeof text === "string" ? Buffer.from(text, "latin1") : text));
    this.deliver();
  }

  /** Characters the guest had no space for. */
  get backlog(): number {
    return this.waiting.length;
  }

  get text(): string {
    return Buffer.from(this.sent).toString("latin1");
  }

  private deliver(): void {
    while (this.guest !== undefined && this.waiting.length > 0 && this.guest.space > 0)
      this.guest.receive(this.waiting.shift() as number);
  }
}

/** Guest RAM at `base`, as a bus master sees it. */
export class BenchMemory implements DmaMemory {
  readonly base: number;
  readonly data: Uint8Array;

  constructor(sizeBytes = 0x10000, base = 0) {
    this.base = base;
    this.data = new Uint8Array(sizeBytes);
  }

  read(address: number, target: Uint8Array): boolean {
    const offset = this.offsetOf(address, target.length);
    if (offset === undefined) return false;
    target.set(this.data.subarray(offset, offset + target.length));
    return true;
  }

  writeMemory(address: number, data: Uint8Array): boolean {
    const offset = this.offsetOf(address, data.length);
    if (offset === undefined) return false;
    this.data.set(data, offset);
    return true;
  }

  readU32(address: number): number | undefined {
    const offset = this.offsetOf(address, 4);
    return offset === undefined ? undefined : new DataView(this.data.buffer).getUint32(offset, true);
  }

  /** Devices that a bus master finds beside the memory, by address. */
  readonly devices = new Map<number, { sizeBytes: number; handler: MmioHandler }>();

  readRegister(address: number): number | undefined {
    const found = this.deviceAt(address);
    return found?.device.read(found.offset, 4);
  }

  writeRegister(address: number, value: number): boolean {
    const found = this.deviceAt(address);
    found?.device.write(found.offset, value, 4);
    return found !== undefined;
  }

  private deviceAt(address: number): { device: MmioHandler; offset: number } | undefined {
    for (const [start, { handler, sizeBytes }] of this.devices)
      if (address >= start && address < start + sizeBytes) return { device: handler, offset: address - start };
    return undefined;
  }

  private offsetOf(address: number, sizeBytes: number): number | undefined {
    const offset = (address >>> 0) - this.base;
    return offset >= 0 && offset + sizeBytes <= this.data.length ? offset : undefined;
  }
}

/** A disk of `sectorCount` sectors in memory. */
export class BenchBlock implements BlockBackend {
  readonly data: Uint8Array;
  readonly sectorCount: number;
  isReadOnly: boolean;
  flushes = 0;

  constructor(sectorCount = 64, isReadOnly = false) {
    this.sectorCount = sectorCount;
    this.isReadOnly = isReadOnly;
    this.data = new Uint8Array(sectorCount * 512);
  }

  read(sector: number, target: Uint8Array): void {
    target.set(this.data.subarray(sector * 512, sector * 512 + target.length));
  }

  write(sector: number, data: Uint8Array): void {
    this.data.set(data, sector * 512);
  }

  flush(): void {
    this.flushes++;
  }
}

/** Everything around the device under test; `context` goes to its constructor. */
export interface Bench {
  context: DeviceContext;
  clock: BenchClock;
  irqs: RecordedLine[];
  serial: BenchSerial;
  memory: BenchMemory;
  block: BenchBlock;
  log: LogRecord[];
  /** How often the device asked for a reset or power-off. */
  requests: { resets: number; powerOffs: number };
}

export interface BenchOptions {
  irqCount?: number;
  options?: Readonly<Record<string, unknown>>;
  epochSeconds?: number;
  memory?: BenchMemory;
  block?: BenchBlock;
  /** Share the clock of another bench, as a restored device does. */
  clock?: BenchClock;
  withSerial?: boolean;
}

export function bench({
  irqCount = 32,
  options = {},
  epochSeconds = 1_700_000_000,
  memory = new BenchMemory(),
  block = new BenchBlock(),
  clock = new BenchClock(),
  withSerial = true,
}: BenchOptions = {}): Bench {
  const log: LogRecord[] = [];
  const requests = { resets: 0, powerOffs: 0 };
  const irqs = Array.from({ length: irqCount }, () => new RecordedLine());
  const serial = new BenchSerial();
  let entropy = 1;
  const context: DeviceContext = {
    name: "device0",
    clock,
    log: new Logger("device0", (record) => log.push(record)),
    irqs,
    memory,
    serial: withSerial ? serial : undefined,
    block,
    entropy: {
      fill: (target) => {
        for (let i = 0; i < target.length; i++) {
          entropy = (Math.imul(entropy, 1103515245) + 12345) >>> 0;
          target[i] = entropy >>> 16;
        }
      },
    },
    wallClock: { epochSeconds },
    requestReset: () => {
      requests.resets++;
    },
    requestPowerOff: () => {
      requests.powerOffs++;
    },
    options,
  };
  return { context, clock, irqs, serial, memory, block, log, requests };
}

/** A state through JSON-like plain data and back, as a snapshot does: shares nothing with the original. */
export const copyState = <T>(state: T): T => structuredClone(state);
