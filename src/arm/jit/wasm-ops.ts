/**
 * Memory, branches and status of the compiler. What cannot be compiled sets `needsInterpreter`: then the region ends
 * before the instruction and the interpreter does it, with all its exceptions.
 *
 * An access takes the fast path of the TLB entry, or asks `refill` for RAM. Everything else (a device, a fault, a trapped
 * page, an unaligned address) also ends the region before the instruction. No register is written before that is known,
 * because writes wait in `pending`, so the instruction starts anew.
 */

import { CPU_STATE_OFFSET } from "../../memory/index.ts";
import {
  ADDEND,
  ENTRY_WORDS,
  FIQ_LINE,
  FLAG_F,
  FLAG_I,
  FLAG_Q,
  IRQ_LINE,
  MODE,
  TAG_READ,
  TAG_WRITE,
  TLB_ENTRIES,
  Tlb,
} from "../core/index.ts";
import type { Insn } from "../decode/index.ts";
import type { Ops } from "../semantics/index.ts";
import {
  Exit,
  LOCAL_BANK,
  LOCAL_BLOCK,
  LOCAL_C,
  LOCAL_ENTRY,
  LOCAL_EXIT_PC,
  LOCAL_EXIT_REASON,
  LOCAL_HOST,
  LOCAL_N,
  LOCAL_REMAINING,
  LOCAL_V,
  LOCAL_Z,
  REGISTER_LOCAL,
} from "./locals.table.ts";
import { constantValue, localValue, type Value } from "./value.ts";
import { WasmAlu } from "./wasm-alu.ts";
import { I32, Op, VOID } from "./wasm-writer.ts";

/** Index of the imported `refill(va, sizeBytes | STORE)`. */
export const REFILL_FUNCTION = 0;
/** Flags of the second argument of `refill`, beside the size. */
export const REFILL_STORE = 8;
export const REFILL_USER = 16;

const stateAddress = (word: number): number => CPU_STATE_OFFSET + word * 4;
const ENTRY_BYTES = ENTRY_WORDS * 4;
const PAGE = 4096;

/** CP15 operations on caches and write buffers, which have no effect here; waiting for an interrupt is not among them. */
const isCacheOperation = (cp: number, opcode1: number, crn: number, crm: number): boolean =>
  cp === 15 && opcode1 === 0 && crn === 7 && crm !== 0;

export class WasmOps extends WasmAlu implements Ops<Value> {
  /** The instruction must be left to the interpreter. */
  needsInterpreter = false;
  /** Where the instruction branches, and whether bit 0 chooses the state. */
  branchTarget: Value | undefined;
  isExchange = false;
  /** I or F may have been cleared: a waiting interrupt must be taken after this instruction. */
  mayUnmask = false;
  /** Open wasm labels; the exit block is the outermost. */
  depth = 0;
  private readonly isPrivileged: boolean;
  private sizeBytes = 4;
  /** Instructions of the block from this one on, which the block has already taken off `remaining`. */
  private untilBlockEnd = 0;

  constructor(writer: ConstructorParameters<typeof WasmAlu>[0], isThumb: boolean, isPrivileged: boolean) {
    super(writer);
    this.isThumb = isThumb;
    this.isPrivileged = isPrivileged;
  }

  /** Writes the code of one instruction, condition apart, and leaves what it branches to. */
  instruction(insn: Insn<WasmOps>, pc: number, untilBlockEnd: number): void {
    this.pc = pc;
    this.sizeBytes = this.isThumb ? 2 : 4;
    this.untilBlockEnd = untilBlockEnd;
    this.used = 0;
    this.pending.clear();
    this.needsInterpreter = false;
    this.branchTarget = undefined;
    this.isExchange = false;
    this.mayUnmask = false;
    insn.exec(this, insn);
    if (!this.needsInterpreter) this.commit();
  }

  /** The last instruction leaves the next address in LR. */
  get isCall(): boolean {
    const link = this.pending.get(14);
    return link?.constant !== undefined && (link.constant & ~1) === (this.pc + this.sizeBytes) >> 0;
  }

  /** Opens a label. */
  open(opcode: number, type: number = VOID): void {
    this.w.op(opcode, type);
    this.depth++;
  }

  close(): void {
    this.w.op(Op.end);
    this.depth--;
  }

  /** Leaves the region. `addBack` instructions were taken off `remaining` and not executed. */
  exit(pc: Value, reason: number, addBack: number): void {
    this.push(pc).set(LOCAL_EXIT_PC);
    this.w.const(reason).set(LOCAL_EXIT_REASON);
    if (addBack !== 0) this.w.get(LOCAL_REMAINING).const(addBack).op(Op.add).set(LOCAL_REMAINING);
    this.w.br(this.depth - 1);
  }

  private exitBefore(): void {
    this.exit(constantValue(this.pc), Exit.interpret, this.untilBlockEnd);
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
    w.op(Op.or);
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

  load8(address: Value): Value {
    return this.load(address, 1, false);
  }

  load16(address: Value): Value {
    return this.load(address, 2, false);
  }

  load32(address: Value): Value {
    return this.load(address, 4, false);
  }

  load8User(address: Value): Value {
    return this.load(address, 1, true);
  }

  load32User(address: Value): Value {
    return this.load(address, 4, true);
  }

  store8(address: Value, value: Value): void {
    this.store(address, value, 1, false);
  }

  store16(address: Value, value: Value): void {
    this.store(address, value, 2, false);
  }

  store32(address: Value, value: Value): void {
    this.store(address, value, 4, false);
  }

  store8User(address: Value, value: Value): void {
    this.store(address, value, 1, true);
  }

  store32User(address: Value, value: Value): void {
    this.store(address, value, 4, true);
  }

  private load(address: Value, sizeBytes: 1 | 2 | 4, asUser: boolean): Value {
    this.translate(address, sizeBytes, false, asUser);
    const opcode = { 1: Op.load8u, 2: Op.load16u, 4: Op.load }[sizeBytes];
    this.w.get(LOCAL_HOST).memory(opcode, 0, Math.log2(sizeBytes));
    return this.pop();
  }

  private store(address: Value, value: Value, sizeBytes: 1 | 2 | 4, asUser: boolean): void {
    this.translate(address, sizeBytes, true, asUser);
    this.w.get(LOCAL_HOST);
    const opcode = { 1: Op.store8, 2: Op.store16, 4: Op.store }[sizeBytes];
    this.push(value).memory(opcode, 0, Math.log2(sizeBytes));
  }

  /** Byte offset of the TLB entry of an address, kept in LOCAL_ENTRY and left on the stack. */
  private pushEntry(address: Value, asUser: boolean): void {
    const { w } = this;
    this.push(address)
      .const(12)
      .op(Op.shrU)
      .const(TLB_ENTRIES - 1)
      .op(Op.and)
      .const(Math.log2(ENTRY_BYTES))
      .op(Op.shl);
    w.get(LOCAL_BANK).op(Op.add);
    if (asUser && this.isPrivileged) w.const(Tlb.bankStride * 4).op(Op.sub);
    w.tee(LOCAL_ENTRY);
  }

  /** Leaves the host address of an access in LOCAL_HOST, or the region. */
  private translate(address: Value, sizeBytes: number, isStore: boolean, asUser: boolean): void {
    const { w } = this;
    this.pushEntry(address, asUser);
    w.memory(Op.load, (isStore ? TAG_WRITE : TAG_READ) * 4, 2);
    this.push(address)
      .const(-PAGE | (sizeBytes - 1))
      .op(Op.and, Op.eq);
    this.open(Op.if, I32);
    this.push(address)
      .get(LOCAL_ENTRY)
      .memory(Op.load, ADDEND * 4, 2)
      .op(Op.add);
    w.op(Op.else);
    this.pushRefill(address, sizeBytes | (isStore ? REFILL_STORE : 0) | (asUser ? REFILL_USER : 0));
    this.close();
    w.set(LOCAL_HOST);
  }

  /** Asks for the host address of an access that missed; leaves the region when it is no plain RAM. */
  private pushRefill(address: Value, kind: number): void {
    const { w } = this;
    this.push(address).const(kind).call(REFILL_FUNCTION);
    w.tee(LOCAL_HOST).const(0).op(Op.ltS);
    this.open(Op.if);
    this.exitBefore();
    this.close();
    w.get(LOCAL_HOST);
  }

  openBlock(address: Value, words: number, isStore: boolean, alignment: number): void {
    const { w } = this;
    this.push(address)
      .const(PAGE - 1)
      .op(Op.and)
      .const(PAGE - words * 4)
      .op(Op.gtU);
    if (alignment > 4)
      this.push(address)
        .const(alignment - 1)
        .op(Op.and, Op.or);
    this.open(Op.if);
    this.exitBefore();
    this.close();
    this.translate(address, 4, isStore, false);
    w.get(LOCAL_HOST).set(LOCAL_BLOCK);
  }

  blockLoad(index: number): Value {
    this.w.get(LOCAL_BLOCK).memory(Op.load, index * 4, 2);
    return this.pop();
  }

  blockStore(index: number, value: Value): void {
    this.w.get(LOCAL_BLOCK);
    this.push(value).memory(Op.store, index * 4, 2);
  }

  readCpsr(): Value {
    const { w } = this;
    w.get(LOCAL_N).const(-0x80000000).op(Op.and);
    w.get(LOCAL_Z).op(Op.eqz).const(30).op(Op.shl, Op.or);
    w.get(LOCAL_C).const(29).op(Op.shl, Op.or);
    w.get(LOCAL_V).const(31).op(Op.shrU).const(28).op(Op.shl, Op.or);
    for (const [word, bit] of [
      [FLAG_Q, 27],
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
    if ((fieldMask & 1) !== 0 && this.isPrivileged) {
      this.push(value).loadAt(stateAddress(MODE)).op(Op.xor).const(0x1f).op(Op.and);
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

  private interpret(): Value {
    this.needsInterpreter = true;
    return localValue(LOCAL_HOST);
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
