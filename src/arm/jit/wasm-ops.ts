/**
 * Branches, conditions and status of the compiler. What cannot be compiled sets `needsInterpreter`: then the region ends
 * before the instruction and the interpreter does it, with all its exceptions.
 */
import { CPU_STATE_OFFSET } from "../../memory/index.ts";
import {
  CP15_DACR,
  FIQ_LINE,
  FLAG_A,
  FLAG_F,
  FLAG_GE,
  FLAG_I,
  FLAG_Q,
  IRQ_LINE,
  MODE,
  Mode,
  R13_BANKS,
  R14_BANKS,
  Tlb,
} from "../core/index.ts";
import type { DecodedInsn } from "../decode/index.ts";
import { execTable, type Ops } from "../semantics/index.ts";
import { type Cp15View, isDomainAccess, isUserReadable } from "./cp15.table.ts";
import { Exit, LOCAL_BANK, LOCAL_C, LOCAL_ENTRY, LOCAL_N, LOCAL_V, LOCAL_Z, REGISTER_LOCAL } from "./locals.table.ts";
import { SPSR_WORD, TLB_BANK_WORD } from "./look-up.ts";
import { constantValue, type Value } from "./value.ts";
import { KIND_DOMAINS, KIND_FLUSH_PAGE, LOOK_UP_FUNCTION } from "./wasm-memory.ts";
import { WasmVfp } from "./wasm-vfp.ts";
import { Op, type WasmWriter } from "./wasm-writer.ts";

const stateAddress = (word: number): number => CPU_STATE_OFFSET + word * 4;

const ALWAYS = 14;
/** The fields s and x of MSR, which hold GE, E and A of ARMv6: seldom written. */
const EXTENDED_FIELDS = 6;

const semanticOfRow = execTable<Value>();

/** What compiled code depends on beside the instruction. */
export interface CoreView {
  readonly isPrivileged: boolean;
  readonly cp15: Cp15View;
}

export class WasmOps extends WasmVfp implements Ops<Value> {
  /** Where the instruction branches, and whether bit 0 chooses the state. */
  branchTarget: Value | undefined;
  isExchange = false;
  /** The TLB bank is another one, or an entry is gone: the code itself may be mapped otherwise now. */
  changesMapping = false;
  private checkedOwnStack = false;
  /** The condition of `instructionIf`. */
  private chooses = ALWAYS;
  private readonly cp15: Cp15View;

  constructor(writer: WasmWriter, isThumb: boolean, { isPrivileged, cp15 }: CoreView) {
    super(writer, isThumb, isPrivileged);
    this.cp15 = cp15;
  }

  /** Ends the region before an instruction that the interpreter must do, when its condition holds. */
  escape(pc: number, untilBlockEnd: number): void {
    this.pc = pc;
    this.untilBlockEnd = untilBlockEnd;
    this.mayUnmask = false;
    this.changesMapping = false;
    this.branchTarget = undefined;
    this.exitBefore();
  }

  /** Writes the code of one instruction, condition apart, and leaves what it branches to. */
  instruction(insn: DecodedInsn, pc: number, untilBlockEnd: number): void {
    this.pc = pc;
    this.sizeBytes = this.isThumb ? 2 : 4;
    this.untilBlockEnd = untilBlockEnd;
    this.releaseTemporaries();
    this.pending.clear();
    this.needsInterpreter = false;
    this.branchTarget = undefined;
    this.isExchange = false;
    this.mayUnmask = false;
    this.changesMapping = false;
    this.checkedOwnStack = false;
    semanticOfRow[insn.row](this, insn);
    if (!this.needsInterpreter) this.commit();
  }

  /**
   * The same for one that only computes a register: it computes always, and the condition chooses between the result and what
   * the register held. A branch around it would often go another way than the host's processor expects.
   */
  instructionIf(insn: DecodedInsn, pc: number, untilBlockEnd: number): void {
    this.chooses = insn.c;
    this.instruction(insn, pc, untilBlockEnd);
    this.chooses = ALWAYS;
  }

  /** The last instruction leaves the next address in LR. */
  get isCall(): boolean {
    const link = this.pending.get(14);
    return link?.constant !== undefined && (link.constant & ~1) === (this.pc + this.sizeBytes) >> 0;
  }

  /** Ends the slice after this instruction when an interrupt waits that is no longer masked. */
  exitIfInterruptWaits(): void {
    const { w } = this;
    for (const [line, mask] of [
      [IRQ_LINE, FLAG_I],
      [FIQ_LINE, FLAG_F],
    ]) {
      w.loadAt(stateAddress(line)).loadAt(stateAddress(mask)).op(Op.gtU);
    }
    w.op(Op.or).hint(false);
    this.open(Op.if);
    this.exit(constantValue(this.pc + this.sizeBytes), Exit.slice, this.untilBlockEnd - 1);
    this.close();
  }

  /** Puts the truth of a condition on the stack. */
  condition(code: number): void {
    const { w, compared } = this;
    const signed: Readonly<Record<number, number>> = { 10: Op.geS, 11: Op.ltS, 12: Op.gtS, 13: Op.leS };
    const unsigned: Readonly<Record<number, number>> = {
      0: Op.eq,
      1: Op.ne,
      2: Op.geU,
      3: Op.ltU,
      8: Op.gtU,
      9: Op.leU,
    };
    const opcode = compared === undefined ? undefined : (signed[code] ?? unsigned[code]);
    if (compared !== undefined && opcode !== undefined) {
      this.push(compared.a);
      this.push(compared.b).op(opcode);
      return;
    }
    this.flagCondition(code & 14);
    if ((code & 1) !== 0) w.op(Op.eqz);
  }

  private flagCondition(code: number): void {
    const { w } = this;
    const signsAgree = () => w.get(LOCAL_N).get(LOCAL_V).op(Op.xor).const(0).op(Op.geS);
    switch (code) {
      case 0:
        w.get(LOCAL_Z).op(Op.eqz);
        break;
      case 2:
        w.get(LOCAL_C);
        break;
      case 4:
        w.get(LOCAL_N).const(0).op(Op.ltS);
        break;
      case 6:
        w.get(LOCAL_V).const(0).op(Op.ltS);
        break;
      case 8:
        w.get(LOCAL_C).get(LOCAL_Z).const(0).op(Op.ne, Op.and);
        break;
      case 10:
        signsAgree();
        break;
      default:
        signsAgree();
        w.get(LOCAL_Z).const(0).op(Op.ne, Op.and);
    }
  }

  /** The flags may come from elsewhere: at the start of a block and after a conditional instruction. */
  forgetComparison(): void {
    this.compared = undefined;
  }

  protected commit(): void {
    // A value that is another register's local must be read before that register is written.
    if (this.branchTarget !== undefined) this.branchTarget = this.detach(this.branchTarget, -1);
    for (const [n, value] of this.pending) this.pending.set(n, this.detach(value, n));
    for (const [n, value] of this.pending) {
      this.push(value);
      if (this.chooses !== ALWAYS) {
        this.w.get(REGISTER_LOCAL + n);
        this.condition(this.chooses);
        this.w.op(Op.select);
      }
      this.w.set(REGISTER_LOCAL + n);
      this.written.add(n);
      this.touched.add(n);
      const { compared } = this;
      if (compared?.a.local === REGISTER_LOCAL + n || compared?.b.local === REGISTER_LOCAL + n)
        this.compared = undefined;
    }
  }

  private detach(value: Value, own: number): Value {
    const base = value.notOf ?? value;
    const register = base.local - REGISTER_LOCAL;
    const isRegister = base.constant === undefined && register >= 0 && register < 15;
    if (!isRegister || register === own || !this.pending.has(register)) return value;
    this.push(value);
    return this.pop();
  }

  writeReg(n: number, value: Value): void {
    if (n === 15) this.branch(value);
    else this.pending.set(n, this.withoutFlags(value));
  }

  /** The carry flag's own local may change before the write is done. */
  private withoutFlags(value: Value): Value {
    if (value.local !== LOCAL_C) return value;
    this.push(value);
    return this.pop();
  }

  branch(target: Value): void {
    this.branchTarget = this.and(target, constantValue(this.isThumb ? ~1 : ~3));
  }

  branchExchange(target: Value): void {
    this.branchTarget = target;
    this.isExchange = true;
  }

  nextAddress(): Value {
    return constantValue(this.pc + this.sizeBytes);
  }

  aborted(): boolean {
    return false;
  }

  readCpsr(): Value {
    const { w } = this;
    w.get(LOCAL_N).const(-0x80000000).op(Op.and);
    w.get(LOCAL_Z).op(Op.eqz).const(30).op(Op.shl, Op.or);
    w.get(LOCAL_C).const(29).op(Op.shl, Op.or);
    w.get(LOCAL_V).const(31).op(Op.shrU).const(28).op(Op.shl, Op.or);
    for (const [word, bit] of [
      [FLAG_Q, 27],
      [FLAG_GE, 16],
      [FLAG_A, 8],
      [FLAG_I, 7],
      [FLAG_F, 6],
    ]) {
      w.loadAt(stateAddress(word)).const(bit).op(Op.shl, Op.or);
    }
    w.loadAt(stateAddress(MODE)).op(Op.or);
    if (this.isThumb) w.const(0x20).op(Op.or);
    return this.pop();
  }

  writeCpsr(value: Value, fieldMask: number): void {
    const { w } = this;
    if ((fieldMask & EXTENDED_FIELDS) !== 0) {
      this.interpret();
      return;
    }
    if ((fieldMask & 1) !== 0 && this.isPrivileged) {
      this.push(value).loadAt(stateAddress(MODE)).op(Op.xor).const(0x1f).op(Op.and).hint(false);
      this.open(Op.if);
      this.exitBefore();
      this.close();
      for (const [word, bit] of [
        [FLAG_I, 7],
        [FLAG_F, 6],
      ]) {
        w.const(0);
        this.push(value).const(bit).op(Op.shrU).const(1).op(Op.and).memory(Op.store, stateAddress(word), 2);
      }
      this.mayUnmask = true;
    }
    if ((fieldMask & 8) === 0) return;
    this.setFlagsFromBits(value);
    w.const(0);
    this.push(value).const(27).op(Op.shrU).const(1).op(Op.and).memory(Op.store, stateAddress(FLAG_Q), 2);
  }

  /** Registers of the system control coprocessor that are read from the state block as they are. */
  readCoprocessor(cp: number, opcode1: number, crn: number, crm: number, opcode2: number): Value {
    const mayRead = this.isPrivileged || isUserReadable(opcode1, crn, crm, opcode2);
    const word = cp === 15 && mayRead ? this.cp15.plainWord(opcode1, crn, crm, opcode2) : undefined;
    if (word === undefined) return this.interpret();
    this.w.loadAt(stateAddress(word));
    return this.pop();
  }

  writeCoprocessor(cp: number, opcode1: number, crn: number, crm: number, opcode2: number, value: Value): void {
    if (!this.isPrivileged || cp !== 15) this.interpret();
    else if (isDomainAccess(opcode1, crn, crm, opcode2)) this.writeDomains(value);
    else if (this.cp15.flushesPage(opcode1, crn, crm, opcode2)) this.flushPage(value);
    else if (!this.cp15.hasNoEffect(opcode1, crn, crm, opcode2)) this.interpret();
  }

  private flushPage(value: Value): void {
    this.push(value).const(KIND_FLUSH_PAGE).call(LOOK_UP_FUNCTION).op(Op.drop);
    this.changesMapping = true;
  }

  /** Selects the TLB bank of the new DACR value; the interpreter makes banks for values that have none. */
  private writeDomains(value: Value): void {
    const { w } = this;
    this.push(value).const(KIND_DOMAINS).call(LOOK_UP_FUNCTION).tee(LOCAL_ENTRY).const(0).op(Op.ltS).hint(false);
    this.open(Op.if);
    this.exitBefore();
    this.close();
    w.get(LOCAL_ENTRY)
      .const(Tlb.bankStride * 4)
      .op(Op.add)
      .set(LOCAL_BANK);
    w.const(0).get(LOCAL_BANK).memory(Op.store, stateAddress(TLB_BANK_WORD), 2);
    w.const(0);
    this.push(value).memory(Op.store, stateAddress(CP15_DACR), 2);
    this.changesMapping = true;
  }

  /** Leaves the instruction to the interpreter in a mode that shares R13 and R14 with user mode, or banks more. */
  private requireOwnStack(): void {
    if (this.checkedOwnStack) return;
    this.checkedOwnStack = true;
    const { w } = this;
    w.loadAt(stateAddress(SPSR_WORD)).op(Op.eqz);
    w.loadAt(stateAddress(MODE)).const(Mode.fiq).op(Op.eq, Op.or).hint(false);
    this.open(Op.if);
    this.exitBefore();
    this.close();
  }

  regUser(n: number): Value {
    if (!this.isPrivileged) return this.interpret();
    this.requireOwnStack();
    if (n < 13 || n === 15) return this.reg(n);
    this.w.loadAt(stateAddress(n === 13 ? R13_BANKS : R14_BANKS));
    return this.pop();
  }

  writeRegUser(n: number, value: Value): void {
    if (!this.isPrivileged || n === 15) {
      this.interpret();
      return;
    }
    this.requireOwnStack();
    if (n < 13) {
      this.writeReg(n, value);
      return;
    }
    this.w.const(0);
    this.push(value).memory(Op.store, stateAddress(n === 13 ? R13_BANKS : R14_BANKS), 2);
  }

  /** Leaves the byte offset of the SPSR in LOCAL_ENTRY. */
  private openSpsr(): void {
    const { w } = this;
    w.loadAt(stateAddress(SPSR_WORD)).tee(LOCAL_ENTRY).op(Op.eqz).hint(false);
    this.open(Op.if);
    this.exitBefore();
    this.close();
  }

  readSpsr(): Value {
    if (!this.isPrivileged) return this.interpret();
    this.openSpsr();
    this.w.get(LOCAL_ENTRY).memory(Op.load, 0, 2);
    return this.pop();
  }

  /** Only the write of all fields is worth compiling: exception entries do it. */
  writeSpsr(value: Value, fieldMask: number): void {
    if (!this.isPrivileged || fieldMask !== 15) {
      this.interpret();
      return;
    }
    this.openSpsr();
    this.w.get(LOCAL_ENTRY);
    this.push(value).memory(Op.store, 0, 2);
  }

  exceptionReturn(): void {
    this.interpret();
  }

  raiseUndefined(): void {
    this.interpret();
  }

  raiseSupervisorCall(): void {
    this.interpret();
  }

  raiseBreakpoint(): void {
    this.interpret();
  }
}
