/** Status registers, exceptions and coprocessor transfers of the interpreter. ARM ARM (DDI 0100I) A2.6, B3. */
import type { Logger } from "../../base/index.ts";
import { silentLogger } from "../../base/index.ts";
import type { GuestBus } from "../../memory/index.ts";
import type { Cp15Effects, CpuModel, SystemControl } from "../core/index.ts";
import {
  bankOf,
  CAN_READ,
  CAN_WRITE,
  Control,
  CP15_CONTROL,
  CP15_DFSR,
  CP15_FAR,
  CP15_IFAR,
  CP15_IFSR,
  CP15_VBAR,
  Cp14,
  Cp15,
  Cp15Arm1176,
  dataFaultStatus,
  Fault,
  FIQ_LINE,
  FLAG_A,
  FLAG_E,
  FLAG_F,
  FLAG_I,
  FLAG_Q,
  FLAG_T,
  HALTED,
  IRQ_LINE,
  instructionFaultStatus,
  MODE,
  Mode,
  PC,
  R14,
  R15,
  REMAINING,
  SPSR_BANKS,
} from "../core/index.ts";
import { MemoryOps } from "./memory-ops.ts";

const Vector = {
  undefined: 0x04,
  supervisorCall: 0x08,
  prefetchAbort: 0x0c,
  dataAbort: 0x10,
  irq: 0x18,
  fiq: 0x1c,
} as const;
/** N, Z, C, V and Q; on ARMv6 also GE and E. */
const USER_STATUS_V5 = 0xf8000000 | 0;
const USER_STATUS_V6 = 0xf80f0200 | 0;
/** I, F, T and the mode; on ARMv6 also E and A. */
const CONTROL_BITS_V5 = 0xff;
const CONTROL_BITS_V6 = 0x3ff;
const HIGH_VECTORS = 0xffff0000 | 0;
/** CPSR bits that MSR writes for each field bit, T (bit 5) excepted. */
const FIELD_BYTES = [0x000000df, 0x0000ff00, 0x00ff0000, 0xff000000 | 0] as const;

const expandFields = (fieldMask: number): number =>
  FIELD_BYTES.reduce((mask, bytes, i) => ((fieldMask >>> i) & 1 ? mask | bytes : mask), 0);
const FIELD_MASKS = Int32Array.from({ length: 16 }, (_, fieldMask) => expandFields(fieldMask));

/** Counts of what the guest did, for `vcpu dumpstat`, `--stats` and tests. */
export interface ExceptionCounts {
  undefined: number;
  supervisorCall: number;
  prefetchAbort: number;
  dataAbort: number;
  irq: number;
  fiq: number;
}

export abstract class SystemOps extends MemoryOps {
  /** Instruction count at which the running slice ends. */
  protected sliceEnd = 0;
  readonly exceptionCounts: ExceptionCounts = {
    undefined: 0,
    supervisorCall: 0,
    prefetchAbort: 0,
    dataAbort: 0,
    irq: 0,
    fiq: 0,
  };
  /** Where the core says what the guest used that is not modelled. */
  log: Logger = silentLogger();
  /** CP15; a compiler asks it which transfers are plain. */
  readonly cp15: SystemControl;
  private readonly cp14: Cp14;
  /** Bits of the CPSR that MSR may write in user mode. */
  private readonly userStatusBits: number;
  /** ARMv6: fault status with a write bit, CPSR.A and CPSR.E in exceptions, a vector base. */
  private readonly isV6: boolean;

  constructor(bus: GuestBus, model: CpuModel) {
    super(bus, model);
    this.isV6 = model.architecture >= 6;
    this.state.hasExtendedStatus = this.isV6;
    this.userStatusBits = this.isV6 ? USER_STATUS_V6 : USER_STATUS_V5;
    const warnOnce = (message: string) => this.log.warnOnce(message);
    this.cp14 = new Cp14(this.s, model, warnOnce);
    const effects: Cp15Effects = {
      controlChanged: (before) => this.controlChanged(before),
      domainsChanged: () => {
        this.selectBank();
        this.stateChanged();
      },
      flushTlb: () => this.flushTlb(),
      flushTlbPage: (va) => {
        this.tlb.flushPage(va);
        this.stateChanged();
      },
      flushTlbNonGlobal: () => {
        this.tlb.flushNonGlobal();
        this.stateChanged();
      },
      translate: (va, privileged, isStore) => this.lookUp(va, privileged, isStore ? CAN_WRITE : CAN_READ),
      instructions: () => this.instructions(),
      warnOnce,
      waitForInterrupt: () => this.waitForInterrupt(),
    };
    this.cp15 = this.isV6 ? new Cp15Arm1176(this.s, model, effects) : new Cp15(this.s, model, effects);
  }

  /** Puts everything of the CPU to what it is after power-on. */
  protected resetSystem(): void {
    this.state.reset();
    this.cp15.reset();
    if (this.isV6) this.s[FLAG_A] = 1;
  }

  private lookUp(va: number, privileged: boolean, need: number): { fault: number; physical: number } {
    const { mmu } = this;
    let fault = mmu.walk(va, privileged);
    if (fault === 0 && (mmu.access & need) === 0) fault = mmu.permissionFault;
    return { fault, physical: mmu.physical };
  }

  override instructions(): number {
    return this.sliceEnd - this.s[REMAINING];
  }

  protected override withhold(): void {
    this.markAborted();
    this.nextPc = this.s[PC];
    this.endSlice();
    this.sliceEnd--;
  }

  /** Ends the running slice after the current instruction. */
  endSlice(): void {
    this.sliceEnd -= this.s[REMAINING];
    this.s[REMAINING] = 0;
  }

  /** Moves the running slice's end forward to `untilInstructions` when that is earlier. */
  shortenSlice(untilInstructions: number): void {
    const remaining = Math.max(0, untilInstructions - this.instructions());
    const excess = this.s[REMAINING] - remaining;
    if (excess <= 0) return;
    this.sliceEnd -= excess;
    this.s[REMAINING] = remaining;
  }

  protected flushTlb(): void {
    this.tlb.flush();
    this.stateChanged();
  }

  private controlChanged(before: number): void {
    const mapping = Control.M | Control.S | Control.R | Control.XP | Control.AFE;
    const control = this.s[CP15_CONTROL];
    if (((before ^ control) & mapping) !== 0) this.flushTlb();
    if (!this.isV6) return;
    if ((control & Control.B) !== 0) this.log.warnOnce("word-invariant big-endian data (SCTLR.B) is not modelled");
    if ((control & Control.VE) !== 0)
      this.log.warnOnce("no interrupt controller gives vectors (SCTLR.VE): fixed ones are used");
  }

  private waitForInterrupt(): void {
    if (this.s[IRQ_LINE] !== 0 || this.s[FIQ_LINE] !== 0) return;
    this.s[HALTED] = 1;
    this.endSlice();
  }

  /** Brings the TLB in line with the E bit. */
  protected byteOrderChanged(): void {
    this.isBigEndian = this.s[FLAG_E] !== 0;
    this.tlb.flush();
  }

  /** After a change of mode, T, I, F or E. */
  protected statusChanged(): void {
    if ((this.s[FLAG_E] !== 0) !== this.isBigEndian) this.byteOrderChanged();
    const privileged = this.s[MODE] !== Mode.usr;
    if (privileged !== this.isPrivileged) {
      this.isPrivileged = privileged;
      this.selectBank();
    }
    this.stateChanged();
    if (this.interruptWaits()) this.endSlice();
  }

  /** An interrupt is asserted and not masked. */
  protected interruptWaits(): boolean {
    const s = this.s;
    return (s[IRQ_LINE] !== 0 && s[FLAG_I] === 0) || (s[FIQ_LINE] !== 0 && s[FLAG_F] === 0);
  }

  readCpsr(): number {
    return this.state.cpsr();
  }

  writeCpsr(value: number, fieldMask: number): void {
    const mask = FIELD_MASKS[fieldMask] & (this.isPrivileged ? -1 : this.userStatusBits);
    const before = this.state.cpsr();
    const after = (before & ~mask) | (value & mask);
    if (((before ^ after) & (this.isV6 ? CONTROL_BITS_V6 : CONTROL_BITS_V5)) === 0) {
      this.state.setFlags(after);
      this.s[FLAG_Q] = (after >>> 27) & 1;
      this.state.setExtendedStatus(after);
      return;
    }
    this.state.setCpsr(after);
    this.statusChanged();
  }

  readSpsr(): number {
    const index = this.state.spsrIndex();
    return index < 0 ? this.state.cpsr() : this.s[index];
  }

  writeSpsr(value: number, fieldMask: number): void {
    const index = this.state.spsrIndex();
    if (index < 0) return;
    const mask = FIELD_MASKS[fieldMask] | ((fieldMask & 1) !== 0 ? 0x20 : 0);
    this.s[index] = (this.s[index] & ~mask) | (value & mask);
  }

  exceptionReturn(target: number): void {
    const index = this.state.spsrIndex();
    if (index >= 0) {
      this.state.setCpsr(this.s[index]);
      this.statusChanged();
    }
    this.branch(target);
  }

  raiseUndefined(): void {
    this.exceptionCounts.undefined++;
    this.enterException(Mode.und, Vector.undefined, this.nextAddress());
  }

  raiseSupervisorCall(): void {
    this.exceptionCounts.supervisorCall++;
    this.enterException(Mode.svc, Vector.supervisorCall, this.nextAddress());
  }

  raiseBreakpoint(): void {
    this.s[CP15_IFSR] = Fault.debugEvent;
    this.cp14.noteBreakpoint();
    this.raisePrefetchAbort();
  }

  /** The prefetch abort of a fetch at `va` that the MMU or the bus refused. */
  protected raiseFetchFault(va: number, fault: number): void {
    this.s[CP15_IFSR] = this.isV6 ? instructionFaultStatus(fault) : fault;
    if (this.isV6) this.s[CP15_IFAR] = this.mmu.modifiedAddress(va);
    this.raisePrefetchAbort();
  }

  protected raisePrefetchAbort(): void {
    this.exceptionCounts.prefetchAbort++;
    this.enterException(Mode.abt, Vector.prefetchAbort, this.s[PC] + 4);
  }

  protected override raiseDataAbort(va: number, faultStatus: number, isStore: boolean): void {
    this.exceptionCounts.dataAbort++;
    this.s[CP15_FAR] = this.mmu.modifiedAddress(va);
    this.s[CP15_DFSR] = this.isV6 ? dataFaultStatus(faultStatus, isStore) : faultStatus;
    this.enterException(Mode.abt, Vector.dataAbort, this.s[PC] + 8);
    this.markAborted();
  }

  /** Takes FIQ or IRQ when one waits; called between two instructions. */
  protected takeInterrupt(): void {
    const s = this.s;
    if (s[FIQ_LINE] !== 0 && s[FLAG_F] === 0) {
      this.exceptionCounts.fiq++;
      this.enterException(Mode.fiq, Vector.fiq, s[PC] + 4);
      s[FLAG_F] = 1;
    } else {
      this.exceptionCounts.irq++;
      this.enterException(Mode.irq, Vector.irq, s[PC] + 4);
    }
    s[PC] = this.nextPc;
  }

  private enterException(mode: number, vector: number, returnAddress: number): void {
    const s = this.s;
    const cpsr = this.state.cpsr();
    this.state.switchMode(mode);
    s[SPSR_BANKS + bankOf(mode)] = cpsr;
    s[R14] = returnAddress;
    s[FLAG_I] = 1;
    s[FLAG_T] = 0;
    if (this.isV6) this.enterV6Exception(vector);
    this.statusChanged();
    // The vector base is zero on a core without the security extension.
    this.nextPc = ((s[CP15_CONTROL] & Control.V) !== 0 ? HIGH_VECTORS : s[CP15_VBAR]) + vector;
  }

  /** Imprecise aborts are masked by all exceptions but these two; the byte order of the handler is the control register's. */
  private enterV6Exception(vector: number): void {
    const { s } = this;
    if (vector !== Vector.undefined && vector !== Vector.supervisorCall) s[FLAG_A] = 1;
    s[FLAG_E] = (s[CP15_CONTROL] & Control.EE) !== 0 ? 1 : 0;
  }

  readCoprocessor(cp: number, opcode1: number, crn: number, crm: number, opcode2: number): number {
    let value: number | undefined;
    if (cp === 15) value = this.cp15.read(opcode1, crn, crm, opcode2);
    else if (cp === 14) value = this.cp14.read(opcode1, crn, crm, opcode2);
    if (value !== undefined) return value;
    this.raiseUndefined();
    this.markAborted();
    return 0;
  }

  writeCoprocessor(cp: number, opcode1: number, crn: number, crm: number, opcode2: number, value: number): void {
    if (cp === 15 && this.cp15.write(opcode1, crn, crm, opcode2, value)) return;
    if (cp === 14 && this.cp14.write(opcode1, crn, crm, opcode2, value)) return;
    this.raiseUndefined();
    this.markAborted();
  }

  /** R15 as the exception handler's debugger shows it between two instructions. */
  get pc(): number {
    return this.s[PC];
  }

  set pc(address: number) {
    this.s[PC] = address;
    this.s[R15] = address;
  }
}
