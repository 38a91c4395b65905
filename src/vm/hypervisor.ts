/**
 * The hypervisor: host RAM, heaps, threads, guests and their virtual devices, built from a board's facts.
 *
 * The machine builder makes it first, takes the guest's regions for the bus, and attaches the machine afterwards.
 */
import type { Logger, State, Stateful } from "../base/index.ts";
import { assert, Status } from "../base/index.ts";
import type { WallClockBackend } from "../device/index.ts";
import type { HostMemory } from "../memory/index.ts";
import { StandardIo } from "./chardev.ts";
import type { DeviceTree } from "./devtree.ts";
import type { GuestFacts, MachineFacts } from "./facts.ts";
import { Guest } from "./guest.ts";
import { Heap } from "./heap.ts";
import { Host, lastPart } from "./host.ts";
import { addGuestNode, buildHostDeviceTree } from "./host-devtree.ts";
import { HostRam } from "./host-ram.ts";
import type { MachineControl } from "./machine-control.ts";
import { ModuleTable } from "./module.ts";
import { GuestRegion } from "./region.ts";
import { Scheduler } from "./scheduler.ts";
import type { BlockDevice } from "./storage.ts";
import { VirtualDisk } from "./storage.ts";
import type { Thread } from "./thread.ts";
import { ThreadTable } from "./thread.ts";
import type { TimeSource } from "./time-source.ts";
import { DEFAULT_PRIORITY, MAX_PRIORITY } from "./vcpu.ts";
import { VirtualSerialPort } from "./vserial.ts";
import { WallClock } from "./wallclock.ts";

/** Bytes of heap for one VCPU's register context with its banked modes, and for a thread's stack. */
const VCPU_CONTEXT_BYTES = 2048;
const THREAD_STACK_BYTES = 8192;
const GUEST_RECORD_BYTES = 512;
const HEAP_ALIGN_ORDER = 21;
/** A hundred lines of 256 characters. */
const CONSOLE_HISTORY_BYTES = 25_600;
const EMULATOR_PRIORITY = 10;

export interface VersionInfo {
  readonly name: string;
  readonly version: string;
  /** Build date and time, as text. */
  readonly date: string;
}

export interface HypervisorOptions {
  readonly facts: MachineFacts;
  readonly memory: HostMemory;
  readonly clock: TimeSource;
  readonly wallClock: WallClockBackend;
  readonly log: Logger;
  readonly version: VersionInfo;
  readonly blockDevices?: readonly BlockDevice[];
  /** The guest's serial lines are as slow as their rates say. */
  readonly pacesSerial?: boolean;
}

export class Hypervisor implements Stateful {
  readonly facts: MachineFacts;
  readonly version: VersionInfo;
  readonly clock: TimeSource;
  readonly log: Logger;
  readonly memory: HostMemory;
  readonly host: Host;
  readonly ram: HostRam;
  readonly heap: Heap;
  readonly dmaHeap: Heap;
  readonly scheduler: Scheduler;
  readonly threads: ThreadTable;
  readonly deviceTree: DeviceTree;
  readonly modules = new ModuleTable();
  readonly wallClock: WallClock;
  readonly stdio: StandardIo;
  readonly blockDevices: BlockDevice[];
  readonly guests: Guest[] = [];
  readonly serialPorts: VirtualSerialPort[] = [];
  readonly disks: VirtualDisk[] = [];
  /** The thread that reads and executes console commands. */
  readonly consoleThread: Thread;
  /** A guest's ports came or went. */
  onSerialPorts: () => void = () => {};
  private readonly pacesSerial: boolean;
  private machine: MachineControl | undefined;

  constructor(options: HypervisorOptions) {
    const { facts, clock } = options;
    this.facts = facts;
    this.version = options.version;
    this.clock = clock;
    this.log = options.log;
    this.memory = options.memory;
    this.pacesSerial = options.pacesSerial === true;
    this.blockDevices = [...(options.blockDevices ?? [])];
    this.wallClock = new WallClock(clock, options.wallClock);
    this.host = new Host(facts);
    this.ram = new HostRam(facts.ramBanks);
    for (const { address, sizeBytes, owner } of facts.layout.reservations) this.ram.reserve(address, sizeBytes, owner);
    this.heap = this.makeHeap("normal", facts.layout.heapSizeBytes);
    this.dmaHeap = this.makeHeap("dma", facts.layout.dmaHeapSizeBytes);
    this.scheduler = new Scheduler(clock);
    this.scheduler.onStatesChanged = () => this.machine?.statesChanged();
    this.threads = new ThreadTable(this.scheduler);
    this.startThread("syswq/0", MAX_PRIORITY);
    this.consoleThread = this.startThread("mterm", DEFAULT_PRIORITY);
    this.deviceTree = buildHostDeviceTree(facts);
    const emulators = new Set(facts.guest.regions.flatMap((region) => region.emulator ?? []));
    for (const name of emulators) {
      this.modules.register({ name, description: `emulator of ${name}`, priority: EMULATOR_PRIORITY });
    }
    this.heap.allocate(CONSOLE_HISTORY_BYTES, "mterm history");
    this.stdio = new StandardIo({ name: lastPart(facts.consolePath), path: facts.consolePath });
  }

  get characterDevices(): { name: string; path: string }[] {
    return this.facts.hostDevices
      .filter((device) => device.deviceClass === "char")
      .map(({ path }) => ({ name: lastPart(path), path }));
  }

  /** The machine; there is one from `attach` on. */
  get control(): MachineControl {
    assert(this.machine !== undefined, "a machine is attached");
    return this.machine;
  }

  attach(machine: MachineControl): void {
    this.machine = machine;
  }

  /** The console's thread runs while a command is executed, and sleeps while it waits for a line. */
  consoleTurn(isRunning: boolean): void {
    if (!isRunning) {
      this.consoleThread.sleep();
      return;
    }
    this.consoleThread.start();
    this.scheduler.switchTo(this.consoleThread.vcpu);
  }

  findGuest(name: string): Guest | undefined {
    return this.guests.find((guest) => guest.name === name);
  }

  findSerialPort(name: string): VirtualSerialPort | undefined {
    return this.serialPorts.find((port) => port.name === name);
  }

  findDisk(name: string): VirtualDisk | undefined {
    return this.disks.find((disk) => disk.name === name);
  }

  findBlockDevice(name: string): BlockDevice | undefined {
    return this.blockDevices.find((device) => device.name === name);
  }

  /**
   * Allocates the guest's regions, VCPUs, serial ports and disks. Throws `ram-exhausted` and leaves nothing behind.
   * With a machine attached, also has it build bus and devices.
   */
  createGuest(facts: GuestFacts): Guest {
    assert(this.findGuest(facts.name) === undefined, `guest ${facts.name} does not exist`);
    const regions = this.allocateRegions(facts);
    this.heap.allocate(GUEST_RECORD_BYTES, `${facts.name} record`);
    const vcpus = Array.from({ length: facts.vcpuCount }, (_, subid) => {
      const name = `${facts.name}/vcpu${subid}`;
      this.heap.allocate(VCPU_CONTEXT_BYTES, `${name} context`);
      return this.scheduler.create({ name, subid, guestName: facts.name, priority: DEFAULT_PRIORITY });
    });
    const id = [0, ...this.guests.map((g) => g.id + 1)].find((free) => this.guests.every((g) => g.id !== free))!;
    const guest = new Guest(facts, { id, regions, vcpus }, this.clock);
    this.guests.push(guest);
    for (const port of facts.serialPorts) {
      this.serialPorts.push(new VirtualSerialPort(`${facts.name}/${port}`, this.heap, this.pacesSerial));
    }
    this.onSerialPorts();
    facts.disks.forEach((disk, i) => {
      this.disks.push(new VirtualDisk(`${facts.name}/${disk}`, this.blockDevices[i]));
    });
    if (this.deviceTree.find(guest.path) === undefined) addGuestNode(this.deviceTree, facts);
    this.machine?.create(guest);
    return guest;
  }

  /** Gives everything the guest holds back; its device tree node stays, so that it can be created again. */
  destroyGuest(guest: Guest): void {
    this.machine?.destroy();
    for (const vcpu of guest.vcpus) {
      this.scheduler.destroy(vcpu);
      this.heap.release(`${vcpu.name} context`);
    }
    this.heap.release(`${guest.name} record`);
    for (const port of this.serialPorts.filter((p) => p.name.startsWith(`${guest.name}/`))) {
      port.destroy();
      this.serialPorts.splice(this.serialPorts.indexOf(port), 1);
    }
    this.onSerialPorts();
    for (const disk of this.disks.filter((d) => d.name.startsWith(`${guest.name}/`))) {
      this.disks.splice(this.disks.indexOf(disk), 1);
    }
    for (const region of guest.regions) if (region.allocation !== undefined) this.ram.free(region.allocation);
    this.guests.splice(this.guests.indexOf(guest), 1);
  }

  /** VCPUs and devices to their reset state; memory keeps its content. */
  resetGuest(guest: Guest): Status {
    const status = guest.reset();
    if (status === Status.ok) this.control.reset();
    return status;
  }

  /** Host-physical RAM, or `undefined` when the range is not all RAM. */
  hostBytes(address: number, sizeBytes: number): Uint8Array | undefined {
    if (this.ram.bankAt(address, sizeBytes) === undefined) return undefined;
    if (address + sizeBytes > this.memory.ramSizeBytes) return undefined;
    return this.memory.ram().subarray(address, address + sizeBytes);
  }

  /** Writes host-physical RAM and tells the machine; false when the range is not all RAM. */
  writeHost(address: number, data: Uint8Array): boolean {
    const bytes = this.hostBytes(address, data.length);
    if (bytes === undefined) return false;
    bytes.set(data);
    this.machine?.hostWritten(address, data.length);
    return true;
  }

  private makeHeap(name: "normal" | "dma", sizeBytes: number): Heap {
    const { address } = this.ram.allocate(sizeBytes, HEAP_ALIGN_ORDER, `${name} heap`);
    const virtualAddress = this.host.virtualPool.allocate(sizeBytes);
    return new Heap({ name, physicalAddress: address, virtualAddress, sizeBytes }, this.memory.ram());
  }

  private startThread(name: string, priority: number): Thread {
    this.heap.allocate(THREAD_STACK_BYTES, `${name} stack`);
    const thread = this.threads.create(name, priority);
    thread.start();
    thread.sleep();
    return thread;
  }

  private allocateRegions(facts: GuestFacts): GuestRegion[] {
    const regions: GuestRegion[] = [];
    try {
      for (const region of facts.regions) {
        const owner = `${facts.name}/${region.name}`;
        const needsRam = region.kind !== "device";
        const allocation = needsRam ? this.ram.allocate(region.sizeBytes, region.alignOrder ?? 12, owner) : undefined;
        regions.push(new GuestRegion(region, allocation));
      }
    } catch (error) {
      for (const { allocation } of regions) if (allocation !== undefined) this.ram.free(allocation);
      throw error;
    }
    return regions;
  }

  /** Everything but host RAM's content, the CPU and the devices, which the snapshot saves beside this. */
  save(): State {
    return {
      ram: this.ram.save(),
      heap: this.heap.save(),
      dmaHeap: this.dmaHeap.save(),
      scheduler: this.scheduler.save(),
      host: this.host.save(),
      wallClock: this.wallClock.save(),
      logLevel: this.stdio.logLevel,
      guests: this.guests.map((guest) => ({ name: guest.name, ...guest.save() })),
      serialPorts: this.serialPorts.map((port) => ({ name: port.name, ...port.save() })),
      disks: this.disks.map((disk) => ({ name: disk.name, ...disk.save() })),
      deviceTree: this.deviceTree.save(),
    };
  }

  /** Takes the state of a hypervisor built from the same facts; host RAM's content must be in place already. */
  restore(state: State): void {
    const saved = state as Record<string, State>;
    this.ram.restore(saved.ram);
    this.heap.restore(saved.heap);
    this.dmaHeap.restore(saved.dmaHeap);
    this.scheduler.restore(saved.scheduler);
    this.host.restore(saved.host);
    this.wallClock.restore(saved.wallClock);
    this.stdio.logLevel = state.logLevel as number;
    for (const guest of state.guests as State[]) this.findGuest(guest.name as string)?.restore(guest);
    for (const port of state.serialPorts as State[]) this.findSerialPort(port.name as string)?.restore(port);
    for (const disk of state.disks as State[]) this.findDisk(disk.name as string)?.restore(disk, this.blockDevices);
    this.deviceTree.restore(saved.deviceTree);
  }
}
