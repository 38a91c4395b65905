/**
 * Memory accesses of the compiler, and the ways out of a region.
 *
 * Each access looks its page up in the TLB; what the TLB does not know, a call asks for (`look-up.ts`). Everything else (a
 * device, a fault, a trapped page, an unaligned address) ends the region before the instruction. No register is written
 * before that is known, because writes wait in `pending`, so the instruction starts anew.
 */

import { CPU_STATE_OFFSET } from "../../memory/index.ts";
import { ADDEND, Control, CP15_CONTROL, ENTRY_WORDS, TAG_READ, TAG_WRITE, TLB_ENTRIES, Tlb } from "../core/index.ts";
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

/** Index of the imported `lookUp(va, kind)`: the host address, or -1. */
export const LOOK_UP_FUNCTION = 0;
/** Flags of `kind`, beside the size of the access in bytes. */
export const KIND_STORE = 8;
/** With user permissions, by a privileged region. */
export const KIND_USER = 16;
/** An instruction fetch. */
export const KIND_FETCH = 32;
/** The first of several words, which must be aligned whatever single ones may be. */
export const KIND_BLOCK = 128;
/**
 * The state has PC and the count of instructions of this very access, and the value of a store: one that is a device's, or
 * that somebody wants to know of, can be done.
 */
export const KIND_EXACT = 256;
/** Not an access: asks for the TLB bank of a DACR value. */
export const KIND_DOMAINS = 64;

/** Not an access: forgets the mapping of a page. */
export const KIND_FLUSH_PAGE = 512;

const PAGE = 4096;
const TLB_INDEX_SHIFT = 12 - Math.log2(ENTRY_WORDS * 4);
const TLB_INDEX_MASK = (TLB_ENTRIES - 1) * ENTRY_WORDS * 4;

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
    this.translate(address, sizeBytes, true, asUser, 0, value);
    this.w.get(LOCAL_HOST);
    const opcode = { 1: Op.store8, 2: Op.store16, 4: Op.store }[sizeBytes];
    this.push(value).memory(opcode, 0, Math.log2(sizeBytes));
  }

  /** Leaves the host address of an access in LOCAL_HOST, or the region. */
  private translate(
    address: Value,
    sizeBytes: number,
    isStore: boolean,
    asUser: boolean,
    flags = 0,
    stored?: Value,
  ): void {
    const { w } = this;
    const isUser = asUser && this.isPrivileged;
    const kind = sizeBytes | (isStore ? KIND_STORE : 0) | (isUser ? KIND_USER : 0) | flags;
    this.push(address).const(TLB_INDEX_SHIFT).op(Op.shrU).const(TLB_INDEX_MASK).op(Op.and);
    w.get(LOCAL_BANK).op(Op.add);
    if (isUser) w.const(Tlb.bankStride * 4).op(Op.sub);
    w.tee(LOCAL_ENTRY).memory(Op.load, (isStore ? TAG_WRITE : TAG_READ) * 4, 2);
    this.push(address)
      .const(-PAGE | (sizeBytes - 1))
      .op(Op.and);
    w.op(Op.eq).hint(true);
    this.open(Op.if, I32);
    this.push(address)
      .get(LOCAL_ENTRY)
      .memory(Op.load, ADDEND * 4, 2)
      .op(Op.add);
    w.op(Op.else);
    this.lookUp(address, kind, stored);
    this.close();
    w.set(LOCAL_HOST);
  }

  /** The TLB has no entry: leaves the host address on the stack, or the region. */
  protected lookUp(address: Value, kind: number, _stored: Value | undefined): void {
    this.push(address).const(kind).call(LOOK_UP_FUNCTION).tee(LOCAL_HOST).const(0).op(Op.ltS).hint(false);
    this.open(Op.if);
    this.exitBefore();
    this.close();
    this.w.get(LOCAL_HOST);
  }

  openBlock(address: Value, words: number, isStore: boolean, alignment: number): void {
    const { w } = this;
    this.push(address)
      .const(PAGE - 1)
      .op(Op.and)
      .const(PAGE - words * 4)
      .op(Op.gtU);
    if (alignment > 4) {
      this.push(address)
        .const(alignment - 1)
        .op(Op.and)
        .const(0)
        .op(Op.ne);
      w.loadAt(CPU_STATE_OFFSET + CP15_CONTROL * 4)
        .const(Control.A)
        .op(Op.and)
        .const(0)
        .op(Op.ne, Op.and, Op.or);
    }
    w.hint(false);
    this.open(Op.if);
    this.exitBefore();
    this.close();
    this.translate(address, 4, isStore, false, KIND_BLOCK);
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
