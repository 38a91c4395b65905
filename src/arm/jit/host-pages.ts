/**
 * What compiled code shares with the core: the words it finds TLB bank and SPSR by, and the pages it asks for when the TLB
 * does not know them.
 */
import { type AccessSize, CPU_STATE_OFFSET, PAGE_SIZE } from "../../memory/index.ts";
import {
  ADDEND,
  CAN_READ,
  CAN_WRITE,
  CP15_DACR,
  ENTRY_WORDS,
  mayExecute,
  TAG_EXECUTE,
  TAG_READ,
  TAG_WRITE,
  TLB_ENTRIES,
  Tlb,
} from "../core/index.ts";
import { Interpreter } from "../interp/index.ts";
import { DACR_BANK_WORDS, DACR_VALUE_WORDS, EXACT_VALUE_WORD, SPSR_WORD, TLB_BANK_WORD } from "./look-up.ts";
import { KIND_BLOCK, KIND_EXACT, KIND_FETCH, KIND_FLUSH_PAGE, KIND_STORE, KIND_USER } from "./wasm-memory.ts";

const PAGE_OFFSET = PAGE_SIZE - 1;

export abstract class HostPages extends Interpreter {
  protected override selectBank(): void {
    super.selectBank();
    const state = CPU_STATE_OFFSET >> 2;
    this.i32[state + TLB_BANK_WORD] = this.bank * 4;
    const slot = this.tlb.dacrSlotOf(this.bank);
    this.i32[state + DACR_VALUE_WORDS + slot] = this.s[CP15_DACR];
    this.i32[state + DACR_BANK_WORDS + slot] = (this.isPrivileged ? this.bank - Tlb.bankStride : this.bank) * 4;
  }

  /** Compiled code may have chosen another bank. */
  protected adoptBank(): void {
    const bank = this.i32[(CPU_STATE_OFFSET >> 2) + TLB_BANK_WORD] >> 2;
    if (bank === this.bank) return;
    this.bank = bank;
    this.stateChanged();
  }

  /** Compiled code ran: bank, Thumb state and TLB may be others, so the next instruction is fetched anew. */
  protected adoptState(): void {
    this.adoptBank();
    this.stateChanged();
  }

  protected override statusChanged(): void {
    this.publishSpsr();
    super.statusChanged();
  }

  private publishSpsr(): void {
    const index = this.state.spsrIndex();
    this.i32[(CPU_STATE_OFFSET >> 2) + SPSR_WORD] = index < 0 ? 0 : CPU_STATE_OFFSET + index * 4;
  }

  /**
   * The host address of an access that missed the TLB, for compiled code; -1 when the interpreter must do it: a fault, a
   * device, a trapped page, an unaligned address, a page with several mappings.
   */
  protected refill(va: number, kind: number): number {
    this.adoptBank();
    if (kind === KIND_FLUSH_PAGE) {
      this.tlb.flushPage(va);
      return 0;
    }
    if (kind === KIND_FETCH) {
      const frame = this.frameOf(va);
      return frame < 0 ? -1 : frame << 12;
    }
    if (this.stopPoints?.watchesPage(va) === true) return -1;
    const sizeBytes = kind & 7;
    if ((va & (sizeBytes - 1)) !== 0) {
      if ((kind & KIND_BLOCK) !== 0 || !this.mayAccessUnaligned(va, sizeBytes)) return -1;
      // The TLB's tags refuse all unaligned addresses, and may know the page nevertheless.
      const known = this.knownHostAddress(va, kind);
      if (known >= 0) return known;
    }
    const { mmu } = this;
    const asUser = (kind & KIND_USER) !== 0 && this.isPrivileged;
    const isStore = (kind & KIND_STORE) !== 0;
    if (mmu.walk(va, this.isPrivileged && !asUser) !== 0) return -1;
    if ((mmu.access & (isStore ? CAN_WRITE : CAN_READ)) === 0 || !mmu.isWholePage) return -1;
    const at = this.bus.hostOffset(mmu.physical, isStore);
    const isTrapped = isStore && at >= 0 && this.bus.traps.bits[at >>> 12] !== 0;
    if (at < 0 || isTrapped) {
      // An unaligned access is one for each byte.
      const isOne = (kind & KIND_EXACT) !== 0 && (va & (sizeBytes - 1)) === 0;
      return isOne ? this.accessNow(at, sizeBytes as AccessSize, isStore) : -1;
    }
    if (asUser) this.fillUser(va, at);
    else this.fill(va, at);
    return at;
  }

  /**
   * Does an access that the code cannot do itself: to a device at the MMU's last address, or a store to a trapped page at
   * `at`. Answers where the code may repeat it without effect, -1 when nothing answers and the interpreter must abort.
   */
  private accessNow(at: number, sizeBytes: AccessSize, isStore: boolean): number {
    const { bus, mmu } = this;
    const value = (CPU_STATE_OFFSET >> 2) + EXACT_VALUE_WORD;
    if (at >= 0) {
      if (sizeBytes === 4) this.i32[at >> 2] = this.i32[value];
      else if (sizeBytes === 2) this.u16[at >> 1] = this.i32[value];
      else this.u8[at] = this.i32[value];
      bus.traps.stored(at, sizeBytes);
    } else if (isStore) bus.busWrite(mmu.physical, this.i32[value], sizeBytes);
    else this.i32[value] = bus.busRead(mmu.physical, sizeBytes);
    if (!bus.faulted) return value * 4;
    bus.faulted = false;
    return -1;
  }

  /** An unaligned word or half that memory answers as it stands: within one page, where the architecture has it. */
  private mayAccessUnaligned(va: number, sizeBytes: number): boolean {
    return this.allowsUnaligned() && !this.checksAlignment() && (va & PAGE_OFFSET) <= PAGE_SIZE - sizeBytes;
  }

  /** The host address of an access whose page the TLB has with the right to it, else -1. */
  private knownHostAddress(va: number, kind: number): number {
    const isOfUser = (kind & KIND_USER) !== 0 && this.isPrivileged;
    const bank = isOfUser ? this.bank - Tlb.bankStride : this.bank;
    const entry = bank + ((va >>> 12) & (TLB_ENTRIES - 1)) * ENTRY_WORDS;
    const tag = this.i32[entry + ((kind & KIND_STORE) !== 0 ? TAG_WRITE : TAG_READ)];
    return tag === (va & ~PAGE_OFFSET) ? va + this.i32[entry + ADDEND] : -1;
  }

  frameOf(pc: number): number {
    const entry = this.bank + ((pc >>> 12) & (TLB_ENTRIES - 1)) * ENTRY_WORDS;
    const page = pc & ~0xfff;
    if (this.i32[entry + TAG_EXECUTE] === page) return (page + this.i32[entry + ADDEND]) >>> 12;
    const { mmu } = this;
    if (mmu.walk(pc, this.isPrivileged) !== 0 || !mayExecute(mmu.access) || !mmu.isWholePage) return -1;
    const at = this.bus.hostOffset(mmu.physical, false);
    if (at < 0) return -1;
    this.fill(pc, at);
    return at >>> 12;
  }

  override resynchronize(): void {
    super.resynchronize();
    this.publishSpsr();
  }
}
