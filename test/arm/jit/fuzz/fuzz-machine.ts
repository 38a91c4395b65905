/** A core with RAM and a device that plays with its interrupt lines and its slice, for random programs. */
import {
  Control,
  CP15_CONTROL,
  CP15_CPACR,
  CP15_DACR,
  CP15_TTBR0,
  cpuModels,
  R15,
  REMAINING,
  VFP_FPEXC,
  VFP_S0,
} from "../../../../src/arm/core/index.ts";
import { Interpreter } from "../../../../src/arm/interp/index.ts";
import { JitCpu } from "../../../../src/arm/jit/index.ts";
import { GuestBus, HostMemory, PageTraps, RAM_OFFSET, TRAP_WATCH } from "../../../../src/memory/index.ts";
import { DEVICE, FIRST_TABLE, PAGE, RAM_BYTES, ROUTINES, TABLES_END } from "./memory-map.table.ts";
import type { Program } from "./program.ts";

/** Full access to CP10 and CP11, and the VFP on. */
const CPACR_ALL = 0x00f00000;
const FPEXC_ENABLE = 0x40000000;

export type FuzzEngine = "interp" | "jit";

export class FuzzMachine {
  readonly host = new HostMemory(RAM_BYTES);
  readonly core: Interpreter;
  private readonly bus: GuestBus;
  private readonly traps: PageTraps;
  /** Of every access to the device: what, and at which instruction. */
  deviceHash = 0;
  deviceAccesses = 0;
  /** The program wrote to its translation tables by chance, and what the TLB knows is its own affair from now on. */
  isTainted = false;

  constructor(engine: FuzzEngine, program: Program) {
    this.traps = new PageTraps(this.host.u8.length);
    const handler = {
      read: (offset: number, sizeBytes: number) => this.readDevice(offset, sizeBytes),
      write: (offset: number, value: number, sizeBytes: number) => this.writeDevice(offset, value, sizeBytes),
    };
    this.bus = new GuestBus(this.host, this.traps, [
      { kind: "ram", name: "ram", guestAddress: 0, sizeBytes: RAM_BYTES, hostAddress: 0 },
      { kind: "device", name: "device", guestAddress: DEVICE, sizeBytes: PAGE, handler },
    ]);
    const model = cpuModels[program.architecture === 6 ? "arm1176jzf-s" : "arm926ej-s"];
    this.core =
      engine === "jit"
        ? new JitCpu(this.bus, model, { countRows: !program.hasTemplates, tuning: program.tuning })
        : new Interpreter(this.bus, model);
    this.watchTables();
    this.load(program);
  }

  private watchTables(): void {
    this.traps.listen(TRAP_WATCH, () => {
      if ((this.core.pc & 0xff000) !== ROUTINES) this.isTainted = true;
    });
    for (let page = FIRST_TABLE; page < TABLES_END; page += PAGE) {
      if (page !== ROUTINES) this.traps.set((RAM_OFFSET + page) >>> 12, TRAP_WATCH);
    }
  }

  private load(program: Program): void {
    const { image, isMmuOn, cpsr, registers, pc, allowsUnaligned, hasSpaces } = program;
    this.host.ram().set(image.bytes);
    const { words } = this.core.state;
    words[CP15_TTBR0] = FIRST_TABLE;
    words[CP15_DACR] = 0x5;
    if (isMmuOn) words[CP15_CONTROL] |= Control.M;
    if (allowsUnaligned) words[CP15_CONTROL] |= Control.U;
    if (hasSpaces) words[CP15_CONTROL] |= Control.XP;
    if (program.architecture === 6) {
      words[CP15_CPACR] = CPACR_ALL;
      words[VFP_FPEXC] = FPEXC_ENABLE;
      for (const [n, word] of program.vfp.entries()) words[VFP_S0 + n] = word;
    }
    this.core.state.setCpsr(cpsr);
    for (const [n, value] of registers.entries()) words[n] = value;
    this.core.pc = pc;
    this.core.resynchronize();
  }

  private note(what: number, value: number): void {
    this.deviceAccesses++;
    const now = this.core.instructions() | 0;
    this.deviceHash = Math.imul(
      this.deviceHash ^ Math.imul(what, 0x9e3779b1) ^ value ^ Math.imul(now, 0x85ebca6b),
      0x01000193,
    );
  }

  private readDevice(offset: number, sizeBytes: number): number {
    this.note(offset * 8 + sizeBytes, 0);
    return this.deviceHash;
  }

  private writeDevice(offset: number, value: number, sizeBytes: number): void {
    this.note(0x10000 + offset * 8 + sizeBytes, value);
    const { core } = this;
    const actions: Readonly<Record<number, () => void>> = {
      0: () => core.setIrqLine(true),
      4: () => core.setIrqLine(false),
      8: () => core.setFiqLine(true),
      12: () => core.setFiqLine(false),
      16: () => core.endSlice(),
      20: () => core.shortenSlice(core.instructions() + (value & 31)),
    };
    actions[offset & 0x1c]?.();
  }

  /** Runs up to an instruction count, or until the core waits for an interrupt. */
  runTo(instruction: number): void {
    while (this.core.instructions() < instruction && !this.core.isHalted) this.core.run(instruction);
  }

  /** Notes CPU, memory and device as a snapshot does; the function that is answered goes back to them. */
  checkpoint(): () => void {
    const state = structuredClone(this.core.save());
    const ram = this.host.ram().slice();
    const { deviceHash, deviceAccesses, isTainted } = this;
    return () => {
      this.host.ram().set(ram);
      Object.assign(this, { deviceHash, deviceAccesses, isTainted });
      this.core.restore(state);
    };
  }

  /** Bytes of guest memory from outside, as DMA does it. */
  writeMemory(address: number, data: Uint8Array): void {
    this.bus.writeMemory(address, data);
  }

  /** Virtual address to bytes, for reports. */
  code(va: number, sizeBytes: number): Uint8Array | undefined {
    const physical = this.core.probe(va);
    const bytes = new Uint8Array(sizeBytes);
    return physical !== undefined && this.bus.read(physical, bytes) ? bytes : undefined;
  }

  /** The state block without what only a running slice has. */
  words(): number[] {
    const words = Array.from(this.core.state.words);
    words[R15] = 0;
    words[REMAINING] = 0;
    return words;
  }
}
