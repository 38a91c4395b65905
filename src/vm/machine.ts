/**
 * The whole modelled board: host memory, hypervisor and the machine that runs its guest.
 *
 * `runSlice` is the one way in which guest instructions are executed; console commands run between two slices.
 */

import { cpuModels } from "../arm/core/index.ts";
import type { ExecutionProfile, TemplateProgram, TranslationStore, Tuning } from "../arm/jit/index.ts";
import type { Logger, State, Stateful } from "../base/index.ts";
import { assert, hexAddress } from "../base/index.ts";
import type { Profile } from "../board/index.ts";
import type { EntropyBackend, WallClockBackend } from "../device/index.ts";
import { HostMemory, type MemoryRegion, PageTraps, RAM_OFFSET } from "../memory/index.ts";
import { enableBootConsole } from "./boot-console.ts";
import { displaysOf, type GuestDisplay } from "./display.ts";
import type { Guest } from "./guest.ts";
import { type GuestHashes, guestHashes } from "./guest-hash.ts";
import { type Engine, GuestMachine, type SliceEnd } from "./guest-machine.ts";
import { Hypervisor, type VersionInfo } from "./hypervisor.ts";
import type { GuestCopy, LoadedKernel, MachineControl, VcpuCore } from "./machine-control.ts";
import { runToQuietPoint, scratchDisks, scratchEntropy, silentLog } from "./machine-copy.ts";
import { MemoryWatch, type OnWrite } from "./memory-watch.ts";
import { machineFacts } from "./profile-facts.ts";
import { dumpRegisters } from "./register-dump.ts";
import type { BlockDevice } from "./storage.ts";
import { Timeline } from "./timeline.ts";
import type { Vcpu } from "./vcpu.ts";

/** What the boot loader puts where, and the registers it starts the kernel with. */
export interface BootPlan {
  readonly segments: readonly { readonly name: string; readonly address: number; readonly data: Uint8Array }[];
  readonly entry: { readonly pc: number; readonly r0: number; readonly r1: number; readonly r2: number };
  readonly commandLine: string;
}

export interface MachineOptions {
  readonly profile: Profile;
  readonly boot: BootPlan;
  readonly entropy: EntropyBackend;
  readonly wallClock: WallClockBackend;
  readonly log: Logger;
  readonly version: VersionInfo;
  readonly blockDevices?: readonly BlockDevice[];
  /** The guest's serial lines are as slow as their rates say. */
  readonly pacesSerial?: boolean;
  /** Nothing is loaded at power-on: RAM and state are restored before the guest runs. Later loads are as usual. */
  readonly startsEmpty?: boolean;
  readonly engine?: Engine;
  readonly tuning?: Partial<Tuning>;
  /** Of `jit`: what earlier runs compiled, and where this one leaves what it compiles. */
  readonly translations?: TranslationStore;
  /** Of `jit`: templates that were made with the program. */
  readonly templates?: TemplateProgram;
  readonly countRows?: boolean;
  readonly executionProfile?: ExecutionProfile;
}

/** The zImage magic number, where every zImage has it (arch/arm/boot/compressed/head.S). */
const ZIMAGE_MAGIC = 0x016f2818;
const ZIMAGE_MAGIC_OFFSET = 0x24;

const isSelfUnpacking = (data: Uint8Array): boolean =>
  data.length >= ZIMAGE_MAGIC_OFFSET + 4 &&
  new DataView(data.buffer, data.byteOffset).getUint32(ZIMAGE_MAGIC_OFFSET, true) === ZIMAGE_MAGIC;

export interface SliceReport {
  readonly executed: number;
  /** `parked`: no VCPU may run; `reset`: the guest reset itself and goes on; the others as in `SliceEnd`. */
  readonly end: SliceEnd | "parked";
}

export class Machine implements MachineControl, Stateful {
  readonly profile: Profile;
  readonly host: HostMemory;
  readonly traps: PageTraps;
  readonly timeline: Timeline;
  readonly hypervisor: Hypervisor;
  /** Set by `shutdown` and `reset` at the console: the owner of the machine looks at it after each command. */
  powerRequest: "none" | "reset" | "shutdown" = "none";
  private readonly watches: MemoryWatch;
  /** Memory, guest or VCPU states were changed from outside, as by console commands: a replay of the run would differ. */
  onOutsideChange: () => void = () => {};
  private guestMachine: GuestMachine | undefined;
  private isBuilt = false;
  private readonly options: MachineOptions;

  constructor(options: MachineOptions) {
    const { profile, log } = options;
    this.options = options;
    this.profile = profile;
    this.host = new HostMemory(profile.host.ramSizeBytes);
    this.traps = new PageTraps(this.host.u8.length);
    this.timeline = new Timeline(profile.cpu.nsPerInstruction);
    this.watches = new MemoryWatch(this.host, this.traps, () => {
      return { pc: this.guestMachine?.cpu.pc ?? 0, instructions: this.instructions() };
    });
    this.hypervisor = new Hypervisor({
      facts: machineFacts(profile, options.boot.commandLine),
      memory: this.host,
      clock: this.timeline.clock,
      wallClock: options.wallClock,
      log,
      version: options.version,
      blockDevices: options.blockDevices,
      pacesSerial: options.pacesSerial,
    });
    this.hypervisor.attach(this);
    this.hypervisor.createGuest(this.hypervisor.facts.guest);
    this.isBuilt = true;
  }

  /** The guest's machine; `undefined` after `guest destroy`. */
  get running(): GuestMachine | undefined {
    return this.guestMachine;
  }

  private get vcpu(): Vcpu | undefined {
    return this.hypervisor.guests[0]?.vcpus[0];
  }

  create(guest: Guest): void {
    const { profile, options } = this;
    const memoryRegions = guest.regions.flatMap((region): MemoryRegion[] => {
      const { allocation, name, guestAddress, sizeBytes, facts } = region;
      if (allocation === undefined || facts.kind === "device") return [];
      return [{ kind: facts.kind, name, guestAddress, sizeBytes, hostAddress: allocation.address }];
    });
    this.guestMachine = new GuestMachine({
      profile,
      host: this.host,
      traps: this.traps,
      timeline: this.timeline,
      memoryRegions,
      log: options.log,
      engine: options.engine,
      tuning: options.tuning,
      translations: options.translations,
      templates: options.templates,
      countRows: options.countRows,
      executionProfile: options.executionProfile,
      onWaitChange: (isWaiting) => (isWaiting ? this.vcpu?.waitForInterrupt() : this.vcpu?.wake()),
      backends: {
        serial: (device) => this.hypervisor.findSerialPort(`${guest.name}/${device}`),
        block: (device) => this.hypervisor.findDisk(`${guest.name}/${device}`),
        entropy: options.entropy,
        wallClock: options.wallClock,
      },
    });
    if (this.options.startsEmpty !== true || this.isBuilt) this.load(this.guestMachine);
    this.onOutsideChange();
  }

  destroy(): void {
    this.watches.clear();
    this.onOutsideChange();
    this.guestMachine?.destroy();
    this.guestMachine = undefined;
  }

  reset(): void {
    if (this.guestMachine === undefined) return;
    this.guestMachine.reset();
    this.load(this.guestMachine);
    this.onOutsideChange();
  }

  statesChanged(): void {
    this.onOutsideChange();
    if (this.vcpu?.isRunnable !== true) this.guestMachine?.stop();
  }

  /** Does what the board's boot loader does: images into RAM, console on, registers set, PC at the kernel. */
  private load(machine: GuestMachine): void {
    const { segments, entry } = this.options.boot;
    for (const { name, address, data } of segments) {
      const isLoaded = machine.bus.writeMemory(address, data);
      assert(isLoaded, `the boot plan keeps ${name} at ${hexAddress(address)} inside guest RAM`);
    }
    enableBootConsole(this.profile, machine.devices.byName);
    machine.cpu.setRegisters([entry.r0, entry.r1, entry.r2], entry.pc);
  }

  /**
   * Runs at most `maxInstructions` of the guest. With `skipIdle` virtual time jumps over waiting; without it a waiting
   * guest ends the slice and the caller lets time pass.
   */
  runSlice(maxInstructions: number, { skipIdle }: { skipIdle: boolean }): SliceReport {
    const { vcpu, guestMachine } = this;
    if (vcpu === undefined || guestMachine === undefined || !(vcpu.isRunnable || vcpu.isWaiting))
      return this.park(skipIdle);
    vcpu.dispatch();
    const report = guestMachine.runSlice(maxInstructions, { skipIdle });
    vcpu.preempt();
    if (report.end === "reset") {
      this.hypervisor.log.info(`${vcpu.name}: the guest asked for a reset`);
      const [guest] = this.hypervisor.guests;
      this.hypervisor.resetGuest(guest);
      guest.kick();
    } else if (report.end === "power-off" || report.end === "stuck") {
      vcpu.halt();
      const reason = report.end === "stuck" ? guestMachine.stuckReason : "powered off";
      this.hypervisor.log.warning(`${vcpu.name}: ${reason}; vcpu halted`);
    }
    return report;
  }

  /** Nothing may run: only events of the hypervisor (`sleep`) let time pass. */
  private park(skipIdle: boolean): SliceReport {
    this.timeline.clock.fireDue();
    if (skipIdle && this.timeline.skipToDeadline()) this.timeline.clock.fireDue();
    return { executed: 0, end: "parked" };
  }

  /** Ends the running slice after the current instruction. */
  stop(): void {
    this.guestMachine?.stop();
  }

  core(vcpuIndex: number): VcpuCore | undefined {
    const machine = this.guestMachine;
    if (vcpuIndex !== 0 || machine === undefined) return undefined;
    return { registers: () => dumpRegisters(machine.cpu.state, cpuModels[this.profile.cpu.model]) };
  }

  instructions(): number {
    return this.timeline.instructions();
  }

  readGuest(address: number, target: Uint8Array): boolean {
    return this.guestMachine?.bus.read(address, target) ?? false;
  }

  viewGuest(address: number, sizeBytes: number): Uint8Array | undefined {
    return this.guestMachine?.bus.view(address, sizeBytes);
  }

  writeGuest(address: number, data: Uint8Array): boolean {
    this.onOutsideChange();
    return this.guestMachine?.bus.writeMemory(address, data) ?? false;
  }

  /** Wall-clock time of power-on, in seconds since 1970. */
  get epochSeconds(): number {
    return this.options.wallClock.epochSeconds;
  }

  bootKernel(): LoadedKernel | undefined {
    const { segments, entry } = this.options.boot;
    const kernel = segments.find(({ name, address }) => name === "kernel" && address === entry.pc);
    return kernel === undefined || isSelfUnpacking(kernel.data) ? undefined : kernel;
  }

  displays(): readonly GuestDisplay[] {
    const devices = this.guestMachine?.devices.byName ?? [];
    return displaysOf(this.profile.guest.name, devices, (address, target) => this.readGuest(address, target));
  }

  hostWritten(address: number, sizeBytes: number): void {
    this.onOutsideChange();
    this.guestMachine?.bus.touched(RAM_OFFSET + address, sizeBytes);
  }

  hashes(): GuestHashes {
    return guestHashes(this);
  }

  copy(): GuestCopy {
    const { options } = this;
    const machine = new Machine({
      profile: options.profile,
      boot: options.boot,
      entropy: scratchEntropy,
      wallClock: options.wallClock,
      log: silentLog(),
      version: options.version,
      blockDevices: scratchDisks(options.blockDevices ?? []),
      startsEmpty: true,
    });
    machine.become(this.save(), (ram) => ram.set(this.host.ram()));
    return {
      readGuest: (address, target) => machine.readGuest(address, target),
      viewGuest: (address, sizeBytes) => machine.viewGuest(address, sizeBytes),
      core: (vcpuIndex) => machine.core(vcpuIndex),
      instructions: () => machine.instructions(),
      runToQuietPoint: (atLeast, most) => runToQuietPoint(machine, atLeast, most),
    };
  }

  watchWrites(pieces: readonly { address: number; sizeBytes: number }[], onWrite: OnWrite): (() => void) | undefined {
    const bus = this.guestMachine?.bus;
    const found = pieces.map(({ address, sizeBytes }) => {
      return { hostOffset: bus?.hostOffset(address, true) ?? -1, sizeBytes };
    });
    return found.some(({ hostOffset }) => hostOffset < 0) ? undefined : this.watches.watch(found, onWrite);
  }

  resetHost(): void {
    this.powerRequest = "reset";
    this.stop();
  }

  shutdownHost(): void {
    this.powerRequest = "shutdown";
    this.stop();
  }

  /** Everything but memory; see `snapshot.ts`. */
  save(): State {
    return {
      epochSeconds: this.options.wallClock.epochSeconds,
      timeline: this.timeline.save(),
      hypervisor: this.hypervisor.save(),
      guest: this.guestMachine?.save() ?? null,
    };
  }

  /** Brings this machine to a saved one's state, with the content of RAM that `fill` gives it. */
  become(state: State, fill: (ram: Uint8Array) => void): void {
    this.prepareRestore(state);
    fill(this.host.ram());
    this.restore(state);
  }

  /** Before memory is restored: there is a guest when the saved machine had one. */
  prepareRestore(state: State): void {
    const { hypervisor } = this;
    if (state.guest === null) for (const guest of [...hypervisor.guests]) hypervisor.destroyGuest(guest);
    else if (hypervisor.guests.length === 0) hypervisor.createGuest(hypervisor.facts.guest);
  }

  /** Memory must have been restored before; the machine must be made of the same profile. */
  restore(state: State): void {
    this.timeline.restore(state.timeline as State);
    this.hypervisor.restore(state.hypervisor as State);
    if (state.guest !== null) this.guestMachine?.restore(state.guest as State);
  }
}
