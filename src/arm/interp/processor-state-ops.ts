/** Changes of the processor state of ARMv6 in the interpreter: CPS, SETEND, SRS and RFE. ARM ARM (DDI 0100I) A2.5, A4.1. */
import { bankOf, FLAG_A, FLAG_E, FLAG_F, FLAG_I, MODE, R13, R13_BANKS } from "../core/index.ts";
import { ExclusiveOps } from "./exclusive-ops.ts";

export abstract class ProcessorStateOps extends ExclusiveOps {
  changeMasks(masks: number, isDisabled: boolean): void {
    if (!this.isPrivileged) return;
    const value = isDisabled ? 1 : 0;
    if ((masks & 1) !== 0) this.s[FLAG_F] = value;
    if ((masks & 2) !== 0) this.s[FLAG_I] = value;
    if ((masks & 4) !== 0) this.s[FLAG_A] = value;
    if (!isDisabled && this.interruptWaits()) this.endSlice();
  }

  setEndianness(isBigEndian: boolean): void {
    this.s[FLAG_E] = isBigEndian ? 1 : 0;
    this.statusChanged();
  }

  bankedStackPointer(mode: number): number {
    return this.s[this.stackPointerIndex(mode)];
  }

  writeBankedStackPointer(mode: number, value: number): void {
    this.s[this.stackPointerIndex(mode)] = value;
  }

  /** Modes that do not exist have the user bank. */
  private stackPointerIndex(mode: number): number {
    return bankOf(mode) === bankOf(this.s[MODE]) ? R13 : R13_BANKS + bankOf(mode);
  }

  requirePrivilege(): void {
    if (!this.isPrivileged) this.refuse();
  }

  requireExceptionMode(): void {
    if (this.state.spsrIndex() < 0) this.refuse();
  }

  private refuse(): void {
    this.raiseUndefined();
    this.markAborted();
  }

  returnTo(target: number, status: number): void {
    this.state.setCpsr(status);
    this.statusChanged();
    this.branch(target);
  }
}
