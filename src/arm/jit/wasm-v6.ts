/**
 * What ARMv6 adds to the compiler: saturation, GE flags, the exclusive monitor and interrupt masks. ARM ARM (DDI 0100I) A2, A4.1.
 *
 * Compiled code runs with little-endian data only: the core interprets while CPSR.E is set.
 */
import { CPU_STATE_OFFSET } from "../../memory/index.ts";
import { EXCLUSIVE, EXCLUSIVE_ADDRESS, FLAG_A, FLAG_F, FLAG_GE, FLAG_I, FLAG_Q } from "../core/index.ts";
import { LOCAL_HOST } from "./locals.table.ts";
import { constantValue, localValue, type Value } from "./value.ts";
import { WasmMemory } from "./wasm-memory.ts";
import { Op } from "./wasm-writer.ts";

const stateAddress = (word: number): number => CPU_STATE_OFFSET + word * 4;
/** State words of the masks F=1, I=2, A=4. */
const MASK_WORDS = [FLAG_F, FLAG_I, FLAG_A] as const;
const MASK_F_I = 3;

export abstract class WasmV6 extends WasmMemory {
  /** The instruction must be left to the interpreter. */
  needsInterpreter = false;
  /** I or F may have been cleared: a waiting interrupt must be taken after this instruction. */
  mayUnmask = false;

  protected interpret(): Value {
    this.needsInterpreter = true;
    return localValue(LOCAL_HOST);
  }

  private storeState(word: number, value: Value): void {
    this.w.const(0);
    this.push(value).memory(Op.store, stateAddress(word), 2);
  }

  clampSigned(a: Value, bits: number): Value {
    if (bits >= 32) return a;
    const limit = 2 ** (bits - 1);
    return this.clamp(a, -limit, limit - 1);
  }

  clampUnsigned(a: Value, bits: number): Value {
    return this.clamp(a, 0, 2 ** bits - 1);
  }

  private clamp(a: Value, low: number, high: number): Value {
    return this.nearer(this.nearer(a, high, Op.ltS), low, Op.gtS);
  }

  /** `a` where the comparison with the limit holds, else the limit. */
  private nearer(a: Value, limit: number, comparison: number): Value {
    this.push(a).const(limit);
    this.push(a).const(limit).op(comparison, Op.select);
    return this.pop();
  }

  setQUnlessZero(a: Value): void {
    this.push(a).op(Op.if, 0x40);
    this.storeState(FLAG_Q, constantValue(1));
    this.w.op(Op.end);
  }

  flagsGE(): Value {
    this.w.loadAt(stateAddress(FLAG_GE));
    return this.pop();
  }

  setFlagsGE(flags: Value): void {
    this.storeState(FLAG_GE, flags);
  }

  /** An address that is not aligned is the interpreter's. */
  requireAlignment(address: Value, sizeBytes: number): void {
    this.push(address)
      .const(sizeBytes - 1)
      .op(Op.and)
      .hint(false);
    this.open(Op.if);
    this.exitBefore();
    this.close();
  }

  setExclusive(address: Value): void {
    this.storeState(EXCLUSIVE, constantValue(1));
    this.storeState(EXCLUSIVE_ADDRESS, address);
  }

  clearExclusive(): void {
    this.storeState(EXCLUSIVE, constantValue(0));
  }

  storeExclusive(address: Value, sizeBytes: number, low: Value, _high: Value): Value {
    if (sizeBytes === 8) return this.interpret();
    const { w } = this;
    w.loadAt(stateAddress(EXCLUSIVE)).op(Op.eqz).loadAt(stateAddress(EXCLUSIVE_ADDRESS));
    this.push(address).op(Op.ne, Op.or);
    const failed = this.pop();
    this.push(failed).op(Op.eqz).hint(true);
    this.open(Op.if);
    if (sizeBytes === 1) this.store8(address, low);
    else if (sizeBytes === 2) this.store16(address, low);
    else this.store32(address, low);
    this.close();
    this.storeState(EXCLUSIVE, constantValue(0));
    return failed;
  }

  changeMasks(masks: number, isDisabled: boolean): void {
    if (!this.isPrivileged) return;
    for (const [bit, word] of MASK_WORDS.entries()) {
      if (((masks >>> bit) & 1) !== 0) this.storeState(word, constantValue(isDisabled ? 1 : 0));
    }
    if (!isDisabled && (masks & MASK_F_I) !== 0) this.mayUnmask = true;
  }

  setEndianness(): void {
    this.interpret();
  }

  bankedStackPointer(): Value {
    return this.interpret();
  }

  writeBankedStackPointer(): void {
    this.interpret();
  }

  requirePrivilege(): void {
    this.interpret();
  }

  requireExceptionMode(): void {
    this.interpret();
  }

  returnTo(): void {
    this.interpret();
  }
}
