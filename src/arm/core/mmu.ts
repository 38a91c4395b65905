/**
 * The ARMv5 memory management unit: page walks with domains and S/R permissions. ARM ARM (DDI 0100I) B4,
 * ARM926EJ-S TRM (DDI 0198E) chapter 3.
 */
import type { GuestBus } from "../../memory/index.ts";
import { CP15_CONTROL, CP15_DACR, CP15_FCSE, CP15_TTBR0 } from "./state-layout.table.ts";
import { FILL_LARGE } from "./tlb.ts";

/** Bits of the CP15 control register; those above V are of ARMv6. */
export const Control = {
  M: 1,
  A: 2,
  C: 4,
  B: 0x80,
  S: 0x100,
  R: 0x200,
  Z: 0x800,
  I: 0x1000,
  V: 0x2000,
  /** Unaligned accesses as of ARMv6. */
  U: 0x400000,
  /** Extended page tables, without subpages. */
  XP: 0x800000,
  /** Interrupt vectors come from the interrupt controller. */
  VE: 0x1000000,
  /** CPSR.E in exceptions. */
  EE: 0x2000000,
  /** TEX remap enable. */
  TRE: 0x10000000,
  /** Access flag enable ("force AP"). */
  AFE: 0x20000000,
} as const;

/** Fault status codes; the domain goes to bits 7:4. */
export const Fault = {
  alignment: 0x1,
  debugEvent: 0x2,
  accessFlagSection: 0x3,
  accessFlagPage: 0x6,
  translationSection: 0x5,
  translationPage: 0x7,
  externalSection: 0x8,
  domainSection: 0x9,
  externalPage: 0xa,
  domainPage: 0xb,
  externalWalk1: 0xc,
  permissionSection: 0xd,
  externalWalk2: 0xe,
  permissionPage: 0xf,
} as const;

/** Of ARMv6: the fault status of an access that nothing answered, and the bit that says that it was a store. */
export const FAULT_EXTERNAL_PRECISE = 0x8;
export const FAULT_WRITE = 0x800;

export const CAN_READ = 1;
export const CAN_WRITE = 2;
/** Beside them: no instructions may be fetched (XN). */
export const NEVER_EXECUTE = 8;

/** Instructions may be fetched from a page with this access. */
export const mayExecute = (access: number): boolean => (access & (CAN_READ | NEVER_EXECUTE)) === CAN_READ;

export const MANAGER = CAN_READ | CAN_WRITE;

export class Mmu {
  /** Results of the last successful `walk`. */
  physical = 0;
  /** CAN_READ, CAN_WRITE and NEVER_EXECUTE of the page for the privilege asked. */
  access = 0;
  /** The whole 4 KiB around the address has this mapping and access. */
  isWholePage = true;
  /** What the TLB must know of the mapping: FILL_LARGE, FILL_SUPERSECTION, FILL_NON_GLOBAL. */
  fillFlags = 0;
  /** True when the fault was found by a second-level descriptor (external aborts tell section from page). */
  isPageLevel = false;
  /** What a permission fault of the last walk reports. */
  permissionFault = 0;

  protected readonly words: Int32Array;
  protected readonly bus: GuestBus;

  constructor(words: Int32Array, bus: GuestBus) {
    this.words = words;
    this.bus = bus;
  }

  /** Modified virtual address: the FCSE process id takes the place of bits 31:25 when they are zero. */
  modifiedAddress(va: number): number {
    return (va & 0xfe000000) === 0 ? va | this.words[CP15_FCSE] : va;
  }

  /** Fault status of an access after the last walk that nothing answered. */
  get externalFault(): number {
    return this.isPageLevel ? Fault.externalPage : Fault.externalSection;
  }

  /** Translates without a permission check: 0 and the results above, or a fault status. */
  walk(va: number, privileged: boolean): number {
    const s = this.words;
    this.isPageLevel = false;
    this.isWholePage = true;
    if ((s[CP15_CONTROL] & Control.M) === 0) {
      this.physical = va;
      this.access = MANAGER;
      this.fillFlags = FILL_LARGE;
      return 0;
    }
    const mva = this.modifiedAddress(va);
    const first = this.descriptor((s[CP15_TTBR0] & 0xffffc000) | ((mva >>> 18) & 0x3ffc));
    if (this.bus.faulted) return this.walkAbort(Fault.externalWalk1);
    const domain = (first >>> 5) & 15;
    switch (first & 3) {
      case 0:
        return Fault.translationSection;
      case 1:
        return this.walkCoarse(first, mva, privileged, domain);
      case 2:
        this.fillFlags = FILL_LARGE;
        this.physical = (first & 0xfff00000) | (mva & 0xfffff);
        return this.grant((first >>> 10) & 3, domain, privileged, Fault.domainSection);
      default:
        return this.walkFine(first, mva, privileged, domain);
    }
  }

  private walkCoarse(first: number, mva: number, privileged: boolean, domain: number): number {
    this.isPageLevel = true;
    const second = this.descriptor((first & 0xfffffc00) | ((mva >>> 10) & 0x3fc));
    if (this.bus.faulted) return this.walkAbort(Fault.externalWalk2 | (domain << 4));
    return this.secondLevel(second, mva, privileged, domain);
  }

  private walkFine(first: number, mva: number, privileged: boolean, domain: number): number {
    this.isPageLevel = true;
    const second = this.descriptor((first & 0xfffff000) | ((mva >>> 8) & 0xffc));
    if (this.bus.faulted) return this.walkAbort(Fault.externalWalk2 | (domain << 4));
    if ((second & 3) !== 3) return this.secondLevel(second, mva, privileged, domain);
    this.isWholePage = false;
    this.fillFlags = 0;
    this.physical = (second & 0xfffffc00) | (mva & 0x3ff);
    return this.grant((second >>> 4) & 3, domain, privileged, Fault.domainPage);
  }

  private secondLevel(second: number, mva: number, privileged: boolean, domain: number): number {
    const permissions = (second >>> 4) & 0xff;
    if ((second & 3) === 1) {
      this.fillFlags = FILL_LARGE;
      this.physical = (second & 0xffff0000) | (mva & 0xffff);
      return this.grant((permissions >>> ((mva >>> 13) & 6)) & 3, domain, privileged, Fault.domainPage);
    }
    if ((second & 3) === 2) {
      this.fillFlags = 0;
      this.isWholePage = permissions === (permissions & 3) * 0x55;
      this.physical = (second & 0xfffff000) | (mva & 0xfff);
      return this.grant((permissions >>> ((mva >>> 9) & 6)) & 3, domain, privileged, Fault.domainPage);
    }
    return Fault.translationPage | (domain << 4);
  }

  /** Domain check, then what AP with S and R allows. */
  private grant(ap: number, domain: number, privileged: boolean, domainFault: number): number {
    const kind = (this.words[CP15_DACR] >>> (domain * 2)) & 3;
    if (kind === 3) {
      this.access = MANAGER;
      return 0;
    }
    if (kind !== 1) return domainFault | (domain << 4);
    this.access = this.accessOf(ap, privileged);
    // Permission faults are the section or page code + domain; kept so that the caller can report them.
    this.permissionFault = (domainFault + 4) | (domain << 4);
    return 0;
  }

  /** What AP means for the privilege, with S and R. */
  protected accessOf(ap: number, privileged: boolean): number {
    if (ap === 3) return MANAGER;
    if (ap === 0) {
      const control = this.words[CP15_CONTROL] & (Control.S | Control.R);
      if (control === Control.R) return CAN_READ;
      return control === Control.S && privileged ? CAN_READ : 0;
    }
    if (privileged) return MANAGER;
    return ap === 2 ? CAN_READ : 0;
  }

  protected descriptor(address: number): number {
    this.bus.faulted = false;
    const at = this.bus.hostOffset(address, false);
    return at >= 0 ? this.bus.host.i32[at >> 2] : this.bus.busRead(address, 4);
  }

  protected walkAbort(fault: number): number {
    this.bus.faulted = false;
    return fault;
  }
}
