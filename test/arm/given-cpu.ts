/** A core with RAM, a device and a gap in the address space, for tests; code is given as words with its assembler text beside. */
import type { CpuModel } from "../../src/arm/core/index.ts";
import {
  Control,
  CP15_CONTROL,
  CP15_DACR,
  CP15_DFSR,
  CP15_FAR,
  CP15_IFSR,
  CP15_TTBR0,
  cpuModels,
  Mode,
} from "../../src/arm/core/index.ts";
import { Interpreter } from "../../src/arm/interp/index.ts";
import type { AccessSize, GuestBus as Bus } from "../../src/memory/index.ts";
import { GuestBus, HostMemory, PageTraps, RAM_OFFSET } from "../../src/memory/index.ts";

/** RAM is here; nothing answers between it and the device. */
export const RAM_BYTES = 0x200000;
/** Two words of device registers that keep what is written. */
export const DEVICE = 0x10000000;
export const DEVICE_BYTES = 8;
/** ROM of one page, a copy of nothing: zeros. */
export const ROM = 0x20000000;
/** Where `code` is put; its section is mapped to itself by `enableMmu`. */
export const CODE = 0x10000;
/** Free for the test. */
export const DATA = 0x20000;
/** First-level table of `enableMmu`, and the second-level tables that a test may put behind it. */
export const TABLE = 0x4000;
export const SECOND_TABLE = 0x8000;
export const THUMB = 0x20;
export const IRQ_OFF = 0x80;
export const FIQ_OFF = 0x40;

export type MakeCore = (bus: Bus, model: CpuModel) => Interpreter;

export interface GivenOptions {
  code?: readonly number[];
  /** Code of the exceptions, by vector; `subs pc, lr, #4` at the data abort unless it is given. */
  vectors?: Readonly<Record<number, number>>;
  /** Mode, masks, T and flags. */
  cpsr?: number;
  registers?: Readonly<Record<number, number>>;
  /** Words from `DATA` on. */
  data?: readonly number[];
  makeCore?: MakeCore;
  /** A name of `cpuModels`; `arm926ej-s` unless it is given. */
  model?: string;
}

/** What an access did: the value read, or the fault. */
export type AccessResult = { value: number } | { status: number; far: number };

export class GivenCpu {
  readonly core: Interpreter;
  readonly bus: GuestBus;
  readonly traps: PageTraps;
  readonly words: Int32Array;
  readonly deviceLog: string[] = [];
  /** What the device does when it is written to. */
  onDeviceWrite: (offset: number) => void = () => {};
  private readonly deviceWords = [0, 0];

  constructor(options: GivenOptions) {
    const host = new HostMemory(RAM_BYTES + 0x10000);
    this.traps = new PageTraps(host.u8.length);
    const read = (offset: number, size: AccessSize) => {
      this.deviceLog.push(`read ${size} at ${offset}`);
      return this.deviceWords[offset >> 2];
    };
    const write = (offset: number, value: number, size: AccessSize) => {
      this.deviceLog.push(`write ${size} at ${offset}: ${(value >>> 0).toString(16)}`);
      this.deviceWords[offset >> 2] = value;
      this.onDeviceWrite(offset);
    };
    const handler = { read, write };
    this.bus = new GuestBus(host, this.traps, [
      { kind: "ram", name: "ram", guestAddress: 0, sizeBytes: RAM_BYTES, hostAddress: 0 },
      { kind: "rom", name: "rom", guestAddress: ROM, sizeBytes: 0x1000, hostAddress: RAM_BYTES },
      { kind: "device", name: "device", guestAddress: DEVICE, sizeBytes: DEVICE_BYTES, handler },
    ]);
    const { cpsr = Mode.svc | IRQ_OFF | FIQ_OFF, registers = {}, code = [], data = [], vectors = {} } = options;
    const makeCore = options.makeCore ?? ((bus, model) => new Interpreter(bus, model));
    this.core = makeCore(this.bus, cpuModels[options.model ?? "arm926ej-s"]);
    this.words = this.core.state.words;
    // 0x10: subs pc, lr, #4 (goes on behind the instruction that was aborted).
    for (const [address, word] of Object.entries({ 16: 0xe25ef004, ...vectors })) this.write(Number(address), word);
    if ((cpsr & THUMB) !== 0) this.writeHalves(CODE, ...code);
    else this.write(CODE, ...code);
    this.write(DATA, ...data);
    this.core.state.setCpsr(cpsr);
    for (const [n, value] of Object.entries(registers)) this.words[Number(n)] = value;
    this.core.pc = CODE;
    this.core.resynchronize();
  }

  /** Writes words of guest memory from outside. */
  write(address: number, ...words: number[]): void {
    this.bus.writeMemory(address, new Uint8Array(Uint32Array.from(words).buffer));
  }

  writeHalves(address: number, ...halves: number[]): void {
    this.bus.writeMemory(address, new Uint8Array(Uint16Array.from(halves).buffer));
  }

  word(address: number): number | undefined {
    return this.bus.readU32(address);
  }

  /** Frame of guest RAM, as traps count them. */
  frameOf(address: number): number {
    return (RAM_OFFSET + address) >>> 12;
  }

  /** Runs this many instructions; a slice that ends early is continued unless the core halts. */
  run(count = 1): this {
    const end = this.core.instructions() + count;
    while (this.core.instructions() < end && !this.core.isHalted) this.core.run(end);
    return this;
  }

  /** Puts instructions at CODE and runs them. */
  execute(...code: number[]): this {
    this.write(CODE, ...code);
    this.core.pc = CODE;
    return this.run(code.length);
  }

  get cpsr(): number {
    return this.core.state.cpsr() >>> 0;
  }

  /** Register `n` of the current mode, unsigned. */
  reg(n: number): number {
    return this.words[n] >>> 0;
  }

  get pc(): number {
    return this.core.pc >>> 0;
  }

  /** Data and instruction fault status, fault address. */
  get faults(): { dfsr: number; ifsr: number; far: number } {
    const s = this.words;
    return { dfsr: s[CP15_DFSR], ifsr: s[CP15_IFSR], far: s[CP15_FAR] >>> 0 };
  }

  /**
   * Switches the MMU on from outside, domain 0 client unless `dacr` says otherwise, with the section of code and tables
   * mapped to itself for everybody.
   */
  enableMmu({ control = 0, dacr = 1 } = {}): this {
    this.write(TABLE, (control & Control.XP) !== 0 ? extendedSection(0, { ap: 3 }) : sectionEntry(0, { ap: 3 }));
    this.words[CP15_TTBR0] = TABLE;
    this.words[CP15_DACR] = dacr;
    this.words[CP15_CONTROL] |= Control.M | control;
    this.core.resynchronize();
    return this;
  }

  /** Sets the first-level descriptor of the megabyte of `va`. */
  mapFirst(va: number, descriptor: number): this {
    this.write(TABLE + ((va >>> 20) << 2), descriptor);
    return this;
  }

  /** One load in the current mode, which stays the same after an abort. */
  load(address: number, instruction = 0xe5910000 /* ldr r0, [r1] */): AccessResult {
    this.words[1] = address;
    return this.access(instruction);
  }

  store(address: number, value: number): AccessResult {
    this.words[1] = address;
    this.words[0] = value;
    return this.access(0xe5810000 /* str r0, [r1] */);
  }

  /** Runs one instruction; after a data abort also the handler's, which returns. */
  private access(instruction: number): AccessResult {
    const before = this.core.exceptionCounts.dataAbort;
    this.execute(instruction);
    if (this.core.exceptionCounts.dataAbort === before) return { value: this.reg(0) };
    const { dfsr, far } = this.faults;
    this.run(1);
    return { status: dfsr, far };
  }

  /** Writes a CP15 register by an instruction: `mcr p15, 0, r2, crn, crm, op2`. */
  writeCp15(crn: number, crm: number, op2: number, value: number): this {
    this.words[2] = value;
    return this.execute(0xee002f10 | (crn << 16) | (op2 << 5) | crm);
  }

  /** Reads a CP15 register by an instruction: `mrc p15, 0, r2, crn, crm, op2`. */
  readCp15(crn: number, crm: number, op2: number): number {
    this.execute(0xee102f10 | (crn << 16) | (op2 << 5) | crm);
    return this.reg(2);
  }

  /** Leaves a privileged mode by an instruction: `msr CPSR_c, #mode`. */
  enterMode(mode: number): this {
    return this.execute(0xe321f000 | mode);
  }
}

export const givenCpu = (options: GivenOptions = {}): GivenCpu => new GivenCpu(options);

interface EntryOptions {
  ap?: number;
  domain?: number;
}

/** What a descriptor of ARMv6 can say beside. */
interface ExtendedOptions extends EntryOptions {
  apx?: number;
  xn?: number;
  nG?: number;
}

export const sectionEntry = (physical: number, { ap = 0, domain = 0 }: EntryOptions = {}): number =>
  ((physical & 0xfff00000) | (ap << 10) | (domain << 5) | 0x12) >>> 0;

export const coarseEntry = (table: number, { domain = 0 }: EntryOptions = {}): number =>
  ((table & 0xfffffc00) | (domain << 5) | 0x11) >>> 0;

export const fineEntry = (table: number, { domain = 0 }: EntryOptions = {}): number =>
  ((table & 0xfffff000) | (domain << 5) | 0x13) >>> 0;

/** Access permissions of the four quarters of a large or small page, lowest address first. */
const fourPermissions = (aps: readonly number[]): number => aps.reduce((bits, ap, i) => bits | (ap << (4 + 2 * i)), 0);

export const largeEntry = (physical: number, aps: readonly number[]): number =>
  ((physical & 0xffff0000) | fourPermissions(aps) | 1) >>> 0;

export const smallEntry = (physical: number, aps: readonly number[]): number =>
  ((physical & 0xfffff000) | fourPermissions(aps) | 2) >>> 0;

export const tinyEntry = (physical: number, ap: number): number => ((physical & 0xfffffc00) | (ap << 4) | 3) >>> 0;

/** Descriptors of the page tables without subpages (control bit XP). */
export const extendedSection = (physical: number, options: ExtendedOptions = {}): number => {
  const { ap = 0, domain = 0, apx = 0, xn = 0, nG = 0 } = options;
  return ((physical & 0xfff00000) | (nG << 17) | (apx << 15) | (ap << 10) | (domain << 5) | (xn << 4) | 2) >>> 0;
};

export const supersection = (physical: number, options: ExtendedOptions = {}): number =>
  ((physical & 0xff000000) | 0x40000 | (extendedSection(0, options) & 0xfffff)) >>> 0;

const extendedBits = ({ ap = 0, apx = 0, nG = 0 }: ExtendedOptions): number => (nG << 11) | (apx << 9) | (ap << 4);

export const extendedSmall = (physical: number, options: ExtendedOptions = {}): number =>
  ((physical & 0xfffff000) | extendedBits(options) | 2 | (options.xn ?? 0)) >>> 0;

export const extendedLarge = (physical: number, options: ExtendedOptions = {}): number =>
  ((physical & 0xffff0000) | ((options.xn ?? 0) << 15) | extendedBits(options) | 1) >>> 0;
