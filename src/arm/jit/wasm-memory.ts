/**
 * Memory accesses of the compiler, and the ways out of a region.
 *
 * An access takes the fast path of the TLB entry, or asks `refill` for RAM. Everything else (a device, a fault, a trapped
 * page, an unaligned address) ends the region before the instruction. No register is written before that is known,
 * because writes wait in `pending`, so the instruction starts anew.
 */
import { ADDEND, ENTRY_WORDS, TAG_READ, TAG_WRITE, TLB_ENTRIES, Tlb } from "../core/index.ts";
import {
  Exit,
  LOCAL_BANK,
  LOCAL_BLOCK,
  LOCAL_ENTRY,
  LOCAL_EXIT_PC,
  LOCAL_EXIT_REASON,
  LOCAL_HOST,
  LOCAL_REMAINING,
} from "./locals.table.ts";
import { constantValue, type Value } from "./value.ts";
import { WasmShift } from "./wasm-shift.ts";
import { I32, Op, VOID, type WasmWriter } from "./wasm-writer.ts";

/** Index of the imported `refill(va, sizeBytes | STORE)`. */
export const REFILL_FUNCTION = 0;
/** Flags of the second argument of `refill`, beside the size. */
export const REFILL_STORE = 8;
export const REFILL_USER = 16;

const ENTRY_BYTES = ENTRY_WORDS * 4;
const PAGE = 4096;

export abstract class WasmMemory extends WasmShift {
  /** Open wasm labels; the exit block is the outermost. */
  depth = 0;
  protected readonly isPrivileged: boolean;
  protected sizeBytes = 4;
  /** Instructions of the block from this one on, which the block has already taken off `remaining`. */
  protected untilBlockEnd = 0;

  constructor(writer: WasmWriter, isThumb: boolean, isPrivileged: boolean) {
    super(writer);
    this.isThumb = isThumb;
    this.isPrivileged = isPrivileged;
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

  protected exitBefore(): void {
    this.exit(constantValue(this.pc), Exit.interpret, this.untilBlockEnd);
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
}
