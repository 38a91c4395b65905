/**
 * The machine that runs the guest: CPU core, bus and devices on the timeline, and the loop that keeps them in step.
 *
 * Events fire between two instructions, at the same instruction whatever the length of a slice.
 */

import {
  bankOf,
  Control,
  CP15_CONTROL,
  CP15_IFSR,
  cpuModels,
  Fault,
  FIQ_LINE,
  FLAG_I,
  FLAG_T,
  MODE,
  Mode,
  R14,
  R14_BANKS,
  type StopPoints,
} from "../arm/core/index.ts";
import { Interpreter } from "../arm/interp/index.ts";
import {
  type ExecutionProfile,
  JitCpu,
  ProfiledCpu,
  type TemplateProgram,
  type TranslationStore,
  type Tuning,
} from "../arm/jit/index.ts";
import type { ClockScope, Logger, State, Stateful } from "../base/index.ts";
import { hexAddress } from "../base/index.ts";
import type { Profile } from "../board/index.ts";
import type { DeviceRegion, HostMemory, MemoryRegion, PageTraps } from "../memory/index.ts";
import { GuestBus } from "../memory/index.ts";
import { type Backends, DeviceSet } from "./machine-devices.ts";
import type { Timeline } from "./timeline.ts";

/** Why `runSlice` came back. */
export type SliceEnd =
  /** The instruction budget is used up. */
  | "budget"
  /** The core waits for an interrupt; virtual time may be advanced to `nextDeadlineNs`. */
  | "idle"
  /** `stop` was called. */
  | "stopped"
  /** A device asked for a reset or for power-off. */
  | "reset"
  | "power-off"
  /** The guest can never go on; `stuckReason` says why. */
  | "stuck"
  /** The core is at a stop point of a debugger, which has the hit. */
  | "stop-point";

export interface SliceResult {
  readonly executed: number;
  readonly end: SliceEnd;
}

export type Engine = "interp" | "jit";

export interface GuestMachineInit {
  readonly profile: Profile;
  readonly host: HostMemory;
  readonly traps: PageTraps;
  readonly memoryRegions: readonly MemoryRegion[];
  readonly backends: Backends;
  readonly timeline: Timeline;
  readonly log: Logger;
  /** The core begins or ends waiting for an interrupt. */
  readonly onWaitChange: (isWaiting: boolean) => void;
  /** `jit` compiles hot regions; both engines run the same instructions to the same state. */
  readonly engine?: Engine;
  /** Of `jit`, where it is not as usual. */
  readonly tuning?: Partial<Tuning>;
  /** Of `jit`: what earlier runs compiled, and where this one leaves what it compiles. */
  readonly translations?: TranslationStore;
  /** Of `jit`: templates that were made with the program. */
  readonly templates?: TemplateProgram;
  /** Counts executions by instruction row, at some cost. */
  readonly countRows?: boolean;
  /** Of `jit`: is told what runs, at some cost. */
  readonly executionProfile?: ExecutionProfile;
}

/** Branch to itself: `b .` in ARM and Thumb state. */
const ARM_SELF_BRANCH = 0xeafffffe | 0;
const THUMB_SELF_BRANCH = 0xe7fe;
/** Instructions without an event between them before the guest may be called stuck. */
const STUCK_LENGTH = 10_000;
/** Status bits of a fault status register. */
const FAULT_STATUS_MASK = 0xf;

export class GuestMachine implements Stateful {
  readonly cpu: Interpreter;
  readonly bus: GuestBus;
  readonly devices: DeviceSet;
  readonly profile: Profile;
  /** Text for people when a slice ended with `stuck`. */
  stuckReason = "";
  private readonly timeline: Timeline;
  private readonly clock: ClockScope;
  private readonly onWaitChange: (isWaiting: boolean) => void;
  private readonly log: Logger;
  private request: "reset" | "power-off" | "stopped" | undefined;
  private hasLostJump = false;
  private isInSlice = false;
  private stopPoints: StopPoints | undefined;

  constructor(init: GuestMachineInit) {
    const { profile, host, traps, backends, log } = init;
    this.profile = profile;
    this.log = log.child(profile.guest.name);
    this.timeline = init.timeline;
    this.onWaitChange = init.onWaitChange;
    this.clock = init.timeline.clock.scope();
    // Devices need the bus for DMA and the bus needs the devices: they get each other through these late lookups.
    const regions: DeviceRegion[] = [];
    const memory = {
      read: (address: number, target: Uint8Array) => this.bus.read(address, target),
      writeMemory: (address: number, data: Uint8Array) => this.bus.writeMemory(address, data),
      readU32: (address: number) => this.bus.readU32(address),
      readRegister: (address: number) => this.bus.readRegister(address),
      writeRegister: (address: number, value: number) => this.bus.writeRegister(address, value),
    };
    this.devices = new DeviceSet(profile, {
      clock: this.clock,
      log,
      memory,
      backends,
      cpuPins: { irq: { set: (l) => this.cpu.setIrqLine(l) }, fiq: { set: (l) => this.cpu.setFiqLine(l) } },
      requestReset: () => this.interrupt("reset"),
      requestPowerOff: () => this.interrupt("power-off"),
    });
    for (const { name, address, sizeBytes } of profile.devices) {
      const handler = this.devices.byName.get(name);
      if (handler !== undefined) regions.push({ kind: "device", name, guestAddress: address, sizeBytes, handler });
    }
    this.bus = new GuestBus(host, traps, [...init.memoryRegions, ...regions]);
    const model = cpuModels[profile.cpu.model];
    const { engine, countRows, tuning, executionProfile, templates } = init;
    // Code that counts is other code.
    const translations = countRows ? undefined : init.translations;
    if (engine !== "jit") this.cpu = new Interpreter(this.bus, model, { countRows });
    else if (executionProfile === undefined)
      this.cpu = new JitCpu(this.bus, model, { countRows, tuning, translations, templates });
    else this.cpu = new ProfiledCpu(this.bus, model, { countRows, tuning, translations, templates, executionProfile });
    this.cpu.log = log.child("cpu");
    this.timeline.attach(this.cpu);
    this.devices.reset();
  }

  /** The devices' timers go; the timeline keeps its count. */
  destroy(): void {
    this.clock.release();
    this.timeline.detach();
  }

  /** CPU and devices as after power-on; memory, clock and instruction count stay. */
  reset(): void {
    this.cpu.reset();
    this.devices.reset();
    this.request = undefined;
    this.hasLostJump = false;
  }

  /** A debugger's stop points, from now on; to be called again after each change of them. */
  debug(stopPoints: StopPoints | undefined): void {
    this.stopPoints = stopPoints;
    this.cpu.debug(stopPoints);
  }

  /** Ends the running slice after the current instruction; between two slices there is nothing to end. */
  stop(): void {
    if (this.isInSlice) this.interrupt("stopped");
  }

  private interrupt(request: "reset" | "power-off" | "stopped"): void {
    if (this.request === undefined || this.request === "stopped") this.request = request;
    this.cpu.endSlice();
  }

  /**
   * Runs at most `maxInstructions`. With `skipIdle` a waiting core costs no instructions: time jumps to the next
   * event, and the slice ends with `idle` only when none will come.
   */
  runSlice(maxInstructions: number, { skipIdle }: { skipIdle: boolean }): SliceResult {
    const { cpu, timeline } = this;
    const start = cpu.instructions();
    const limit = start + maxInstructions;
    let end: SliceEnd = "budget";
    this.isInSlice = true;
    while (end === "budget" && cpu.instructions() < limit) {
      timeline.clock.fireDue();
      if (!cpu.isHalted) this.onWaitChange(false);
      const before = cpu.instructions();
      const abortsBefore = cpu.exceptionCounts.prefetchAbort;
      if (this.request === undefined) cpu.run(Math.min(limit, before + timeline.instructionsToDeadline()));
      if (this.request !== undefined) {
        end = this.request;
        this.request = undefined;
      } else if (this.stopPoints?.hit !== undefined) {
        end = "stop-point";
      } else if (cpu.isHalted && !timeline.isDue()) {
        this.onWaitChange(true);
        if (!skipIdle || !timeline.skipToDeadline()) end = "idle";
      } else if (this.isStuck(cpu.instructions() - before, cpu.exceptionCounts.prefetchAbort - abortsBefore)) {
        end = "stuck";
      }
      if (cpu.exceptionCounts.prefetchAbort !== abortsBefore) this.noticeLostJump();
    }
    this.isInSlice = false;
    return { executed: cpu.instructions() - start, end };
  }

  /** Says once where a guest jumped to when nothing is there: what follows looks like anything else. */
  private noticeLostJump(): void {
    const { words } = this.cpu.state;
    const fault = words[CP15_IFSR] & FAULT_STATUS_MASK;
    if (this.hasLostJump || (fault !== Fault.externalSection && fault !== Fault.externalPage)) return;
    this.hasLostJump = true;
    // A prefetch abort leaves the address of the instruction, plus 4, in the link register of abort mode.
    const link = words[MODE] === Mode.abt ? words[R14] : words[R14_BANKS + bankOf(Mode.abt)];
    this.log.warning(`jumped to ${hexAddress(link - 4)}, where the board has no memory`);
  }

  /** True when no event can change what the guest does: it halted itself, or aborts at every instruction. */
  private isStuck(executed: number, aborts: number): boolean {
    const words = this.cpu.state.words;
    const { pc } = this.cpu;
    if (executed < STUCK_LENGTH) return false;
    if (aborts >= executed - 1) {
      this.stuckReason = `aborts at every instruction: no code at its exception vector ${hexAddress(pc)}`;
      return true;
    }
    if (words[FLAG_I] === 0 || words[FIQ_LINE] !== 0 || !this.isSelfBranch(pc, words[FLAG_T] !== 0)) return false;
    this.stuckReason = `halted itself: branches to itself at ${hexAddress(pc)} with interrupts disabled`;
    return true;
  }

  private isSelfBranch(pc: number, isThumb: boolean): boolean {
    const physical = this.cpu.probe(pc);
    if (physical === undefined) return false;
    const raw = this.bus.readU32(physical & ~3);
    if (raw === undefined) return false;
    return isThumb ? ((raw >>> ((pc & 2) * 8)) & 0xffff) === THUMB_SELF_BRANCH : (raw | 0) === ARM_SELF_BRANCH;
  }

  /** True when the guest runs with the MMU on: the kernel is past its first instructions. */
  get isMmuOn(): boolean {
    return (this.cpu.state.words[CP15_CONTROL] & Control.M) !== 0;
  }

  save(): State {
    return { cpu: this.cpu.save(), devices: this.devices.save() };
  }

  /** Memory and timeline must have been restored before. */
  restore(state: State): void {
    this.cpu.restore(state.cpu as State);
    this.devices.restore(state.devices as State);
    this.request = undefined;
  }
}
