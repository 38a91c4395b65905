/** Loads and stores of the interpreter: the TLB check inline, everything else in one slow path. Hot code. */
import type { AccessSize, GuestBus } from "../../memory/index.ts";
import {
  ADDEND,
  CAN_READ,
  CAN_WRITE,
  Control,
  CP15_CONTROL,
  CP15_DACR,
  type CpuModel,
  ENTRY_WORDS,
  Fault,
  FILL_WATCHED,
  Mmu,
  MmuV6,
  type StopPoints,
  TAG_READ,
  TAG_WRITE,
  TLB_ENTRIES,
  Tlb,
} from "../core/index.ts";
import { AluOps } from "./alu-ops.ts";

const INDEX_MASK = TLB_ENTRIES - 1;
const FAULT_ALIGNMENT = Fault.alignment;
/** Equal to no page address: its low bit is set. */
const NO_PAGE = 1;

/** The low bytes of a word in the other order. */
function reversed(value: number, sizeBytes: AccessSize): number {
  if (sizeBytes === 1) return value;
  const halves = ((value & 0x00ff00ff) << 8) | ((value >>> 8) & 0x00ff00ff);
  return sizeBytes === 2 ? halves & 0xffff : (halves << 16) | (halves >>> 16);
}

export abstract class MemoryOps extends AluOps {
  protected readonly i32: Int32Array;
  protected readonly u16: Uint16Array;
  protected readonly u8: Uint8Array;
  protected readonly bus: GuestBus;
  protected readonly mmu: Mmu;
  protected readonly tlb: Tlb;
  /** Word index of the TLB bank of the current privilege and DACR. */
  protected bank: number;
  protected isPrivileged = true;
  /** Data accesses are big-endian: then the TLB stays empty, so that each access comes to the slow path. */
  protected isBigEndian = false;
  protected abortFlag = false;
  /** A debugger's; see `debug`. */
  protected stopPoints: StopPoints | undefined;
  /** The open block: word index in host memory when it is one piece of RAM, else -1 and word by word. */
  private blockWord = 0;
  private blockAddress = 0;

  constructor(bus: GuestBus, model: CpuModel) {
    super(bus.host);
    this.bus = bus;
    this.i32 = bus.host.i32;
    this.u16 = bus.host.u16;
    this.u8 = bus.host.u8;
    this.mmu = model.architecture >= 6 ? new MmuV6(this.s, bus) : new Mmu(this.s, bus);
    this.tlb = new Tlb(bus.host, bus.traps);
    this.bank = 0;
  }

  /** The instruction is not to be executed now, after all: it has no effect, and is the next one still. */
  protected abstract withhold(): void;

  /** Instructions begun since power-on; exact also in the middle of one. */
  abstract instructions(): number;

  /** Enters the data abort exception. */
  protected abstract raiseDataAbort(va: number, faultStatus: number, isStore: boolean): void;

  /** Chooses the bank after a change of privilege or DACR. */
  protected selectBank(): void {
    this.bank = this.tlb.bankFor(this.s[CP15_DACR]) + (this.isPrivileged ? Tlb.bankStride : 0);
  }

  protected markAborted(): void {
    this.abortFlag = true;
  }

  aborted(): boolean {
    if (!this.abortFlag) return false;
    this.abortFlag = false;
    return true;
  }

  load32(va: number): number {
    const entry = this.bank + ((va >>> 12) & INDEX_MASK) * ENTRY_WORDS;
    const i32 = this.i32;
    if (i32[entry + TAG_READ] === (va & 0xfffff003)) return i32[(va + i32[entry + ADDEND]) >> 2];
    return this.loadSlow(va, 4);
  }

  load16(va: number): number {
    const entry = this.bank + ((va >>> 12) & INDEX_MASK) * ENTRY_WORDS;
    const i32 = this.i32;
    if (i32[entry + TAG_READ] === (va & 0xfffff001)) return this.u16[(va + i32[entry + ADDEND]) >> 1];
    return this.loadSlow(va, 2);
  }

  load8(va: number): number {
    const entry = this.bank + ((va >>> 12) & INDEX_MASK) * ENTRY_WORDS;
    const i32 = this.i32;
    if (i32[entry + TAG_READ] === (va & 0xfffff000)) return this.u8[(va + i32[entry + ADDEND]) | 0];
    return this.loadSlow(va, 1);
  }

  store32(va: number, value: number): void {
    const entry = this.bank + ((va >>> 12) & INDEX_MASK) * ENTRY_WORDS;
    const i32 = this.i32;
    if (i32[entry + TAG_WRITE] === (va & 0xfffff003)) i32[(va + i32[entry + ADDEND]) >> 2] = value;
    else this.storeSlow(va, value, 4);
  }

  store16(va: number, value: number): void {
    const entry = this.bank + ((va >>> 12) & INDEX_MASK) * ENTRY_WORDS;
    const i32 = this.i32;
    if (i32[entry + TAG_WRITE] === (va & 0xfffff001)) this.u16[(va + i32[entry + ADDEND]) >> 1] = value;
    else this.storeSlow(va, value, 2);
  }

  store8(va: number, value: number): void {
    const entry = this.bank + ((va >>> 12) & INDEX_MASK) * ENTRY_WORDS;
    const i32 = this.i32;
    if (i32[entry + TAG_WRITE] === (va & 0xfffff000)) this.u8[(va + i32[entry + ADDEND]) | 0] = value;
    else this.storeSlow(va, value, 1);
  }

  load8User(va: number): number {
    const wasPrivileged = this.enterUserView();
    const value = this.load8(va);
    this.leaveUserView(wasPrivileged);
    return value;
  }

  load32User(va: number): number {
    const wasPrivileged = this.enterUserView();
    const value = this.load32(va);
    this.leaveUserView(wasPrivileged);
    return value;
  }

  store8User(va: number, value: number): void {
    const wasPrivileged = this.enterUserView();
    this.store8(va, value);
    this.leaveUserView(wasPrivileged);
  }

  store32User(va: number, value: number): void {
    const wasPrivileged = this.enterUserView();
    this.store32(va, value);
    this.leaveUserView(wasPrivileged);
  }

  private enterUserView(): boolean {
    const wasPrivileged = this.isPrivileged;
    if (wasPrivileged) {
      this.isPrivileged = false;
      this.bank -= Tlb.bankStride;
    }
    return wasPrivileged;
  }

  /** An abort in between has entered abort mode, which chose the privileged bank itself. */
  private leaveUserView(wasPrivileged: boolean): void {
    if (!wasPrivileged || this.isPrivileged) return;
    this.isPrivileged = true;
    this.bank += Tlb.bankStride;
  }

  openBlock(address: number, words: number, isStore: boolean, alignment: number): void {
    const va = address & ~3;
    const last = va + words * 4 - 4;
    if ((address & (alignment - 1)) !== 0 && (this.checksAlignment() || (this.allowsUnaligned() && va !== address))) {
      this.raiseDataAbort(address, FAULT_ALIGNMENT, isStore);
      return;
    }
    const entry = this.bank + ((va >>> 12) & INDEX_MASK) * ENTRY_WORDS;
    const tag = this.i32[entry + (isStore ? TAG_WRITE : TAG_READ)];
    if (tag === (va & 0xfffff000) && ((va ^ last) & ~0xfff) === 0) {
      this.blockWord = (va + this.i32[entry + ADDEND]) >> 2;
      return;
    }
    this.blockWord = -1;
    this.blockAddress = va;
    const need = isStore ? CAN_WRITE : CAN_READ;
    this.checkBlock(va, last | 0, need);
    if (this.stopPoints !== undefined && !this.abortFlag) this.isWithheld(va, words * 4, need);
  }

  /** True when a debugger watches what the instruction is about to access. */
  private isWithheld(va: number, sizeBytes: number, need: number): boolean {
    const instruction = this.instructions() - 1;
    if (this.stopPoints?.withholds(va, sizeBytes, { need, instruction }) !== true) return false;
    this.withhold();
    return true;
  }

  /** Raises the abort that some word of a block would: after this none of them does. */
  private checkBlock(first: number, last: number, need: number): void {
    let checkedPage = NO_PAGE;
    for (let va = first; ; va = (va + 4) | 0) {
      if ((va & ~0xfff) !== checkedPage) {
        const at = this.translate(va, need);
        if (at === -1) return;
        if (at === -2 && this.bus.regionAt(this.mmu.physical >>> 0) === undefined) {
          this.externalAbort(va, need === CAN_WRITE);
          return;
        }
        // Quarters of a page differ in their permissions, and a device may end in the middle of a page.
        if (at >= 0 && this.mmu.isWholePage) checkedPage = va & ~0xfff;
      }
      if (va === last) return;
    }
  }

  blockLoad(index: number): number {
    return this.blockWord < 0 ? this.load32(this.blockAddress + index * 4) : this.i32[this.blockWord + index];
  }

  blockStore(index: number, value: number): void {
    if (this.blockWord < 0) this.store32(this.blockAddress + index * 4, value);
    else this.i32[this.blockWord + index] = value;
  }

  protected checksAlignment(): boolean {
    return (this.s[CP15_CONTROL] & Control.A) !== 0;
  }

  /** Words and halves may lie at any address, and several words at that of a word (control bit U of ARMv6). */
  protected allowsUnaligned(): boolean {
    return (this.s[CP15_CONTROL] & Control.U) !== 0;
  }

  requireAlignment(address: number, sizeBytes: number): void {
    const isAligned = (address & (sizeBytes - 1)) === 0;
    if (!isAligned && (this.checksAlignment() || this.allowsUnaligned())) {
      this.raiseDataAbort(address, FAULT_ALIGNMENT, false);
    }
  }

  /**
   * Translates for a data access and fills the TLB; raises the data abort otherwise.
   *
   * @returns byte offset in host memory, -1 after an abort, -2 when `mmu.physical` is no RAM (a device, or ROM for a write)
   */
  private translate(va: number, need: number): number {
    const mmu = this.mmu;
    let fault = mmu.walk(va, this.isPrivileged);
    if (fault === 0 && (mmu.access & need) === 0) fault = mmu.permissionFault;
    if (fault !== 0) {
      this.raiseDataAbort(va, fault, need === CAN_WRITE);
      return -1;
    }
    const at = this.bus.hostOffset(mmu.physical, need === CAN_WRITE);
    if (at < 0) return -2;
    if (mmu.isWholePage) this.fill(va, at);
    return at;
  }

  /** Enters the page just walked into the current bank. */
  protected fill(va: number, hostOffset: number): void {
    if (this.isBigEndian) return;
    const { mmu } = this;
    const isRom = (mmu.access & CAN_WRITE) !== 0 && this.bus.hostOffset(mmu.physical, true) < 0;
    let access = (isRom ? mmu.access & ~CAN_WRITE : mmu.access) | mmu.fillFlags;
    if (this.stopPoints?.watchesPage(va) === true) access |= FILL_WATCHED;
    this.tlb.fill(this.bank, va, hostOffset, access);
  }

  /** The same for the user bank while the core is privileged. */
  protected fillUser(va: number, hostOffset: number): void {
    this.bank -= Tlb.bankStride;
    this.fill(va, hostOffset);
    this.bank += Tlb.bankStride;
  }

  private loadSlow(address: number, sizeBytes: AccessSize): number {
    const misaligned = address & (sizeBytes - 1);
    if (misaligned !== 0 && this.checksAlignment()) {
      this.raiseDataAbort(address, FAULT_ALIGNMENT, false);
      return 0;
    }
    if (misaligned !== 0 && this.allowsUnaligned()) return this.loadBytes(address, sizeBytes);
    const va = address - misaligned;
    const at = this.translate(va, CAN_READ);
    if (at === -1) return 0;
    if (this.stopPoints !== undefined && this.isWithheld(va, sizeBytes, CAN_READ)) return 0;
    let value: number;
    if (at >= 0) value = this.readHost(at, sizeBytes);
    else {
      value = this.bus.busRead(this.mmu.physical, sizeBytes);
      if (this.bus.faulted) this.externalAbort(address, false);
      if (sizeBytes !== 4) value &= sizeBytes === 1 ? 0xff : 0xffff;
    }
    if (this.isBigEndian) value = reversed(value, sizeBytes);
    return sizeBytes === 4 && misaligned !== 0 ? this.ror(value, misaligned * 8) : value;
  }

  /** An unaligned load, byte by byte: its end may be in another page, which may abort. */
  private loadBytes(address: number, sizeBytes: AccessSize): number {
    let value = 0;
    for (let index = 0; index < sizeBytes; index++) {
      value |= this.load8((address + index) | 0) << (8 * index);
      if (this.abortFlag) return 0;
    }
    return this.isBigEndian ? reversed(value, sizeBytes) : value;
  }

  /** An unaligned store; nothing is stored when a part of it aborts. */
  private storeBytes(address: number, value: number, sizeBytes: AccessSize): void {
    const last = (address + sizeBytes - 1) | 0;
    if (this.translate(address, CAN_WRITE) === -1) return;
    if (((address ^ last) & ~0xfff) !== 0 && this.translate(last & ~0xfff, CAN_WRITE) === -1) return;
    if (this.stopPoints !== undefined && this.isWithheld(address, sizeBytes, CAN_WRITE)) return;
    const bytes = this.isBigEndian ? reversed(value, sizeBytes) : value;
    for (let index = 0; index < sizeBytes; index++) {
      this.store8((address + index) | 0, (bytes >>> (8 * index)) & 0xff);
      if (this.abortFlag) return;
    }
  }

  private readHost(at: number, sizeBytes: AccessSize): number {
    if (sizeBytes === 4) return this.i32[at >> 2];
    return sizeBytes === 2 ? this.u16[at >> 1] : this.u8[at];
  }

  private storeSlow(address: number, value: number, sizeBytes: AccessSize): void {
    const misaligned = address & (sizeBytes - 1);
    if (misaligned !== 0 && this.checksAlignment()) {
      this.raiseDataAbort(address, FAULT_ALIGNMENT, true);
      return;
    }
    if (misaligned !== 0 && this.allowsUnaligned()) {
      this.storeBytes(address, value, sizeBytes);
      return;
    }
    const va = address - misaligned;
    const at = this.translate(va, CAN_WRITE);
    if (at === -1) return;
    if (this.stopPoints !== undefined && this.isWithheld(va, sizeBytes, CAN_WRITE)) return;
    if (this.isBigEndian) value = reversed(value, sizeBytes);
    if (at === -2) {
      this.bus.busWrite(this.mmu.physical, value, sizeBytes);
      if (this.bus.faulted) this.externalAbort(address, true);
      return;
    }
    if (sizeBytes === 4) this.i32[at >> 2] = value;
    else if (sizeBytes === 2) this.u16[at >> 1] = value;
    else this.u8[at] = value;
    if (this.bus.traps.bits[at >>> 12] !== 0) this.bus.traps.stored(at, sizeBytes);
  }

  private externalAbort(va: number, isStore: boolean): void {
    this.bus.faulted = false;
    this.raiseDataAbort(va, this.mmu.externalFault, isStore);
  }
}
