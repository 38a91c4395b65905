/**
 * Branches, conditions and status of the compiler. What cannot be compiled sets `needsInterpreter`: then the region ends
 * before the instruction and the interpreter does it, with all its exceptions.
 */
import { CPU_STATE_OFFSET } from "../../memory/index.ts";
import { FIQ_LINE, FLAG_A, FLAG_F, FLAG_GE, FLAG_I, FLAG_Q, IRQ_LINE, MODE } from "../core/index.ts";
import type { DecodedInsn } from "../decode/index.ts";
import { execTable, type Ops } from "../semantics/index.ts";
import { Exit, LOCAL_C, LOCAL_N, LOCAL_V, LOCAL_Z, REGISTER_LOCAL } from "./locals.table.ts";
import { constantValue, type Value } from "./value.ts";
import { WasmVfp } from "./wasm-vfp.ts";
import { Op } from "./wasm-writer.ts";

const stateAddress = (word: number): number => CPU_STATE_OFFSET + word * 4;
/** CP15 operations on caches and write buffers, which have no effect here; waiting for an interrupt is not among them. */
const isCacheOperation = (cp: number, opcode1: number, crn: number, crm: number): boolean =>
  cp === 15 && opcode1 === 0 && crn === 7 && crm !== 0;

/** The fields s and x of MSR, which hold GE, E and A of ARMv6: seldom written. */
const EXTENDED_FIELDS = 6;

const semanticOfRow = execTable<Value>();

export class WasmOps extends WasmVfp implements Ops<Value> {
  /** Where the instruction branches, and whether bit 0 chooses the state. */
  branchTarget: Value | undefined;
  isExchange = false;
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
    semanticOfRow[insn.row](this, insn);
    if (!this.needsInterpreter) this.commit();
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

  private commit(): void {
    // A value that is another register's local must be read before that register is written.
    if (this.branchTarget !== undefined) this.branchTarget = this.detach(this.branchTarget, -1);
    for (const [n, value] of this.pending) this.pending.set(n, this.detach(value, n));
    for (const [n, value] of this.pending) {
      this.push(value).set(REGISTER_LOCAL + n);
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

  readCoprocessor(): Value {
    return this.interpret();
  }

  writeCoprocessor(cp: number, opcode1: number, crn: number, crm: number): void {
    if (!this.isPrivileged || !isCacheOperation(cp, opcode1, crn, crm)) this.interpret();
  }

  regUser(): Value {
    return this.interpret();
  }

  writeRegUser(): void {
    this.interpret();
  }

  readSpsr(): Value {
    return this.interpret();
  }

  writeSpsr(): void {
    this.interpret();
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
