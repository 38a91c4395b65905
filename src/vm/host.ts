/** The host board as the hypervisor sees it: interrupt counts, its virtual pool, resources, buses and classes. */
import type { State, Stateful } from "../base/index.ts";
import { assert } from "../base/index.ts";
import { BuddyAllocator } from "./buddy.ts";
import type { MachineFacts } from "./facts.ts";

const POOL_MIN_ORDER = 12;
const POOL_MAX_ORDER = 23;
/** Xvisor's house-keeping: half as many records as pages. */
const PAGES_PER_RECORD = 2;

/** A host interrupt and how often it came; the console's UART and the scheduler's timer raise theirs. */
export class HostIrq {
  readonly line: number;
  readonly name: string;
  readonly chip: string;
  count = 0;

  constructor(line: number, name: string, chip: string) {
    this.line = line;
    this.name = name;
    this.chip = chip;
  }

  raise(): void {
    this.count++;
  }
}

/** The hypervisor's virtual address space (VAPOOL), in pages. */
export class VirtualPool {
  readonly baseAddress: number;
  readonly sizeBytes: number;
  readonly buddy: BuddyAllocator;

  constructor({ baseAddress, sizeBytes, reservedBytes }: MachineFacts["layout"]["virtualPool"]) {
    this.baseAddress = baseAddress;
    this.sizeBytes = sizeBytes;
    this.buddy = new BuddyAllocator(sizeBytes, POOL_MIN_ORDER, POOL_MAX_ORDER);
    assert(this.buddy.reserve(0, reservedBytes), "the hypervisor's image fits into its virtual pool");
  }

  /** House-keeping records there are for blocks in use and free areas. */
  get recordCount(): number {
    return this.sizeBytes / 2 ** POOL_MIN_ORDER / PAGES_PER_RECORD;
  }

  /** The address of a run of pages. */
  allocate(sizeBytes: number): number {
    const offset = this.buddy.allocate(sizeBytes);
    assert(offset >= 0, `the virtual pool holds ${sizeBytes} bytes more`);
    return this.baseAddress + offset;
  }
}

export interface DriverClass {
  readonly name: string;
  readonly devices: readonly string[];
}

export class Host implements Stateful {
  readonly facts: MachineFacts;
  readonly virtualPool: VirtualPool;
  readonly irqs: readonly HostIrq[];

  constructor(facts: MachineFacts) {
    this.facts = facts;
    this.virtualPool = new VirtualPool(facts.layout.virtualPool);
    this.irqs = facts.hostDevices
      .flatMap(({ path, irq }) => (irq === undefined ? [] : [new HostIrq(irq.line, lastPart(path), irq.chip)]))
      .sort((a, b) => a.line - b.line);
  }

  irqNamed(name: string): HostIrq | undefined {
    return this.irqs.find((irq) => irq.name === name);
  }

  /** All devices of the board hang on the platform bus. */
  get buses(): readonly DriverClass[] {
    return [{ name: "platform", devices: this.facts.hostDevices.map((d) => lastPart(d.path)) }];
  }

  get classes(): readonly DriverClass[] {
    const names = new Set(this.facts.hostDevices.flatMap((d) => d.deviceClass ?? []));
    return [...names].map((name) => ({
      name,
      devices: this.facts.hostDevices.filter((d) => d.deviceClass === name).map((d) => lastPart(d.path)),
    }));
  }

  save(): State {
    return { irqCounts: this.irqs.map((irq) => irq.count) };
  }

  restore(state: State): void {
    (state.irqCounts as number[]).forEach((count, i) => {
      if (this.irqs[i] !== undefined) this.irqs[i].count = count;
    });
  }
}

export const lastPart = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
