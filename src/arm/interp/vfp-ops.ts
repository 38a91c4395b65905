/** The VFP11 coprocessor of the interpreter (ARM DDI 0100I, C2 to C5; ARM1176JZF-S TRM, DDI 0301H, 18 to 22). */
import type { GuestBus } from "../../memory/index.ts";
import type { CpuModel } from "../core/index.ts";
import { CP15_CPACR, VFP_FPEXC, VFP_FPINST, VFP_FPINST2, VFP_FPSCR, VFP_S0 } from "../core/index.ts";
import { FLOAT_FILE_WORDS, FloatUnit, Fpscr } from "../softfloat/index.ts";
import { ProcessorStateOps } from "./processor-state-ops.ts";

/** Numbers of system registers in FMXR and FMRX. */
const SystemRegister = { FPSID: 0, FPSCR: 1, MVFR1: 6, MVFR0: 7, FPEXC: 8, FPINST: 9, FPINST2: 10 } as const;
/** VFP11, revision 5: that of the ARM1176JZF-S r0p4 and later. */
const FPSID = 0x410120b5;
const MVFR0 = 0x11111111;
const MVFR1 = 0;
const FPINST_RESET = 0xee000a00 | 0;
/** FPEXC.EN. The exceptional state is never entered, so the other bits read as zero. */
const ENABLED = 0x40000000;
/** CPACR fields of CP10 and CP11, each 0, 1 (privileged modes) or 3. */
const ACCESS_SHIFT = 20;
const PRIVILEGED_ACCESS = 0b0101;
const FULL_ACCESS = 0b1111;

export abstract class VfpOps extends ProcessorStateOps {
  private readonly floats: FloatUnit;
  private readonly hasVfp: boolean;

  constructor(bus: GuestBus, model: CpuModel) {
    super(bus, model);
    this.hasVfp = model.hasVfp;
    const file = this.s.subarray(VFP_S0, VFP_S0 + FLOAT_FILE_WORDS);
    this.floats = new FloatUnit(file, model.keepsFlushedSign);
  }

  protected override resetSystem(): void {
    super.resetSystem();
    if (this.hasVfp) this.s[VFP_FPINST] = FPINST_RESET;
  }

  /** The CPACR lets the current mode use CP10 and CP11. */
  private mayAccessVfp(): boolean {
    const need = this.isPrivileged ? PRIVILEGED_ACCESS : FULL_ACCESS;
    return ((this.s[CP15_CPACR] >>> ACCESS_SHIFT) & need) === need;
  }

  private isVfpEnabled(): boolean {
    return (this.s[VFP_FPEXC] & ENABLED) !== 0;
  }

  requireVfp(): void {
    if (!this.mayAccessVfp() || !this.isVfpEnabled()) this.refuseVfp();
  }

  private refuseVfp(): void {
    this.raiseUndefined();
    this.markAborted();
  }

  vfpWord(n: number): number {
    return this.s[VFP_S0 + n];
  }

  writeVfpWord(n: number, value: number): void {
    this.s[VFP_S0 + n] = value;
  }

  vfpWordSwap(): number {
    return this.isBigEndian ? 1 : 0;
  }

  vfpCompute(operation: number, isDouble: boolean, d: number, n: number, m: number): void {
    if ((this.s[VFP_FPSCR] & Fpscr.length) === 0) this.floats.compute(operation, isDouble, d, n, m);
    else this.computeVector(operation, isDouble, d, n, m);
  }

  /**
   * Elements follow each other inside a bank of eight singles or four doubles, from the last to the first; a register of
   * the first bank is a scalar (C5). STRIDE is 0 or 3, for 1 and 2; of the two UNPREDICTABLE values 1 is 2 for singles
   * and 2 is 2 for doubles, as in QEMU 7.2.
   */
  private computeVector(operation: number, isDouble: boolean, d: number, n: number, m: number): void {
    const status = this.s[VFP_FPSCR];
    const bank = isDouble ? 4 : 8;
    const stride = 1 + ((status >>> (isDouble ? Fpscr.strideShift + 1 : Fpscr.strideShift)) & 1);
    const length = d < bank ? 1 : 1 + ((status & Fpscr.length) >>> Fpscr.lengthShift);
    const next = (register: number): number => (register & -bank) | ((register + stride) & (bank - 1));
    let [to, first, second] = [d, n, m];
    for (let element = 0; element < length; element++) {
      this.floats.compute(operation, isDouble, to, first, second);
      to = next(to);
      first = next(first);
      if (m >= bank) second = next(second);
    }
  }

  vfpConvert(conversion: number, isDouble: boolean, d: number, m: number): void {
    this.floats.convert(conversion, isDouble, d, m);
  }

  vfpCompare(isSignalling: boolean, isDouble: boolean, d: number, m: number): void {
    this.floats.compare(isSignalling, isDouble, d, m);
  }

  /** Table 20-3 of the TRM: FPSCR while enabled; the identification in user mode while enabled; the others privileged. */
  private maySystemAccess(register: number): boolean {
    if (!this.mayAccessVfp()) return false;
    switch (register) {
      case SystemRegister.FPSCR:
        return this.isVfpEnabled();
      case SystemRegister.FPSID:
      case SystemRegister.MVFR0:
      case SystemRegister.MVFR1:
        return this.isPrivileged || this.isVfpEnabled();
      case SystemRegister.FPEXC:
      case SystemRegister.FPINST:
      case SystemRegister.FPINST2:
        return this.isPrivileged;
      default:
        return false;
    }
  }

  readVfpSystem(register: number): number {
    if (!this.maySystemAccess(register)) {
      this.refuseVfp();
      return 0;
    }
    const s = this.s;
    switch (register) {
      case SystemRegister.FPSID:
        return FPSID;
      case SystemRegister.MVFR0:
        return MVFR0;
      case SystemRegister.MVFR1:
        return MVFR1;
      case SystemRegister.FPSCR:
        return s[VFP_FPSCR];
      case SystemRegister.FPEXC:
        return s[VFP_FPEXC];
      default:
        return s[register === SystemRegister.FPINST ? VFP_FPINST : VFP_FPINST2];
    }
  }

  writeVfpSystem(register: number, value: number): void {
    if (!this.maySystemAccess(register)) {
      this.refuseVfp();
      return;
    }
    const s = this.s;
    switch (register) {
      case SystemRegister.FPSCR:
        // Read back as zero, so that a program that asks for traps sees that there are none.
        if ((value & Fpscr.traps) !== 0)
          this.log.warnOnce("floating-point traps (FPSCR bits 15 and 12:8) are not modelled");
        s[VFP_FPSCR] = value & Fpscr.writable;
        break;
      case SystemRegister.FPEXC:
        s[VFP_FPEXC] = value & ENABLED;
        break;
      case SystemRegister.FPINST:
        s[VFP_FPINST] = value;
        break;
      case SystemRegister.FPINST2:
        s[VFP_FPINST2] = value;
        break;
    }
  }
}
