/**
 * What an instruction may do, in the words of the architecture manual.
 *
 * Every instruction is described once as a function on `Ops<V>`. The interpreter evaluates it with `V = number`
 * (signed 32-bit words); a compiler runs it once with `V` = a value of the code it makes. Therefore:
 *
 * - fields of the instruction are plain numbers in both, and ordinary `if` on them is free;
 * - nothing may branch on a `V` in JavaScript: conditions on values are ops (`select`, `qadd`, ...);
 * - nothing allocates: second results are left in fields of the ops object (`carryOut`, `shifterCarry`, `high`);
 * - after every access that can abort, the function says `if (o.aborted()) return;` before it changes a register, so
 *   that the base register is restored as the ARM926EJ-S does it.
 */

/** Shift types as encoded: LSL, LSR, ASR, ROR. */
export type ShiftType = 0 | 1 | 2 | 3;

export interface Ops<V> {
  /** Second results of the last `addWithCarry`: 0 or 1. */
  carryOut: V;
  overflowOut: V;
  /** Second result of the last shift or `expandImm`: 0 or 1. */
  shifterCarry: V;
  /** High word of the last 64-bit multiplication. */
  high: V;

  /** A constant word. */
  const(value: number): V;

  /** Register `n`; 15 reads as the address of the instruction + 8 (ARM) or + 4 (Thumb). */
  reg(n: number): V;
  /** Writes register `n`; 15 branches without a change of state, bits 1:0 (ARM) or 0 (Thumb) ignored. */
  writeReg(n: number, value: V): void;
  /** User-mode register `n` (`LDM`/`STM` with `^`). */
  regUser(n: number): V;
  writeRegUser(n: number, value: V): void;

  /** Branches; the state (ARM or Thumb) stays. */
  branch(target: V): void;
  /** Branches to `target & ~1`, to Thumb state when bit 0 is set, else to ARM state (`target & ~3`). */
  branchExchange(target: V): void;
  /** The address of the next instruction, as a constant: what BL leaves in LR (bit 0 not set). */
  nextAddress(): V;

  add(a: V, b: V): V;
  sub(a: V, b: V): V;
  and(a: V, b: V): V;
  or(a: V, b: V): V;
  xor(a: V, b: V): V;
  not(a: V): V;
  /** Low word of the product. */
  mul(a: V, b: V): V;
  /** 64-bit product: returns the low word, leaves `high`. */
  mulUnsigned64(a: V, b: V): V;
  mulSigned64(a: V, b: V): V;
  /** 64-bit sum of (high:low as `high`, `low`) + (addHigh:addLow): returns the low word, leaves `high`. */
  add64(low: V, high: V, addLow: V, addHigh: V): V;
  /** Number of leading zeros, 0 .. 32. */
  clz(a: V): V;
  /** Shifts by a constant 0 .. 31, no carry. */
  shl(a: V, amount: number): V;
  shr(a: V, amount: number): V;
  sar(a: V, amount: number): V;
  ror(a: V, amount: number): V;
  signExtend8(a: V): V;
  signExtend16(a: V): V;

  /** `AddWithCarry()` of the manual: the sum; leaves `carryOut` and `overflowOut`. */
  addWithCarry(a: V, b: V, carryIn: V): V;
  /** `Shift_C()` by the encoded immediate (0 means 32 for LSR and ASR, RRX for ROR); leaves `shifterCarry`. */
  shiftImm(type: number, value: V, amount: number): V;
  /** The same without a carry out, cheaper. */
  shiftImmNoCarry(type: number, value: V, amount: number): V;
  /** `Shift_C()` by the low byte of a register; leaves `shifterCarry`. */
  shiftReg(type: number, value: V, amount: V): V;
  /** `ARMExpandImm_C()`: `imm8` rotated right by twice `rotate`; leaves `shifterCarry`. */
  expandImm(imm8: number, rotate: number): V;
  /** Signed sum and difference, saturated; sets Q when it saturated. */
  qadd(a: V, b: V): V;
  qsub(a: V, b: V): V;
  /** Signed sum that wraps; sets Q when it overflowed (SMLAxy). */
  addSetQ(a: V, b: V): V;
  /** The signed word `a` held to the range of a signed or unsigned number of `bits` bits: 1 .. 32, or 0 .. 31. */
  clampSigned(a: V, bits: number): V;
  clampUnsigned(a: V, bits: number): V;
  /** Sets Q unless `a` is 0. */
  setQUnlessZero(a: V): void;

  flagC(): V;
  /** N and Z of `result`. */
  setNZ(result: V): void;
  /** N and Z of a 64-bit result. */
  setNZ64(low: V, high: V): void;
  /** C from the shifter, N and Z of `result` (logical instructions). */
  setNZC(result: V): void;
  /** All four, after `addWithCarry`. */
  setNZCV(result: V): void;
  /** N, Z, C and V from bits 31:28 of `value` (`MRC` to R15). */
  setFlagsFromBits(value: V): void;
  /** The four GE flags of ARMv6 as bits 3:0. */
  flagsGE(): V;
  setFlagsGE(flags: V): void;

  readCpsr(): V;
  /** `fieldMask`: bits c=1, x=2, s=4, f=8 of MSR. In user mode only the flags change; T never does. */
  writeCpsr(value: V, fieldMask: number): void;
  /** In a mode without SPSR: reads the CPSR, writes nothing. */
  readSpsr(): V;
  writeSpsr(value: V, fieldMask: number): void;
  /** CPSR from the SPSR, then branches in the state it names (`MOVS PC`, `LDM ^` with PC). */
  exceptionReturn(target: V): void;
  /** Sets or clears masks of exceptions: bits F=1, I=2, A=4. In user mode nothing changes. */
  changeMasks(masks: number, isDisabled: boolean): void;
  /** Byte order of data accesses from now on. */
  setEndianness(isBigEndian: boolean): void;
  /** R13 of any mode. */
  bankedStackPointer(mode: number): V;
  writeBankedStackPointer(mode: number, value: V): void;
  /** Raises Undefined in user mode, or in modes without SPSR; ask `aborted()` next. */
  requirePrivilege(): void;
  requireExceptionMode(): void;
  /** Sets the whole CPSR and branches in the state it names (RFE). */
  returnTo(target: V, status: V): void;

  /** True, once, when the last access or coprocessor transfer raised an exception: the instruction must end. */
  aborted(): boolean;
  /**
   * Loads, zero-extended. Alignment checking aborts where the address is unaligned; without it ARMv6 with control bit U
   * accesses the bytes there, else words rotate and halves ignore bit 0.
   */
  load8(address: V): V;
  load16(address: V): V;
  load32(address: V): V;
  store8(address: V, value: V): void;
  store16(address: V, value: V): void;
  store32(address: V, value: V): void;
  /** The same with user-mode permissions (`LDRT` and its kind). */
  load8User(address: V): V;
  load32User(address: V): V;
  store8User(address: V, value: V): void;
  store32User(address: V, value: V): void;
  /**
   * Announces an access to `words` consecutive words from `address` (bits 1:0 ignored unless alignment is checked).
   * All permission checks happen here, so check `aborted()` once, then use `blockLoad` and `blockStore`.
   * `alignment` is 4, or 8 for LDRD and STRD; without alignment checking 4 is enough for ARMv6 with control bit U, which
   * aborts below that.
   */
  openBlock(address: V, words: number, isStore: boolean, alignment: number): void;
  /** Word `index` of the open block. */
  blockLoad(index: number): V;
  blockStore(index: number, value: V): void;
  /** Aborts when the address is unaligned and alignment is checked, or control bit U of ARMv6 is set. */
  requireAlignment(address: V, sizeBytes: number): void;

  /** The exclusive monitor watches this address from now on, and no other. */
  setExclusive(address: V): void;
  clearExclusive(): void;
  /**
   * Stores when the monitor watches the address, and ends its watch: 0 when it stored, else 1. `high` is the second word of
   * 8 bytes. Ask `aborted()` next.
   */
  storeExclusive(address: V, sizeBytes: number, low: V, high: V): V;

  /** Coprocessor register transfer to the core; raises Undefined where the coprocessor does not answer. */
  readCoprocessor(cp: number, opcode1: number, crn: number, crm: number, opcode2: number): V;
  writeCoprocessor(cp: number, opcode1: number, crn: number, crm: number, opcode2: number, value: V): void;

  /** Raises Undefined unless the VFP may be used now; ask `aborted()` next. */
  requireVfp(): void;
  /** Word `n` of the VFP registers: S0 .. S31; the double n is words 2n, low, and 2n + 1. */
  vfpWord(n: number): V;
  writeVfpWord(n: number, value: V): void;
  /** 1 when the words of a double are the other way round in memory (big-endian data), else 0: a plain number. */
  vfpWordSwap(): number;
  /**
   * `FloatOperation` on registers of one precision: on scalars, or as FPSCR.LEN and FPSCR.STRIDE say on short vectors.
   * Exceptions add up in the FPSCR.
   */
  vfpCompute(operation: number, isDouble: boolean, d: number, n: number, m: number): void;
  /** `FloatConversion`; `isDouble` is the precision of m, or of d when m is a word. */
  vfpConvert(conversion: number, isDouble: boolean, d: number, m: number): void;
  /** Compares d with m, or with zero when m is negative: N, Z, C and V of the FPSCR. */
  vfpCompare(isSignalling: boolean, isDouble: boolean, d: number, m: number): void;
  /** System registers by the number of FMXR; Undefined where it may not be used, so ask `aborted()` next. */
  readVfpSystem(register: number): V;
  writeVfpSystem(register: number, value: V): void;

  /** Exceptions; the instruction ends. */
  raiseUndefined(): void;
  raiseSupervisorCall(): void;
  raiseBreakpoint(): void;
}
