/**
 * The memory management unit of the ARM1176JZF-S: two table bases, page tables with and without subpages, supersections,
 * XN, APX, nG and the access flag. ARM1176JZF-S TRM (DDI 0301H) chapter 6, ARM ARM (DDI 0100I) B4.
 *
 * Memory types (TEX, C, B, S, and their remapping) have no effect where there are no caches, and no world but the secure
 * one is modelled, so NS has none either. A walk that nothing answers is a decode error: bit 12 of the status is zero.
 */
import { CAN_READ, Control, FAULT_EXTERNAL_PRECISE, Fault, MANAGER, Mmu, NEVER_EXECUTE } from "./mmu.ts";
import { CP15_CONTROL, CP15_DACR, CP15_TTBCR, CP15_TTBR0, CP15_TTBR1 } from "./state-layout.table.ts";
import { FILL_LARGE, FILL_NON_GLOBAL, FILL_SUPERSECTION } from "./tlb.ts";

/** TTBCR: what part of the addresses TTBR1 is for, and whether a miss may walk by TTBR0 and by TTBR1. */
const TTBCR_N = 7;
const TTBCR_PD0 = 0x10;
const TTBCR_PD1 = 0x20;

/** First-level descriptors of sections. */
const SECTION_XN = 0x10;
const SECTION_APX = 0x8000;
const SECTION_NG = 0x20000;
const SUPERSECTION = 0x40000;
/** Second-level descriptors without subpages. */
const SMALL_XN = 1;
const LARGE_XN = 0x8000;
const PAGE_APX = 0x200;
const PAGE_NG = 0x800;

/** APX and AP as one number: APX:AP[1:0]. */
const APX = 4;

export class MmuV6 extends Mmu {
  override get externalFault(): number {
    return FAULT_EXTERNAL_PRECISE;
  }

  override walk(va: number, privileged: boolean): number {
    const s = this.words;
    this.isPageLevel = false;
    this.isWholePage = true;
    this.fillFlags = FILL_LARGE;
    if ((s[CP15_CONTROL] & Control.M) === 0) {
      this.physical = va;
      this.access = MANAGER;
      return 0;
    }
    const mva = this.modifiedAddress(va);
    const n = s[CP15_TTBCR] & TTBCR_N;
    const usesTtbr1 = n !== 0 && mva >>> (32 - n) !== 0;
    if ((s[CP15_TTBCR] & (usesTtbr1 ? TTBCR_PD1 : TTBCR_PD0)) !== 0) return Fault.translationSection;
    const base = usesTtbr1 ? s[CP15_TTBR1] & 0xffffc000 : s[CP15_TTBR0] & (-1 << (14 - n));
    const first = this.descriptor(base | ((mva >>> 18) & 0x3ffc));
    if (this.bus.faulted) return this.walkAbort(Fault.externalWalk1);
    if ((first & 3) === 1) return this.walkCoarseV6(first, mva, privileged);
    if ((first & 3) === 2) return this.section(first, mva, privileged);
    return Fault.translationSection;
  }

  private get isExtended(): boolean {
    return (this.words[CP15_CONTROL] & Control.XP) !== 0;
  }

  private section(first: number, mva: number, privileged: boolean): number {
    // The bits of a supersection that would hold a domain extend its address: it is in domain 0.
    const isSuper = (first & SUPERSECTION) !== 0;
    const domain = isSuper ? 0 : (first >>> 5) & 15;
    const offsetMask = isSuper ? 0xffffff : 0xfffff;
    this.physical = (first & ~offsetMask) | (mva & offsetMask);
    if (isSuper) this.fillFlags = FILL_SUPERSECTION;
    const ap = (first >>> 10) & 3;
    if (!this.isExtended) return this.permit(ap, domain, privileged, 0);
    if ((first & SECTION_NG) !== 0) this.fillFlags |= FILL_NON_GLOBAL;
    const never = (first & SECTION_XN) !== 0 ? NEVER_EXECUTE : 0;
    return this.permit((first & SECTION_APX) !== 0 ? ap | APX : ap, domain, privileged, never);
  }

  private walkCoarseV6(first: number, mva: number, privileged: boolean): number {
    this.isPageLevel = true;
    const domain = (first >>> 5) & 15;
    const second = this.descriptor((first & 0xfffffc00) | ((mva >>> 10) & 0x3fc));
    if (this.bus.faulted) return this.walkAbort(Fault.externalWalk2 | (domain << 4));
    if ((second & 3) === 0) return Fault.translationPage | (domain << 4);
    const isLarge = (second & 3) === 1;
    const offsetMask = isLarge ? 0xffff : 0xfff;
    this.fillFlags = isLarge ? FILL_LARGE : 0;
    this.physical = (second & ~offsetMask) | (mva & offsetMask);
    if (!this.isExtended) return this.permit(this.subpageAp(second, mva), domain, privileged, 0);
    if ((second & PAGE_NG) !== 0) this.fillFlags |= FILL_NON_GLOBAL;
    const never = (second & (isLarge ? LARGE_XN : SMALL_XN)) !== 0 ? NEVER_EXECUTE : 0;
    const ap = (second >>> 4) & 3;
    return this.permit((second & PAGE_APX) !== 0 ? ap | APX : ap, domain, privileged, never);
  }

  /** AP of the quarter of a large or small page; an extended small page (type 3) has but one. */
  private subpageAp(second: number, mva: number): number {
    const permissions = (second >>> 4) & 0xff;
    if ((second & 3) === 3) return permissions & 3;
    if ((second & 3) === 1) return (permissions >>> ((mva >>> 13) & 6)) & 3;
    this.isWholePage = permissions === (permissions & 3) * 0x55;
    return (permissions >>> ((mva >>> 9) & 6)) & 3;
  }

  /** Access flag, then domain, then what the permission bits allow, in this order (TRM 6.10). */
  private permit(apxAp: number, domain: number, privileged: boolean, never: number): number {
    const usesAccessFlag = (this.words[CP15_CONTROL] & (Control.AFE | Control.XP)) === (Control.AFE | Control.XP);
    const domainBits = domain << 4;
    if (usesAccessFlag && (apxAp & 1) === 0) {
      return (this.isPageLevel ? Fault.accessFlagPage : Fault.accessFlagSection) | domainBits;
    }
    const kind = (this.words[CP15_DACR] >>> (domain * 2)) & 3;
    if (kind === 3) {
      this.access = MANAGER;
      return 0;
    }
    if (kind !== 1) return (this.isPageLevel ? Fault.domainPage : Fault.domainSection) | domainBits;
    this.access = this.rights(apxAp, privileged) | never;
    this.permissionFault = (this.isPageLevel ? Fault.permissionPage : Fault.permissionSection) | domainBits;
    return 0;
  }

  /** APX set makes read-only what AP allows; APX:AP 0b100 is reserved, 0b111 as in ARMv6K read-only for all. */
  private rights(apxAp: number, privileged: boolean): number {
    if ((apxAp & APX) === 0) return this.accessOf(apxAp, privileged);
    if (apxAp === APX) return 0;
    return privileged || apxAp !== (APX | 1) ? CAN_READ : 0;
  }
}
