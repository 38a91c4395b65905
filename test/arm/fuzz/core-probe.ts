/** Runs fuzz cases on the interpreter: user mode, MMU off, code page and data window where the oracle has them. */
import {
  Control,
  CP15_CONTROL,
  CP15_CPACR,
  CP15_DFSR,
  CP15_FAR,
  CP15_IFSR,
  type CpuModel,
  cpuModels,
  Fault,
  MODE,
  Mode,
  R13_BANKS,
  R14,
  R14_BANKS,
  SPSR_BANKS,
  VFP_FPEXC,
  VFP_S0,
} from "../../../src/arm/core/index.ts";
import { rowIndex } from "../../../src/arm/decode/index.ts";
import { Interpreter } from "../../../src/arm/interp/index.ts";
import type { DeviceRegion, MemoryRegion } from "../../../src/memory/index.ts";
import { GuestBus, HostMemory, PageTraps, RAM_OFFSET } from "../../../src/memory/index.ts";
import type { FuzzCase, Outcome } from "./fuzz-case.ts";
import {
  CASE_CODE_WORDS,
  CODE_ADDRESS,
  CODE_BYTES,
  CPSR_COMPARED,
  codeWords,
  DATA_ADDRESS,
  DATA_BYTES,
  fillData,
  hashWords,
  SENTINEL,
  Signal,
  VFP_WORDS,
} from "./fuzz-case.ts";

const HIGH_VECTORS = 0xffff0000;
const BRANCH_TO_SELF = 0xeafffffe;
const THUMB = 0x20;
/** Far more than a case without a loop takes. */
/** The status in a fault status register, without domain and write bit. */
const FAULT_STATUS = 0x40f;
const MOST_INSTRUCTIONS = 64;
/** Where the oracle is linked: its data, and the stack of its signal handler. */
const PROGRAM_ADDRESS = 0x71000000;
/** What the oracle's process has at these places; a case that goes there cannot be compared. */
const processRanges = [
  [0x3f000000, 0x42000000],
  [0x70000000, 0x73000000],
  [0xffff0000, 0x100000000],
] as const;

const isOwnCode = ({ offset }: FuzzCase, pc: number): boolean =>
  pc >= CODE_ADDRESS + offset && pc < CODE_ADDRESS + offset + 4 * CASE_CODE_WORDS;

const branchRow = rowIndex("b");
const sentinelRow = rowIndex("udf");
const thumbSentinelRow = rowIndex("thumbUdf");

const isInProcess = (address: number): boolean => processRanges.some(([from, to]) => address >= from && address < to);

type End = Pick<Outcome, "signal" | "faultAddress" | "pc" | "cpsr">;

/** The outcome, or why there is nothing to compare. */
export type ProbeResult = Outcome | string;

export class CoreProbe {
  readonly core: Interpreter;
  private readonly bus: GuestBus;
  private readonly data: Int32Array;
  private readonly code: Int32Array;
  private readonly pristine: Int32Array;
  private readonly seeded = new Int32Array(DATA_BYTES / 4);
  private vector = -1;
  /** Some instruction accessed the page of the vectors as data. */
  private isVectorPageUsed = false;

  private readonly model: CpuModel;

  constructor(model: CpuModel = cpuModels["arm926ej-s"]) {
    this.model = model;
    const host = new HostMemory(0x10000);
    const ram = (name: string, guestAddress: number, sizeBytes: number, hostAddress: number): MemoryRegion => {
      return { kind: "ram", name, guestAddress, sizeBytes, hostAddress };
    };
    const vectors: DeviceRegion = {
      kind: "device",
      name: "vectors",
      guestAddress: HIGH_VECTORS,
      sizeBytes: 0x1000,
      handler: {
        read: (offset) => {
          if (this.core.pc >>> 0 === HIGH_VECTORS + offset) this.reachVector(offset);
          if (this.core.pc >>> 0 !== HIGH_VECTORS + offset || this.vector < 0) this.isVectorPageUsed = true;
          return BRANCH_TO_SELF;
        },
        write: () => {
          this.isVectorPageUsed = true;
        },
      },
    };
    const regions = [ram("code", CODE_ADDRESS, CODE_BYTES, 0), ram("data", DATA_ADDRESS, DATA_BYTES, CODE_BYTES)];
    this.bus = new GuestBus(host, new PageTraps(host.u8.length), [...regions, vectors]);
    this.core = new Interpreter(this.bus, model, { countRows: true });
    const start = RAM_OFFSET >> 2;
    this.code = host.i32.subarray(start, start + CODE_BYTES / 4);
    this.data = host.i32.subarray(start + CODE_BYTES / 4, start + (CODE_BYTES + DATA_BYTES) / 4);
    this.code.fill(SENTINEL);
    this.pristine = this.code.slice();
  }

  /** Execution came to the page of the vectors: by an exception, unless it is still in user mode. */
  private reachVector(offset: number): void {
    if (this.core.state.words[MODE] !== Mode.usr) this.vector = offset;
    this.core.endSlice();
  }

  run(given: FuzzCase): ProbeResult {
    this.load(given);
    this.vector = -1;
    this.isVectorPageUsed = false;
    this.core.run(this.core.instructions() + MOST_INSTRUCTIONS);
    const result = this.outcome(given);
    this.code.set(this.pristine);
    return result;
  }

  /** Where QEMU has not what the hardware does with unaligned addresses, cases with them are found by their abort. */
  private checksAlignment({ vfp }: FuzzCase): boolean {
    return this.model.architecture < 6 || vfp !== undefined;
  }

  private load(given: FuzzCase): void {
    const { core } = this;
    const at = given.offset >> 2;
    for (const [index, word] of codeWords(given).entries()) this.code[at + index] = word;
    fillData(this.seeded, given.dataSeed);
    this.data.set(this.seeded);
    core.reset();
    core.state.setCpsr(given.flags | (given.isThumb ? THUMB : 0) | Mode.usr);
    core.state.words[CP15_CONTROL] |= Control.V | (this.checksAlignment(given) ? Control.A : Control.U);
    if (given.vfp !== undefined) {
      core.state.words.set(given.vfp, VFP_S0);
      core.state.words[CP15_CPACR] = 0x00f00000;
      core.state.words[VFP_FPEXC] = 0x40000000;
    }
    core.setRegisters(given.registers, CODE_ADDRESS + given.offset);
    core.resynchronize();
  }

  private outcome(given: FuzzCase): ProbeResult {
    const s = this.core.state.words;
    if (this.vector < 0) return this.isVectorPageUsed ? "hits the oracle's process" : "goes on for ever";
    const bank = { 4: 5, 12: 4, 16: 4 }[this.vector];
    if (bank === undefined) return `unexpected vector ${this.vector}`;
    const end = this.endOf((s[SPSR_BANKS + bank] & CPSR_COMPARED) >>> 0);
    this.discountScaffold(given, end);
    const reason = this.reasonNotToCompare(given, end);
    if (reason !== undefined) return reason;
    const registers = Array.from(s.subarray(0, 13), (value) => value >>> 0);
    registers.push(s[R13_BANKS] >>> 0, s[R14_BANKS] >>> 0);
    const vfp = Array.from(s.subarray(VFP_S0, VFP_S0 + VFP_WORDS), (value) => value >>> 0);
    const changed = this.data.findIndex((word, index) => word !== this.seeded[index]);
    const firstChange = changed < 0 ? "unchanged" : `word ${changed} is ${(this.data[changed] >>> 0).toString(16)}`;
    const shown = given.vfp === undefined ? {} : { vfp };
    return { ...end, registers, dataHash: hashWords(this.data), firstChange, ...shown };
  }

  /** Takes the branch at the vector and the sentinel out of the counts of rows. */
  private discountScaffold(given: FuzzCase, { pc, cpsr }: End): void {
    const counts = this.core.rowCounts;
    if (counts === undefined) return;
    counts[branchRow] -= 1;
    if (this.vector !== 4 || isOwnCode(given, pc) || this.code[(pc - CODE_ADDRESS) >>> 2] !== SENTINEL >> 0) return;
    counts[(cpsr & THUMB) !== 0 ? thumbSentinelRow : sentinelRow] -= 1;
  }

  /** The exception as Linux tells it to a process. */
  private endOf(cpsr: number): End {
    const s = this.core.state.words;
    const link = s[R14];
    const undefinedBytes = (cpsr & THUMB) !== 0 ? 2 : 4;
    if (this.vector === 4) return { signal: Signal.ill, faultAddress: 0, pc: (link - undefinedBytes) >>> 0, cpsr };
    const pc = (link - (this.vector === 12 ? 4 : 8)) >>> 0;
    const signal = this.isAlignmentFault ? Signal.bus : Signal.segv;
    if (this.vector === 16) return { signal, faultAddress: s[CP15_FAR] >>> 0, pc, cpsr };
    return s[CP15_IFSR] === 2
      ? { signal: Signal.trap, faultAddress: 0, pc, cpsr }
      : { signal: Signal.segv, faultAddress: pc, pc, cpsr };
  }

  private get isAlignmentFault(): boolean {
    return (this.core.state.words[CP15_DFSR] & FAULT_STATUS) === Fault.alignment;
  }

  /** QEMU lets one fail, by its address, before it looks at the alignment. */
  private isExclusiveStore(pc: number): boolean {
    return (this.code[(pc - CODE_ADDRESS) >> 2] & 0x0f900ff0) === 0x01800f90;
  }

  /** Instructions were decoded in the data window, which the oracle's process may not execute. */
  private hasRunData(): boolean {
    const frame = (RAM_OFFSET + CODE_BYTES) >>> 12;
    return this.bus.traps.bits.subarray(frame, frame + DATA_BYTES / CODE_BYTES).some((bits) => bits !== 0);
  }

  private reasonNotToCompare(given: FuzzCase, end: End): string | undefined {
    const s = this.core.state.words;
    // The code page may hold code in only four words; elsewhere a store has hit it.
    const at = given.offset >> 2;
    const words = codeWords(given);
    const isIntact = this.code.every((word, k) => word === (words[k - at] ?? SENTINEL) >> 0);
    if (!isIntact) return "stores into its code";
    if (this.isVectorPageUsed) return "hits the oracle's process";
    if (!given.isThumb && (end.cpsr & THUMB) !== 0 && isOwnCode(given, end.pc))
      return "runs its ARM words as Thumb code";
    if (this.hasRunData()) return "runs its data";
    // The signal would be delivered on what Linux takes for the handler's stack.
    if (s[R13_BANKS] >>> 24 === PROGRAM_ADDRESS >>> 24) return "hits the oracle's process";
    if (end.signal !== Signal.segv && end.signal !== Signal.bus) return undefined;
    const { faultAddress } = end;
    if (end.signal === Signal.bus && this.checksAlignment(given)) return "is not aligned";
    if (end.signal === Signal.bus && this.isExclusiveStore(end.pc)) return "is an unaligned exclusive store";
    if (isInProcess(faultAddress)) return "hits the oracle's process";
    const near = (edge: number) => Math.abs(faultAddress - edge) <= 64;
    if (this.vector === 16 && (near(DATA_ADDRESS) || near(DATA_ADDRESS + DATA_BYTES)))
      return "crosses the data window's edge";
    return undefined;
  }
}
