/** ARM short-descriptor page tables (ARM ARM DDI 0100I, B4.7; DDI 0406C, B3.5), walked in physical memory. */
import type { PhysicalSource } from "../memory/index.ts";

/** `v5`: ARMv5 and ARMv6 with SCTLR.XP clear (fine tables, tiny pages); `v6`: XP set and ARMv7 (supersections, XN). */
export type DescriptorFormat = "v5" | "v6";

/** No mapping, or the table itself is not in memory. */
export const UNMAPPED = -1;

/** The smallest page of any format: two addresses in one granule are always mapped alike. */
export const TRANSLATION_GRANULE_BYTES = 1024;

const SECTION_TYPE = 2;
const SECTION_BYTES = 1 << 20;
const SUPERSECTION = 1 << 18;

function walkCoarse(memory: PhysicalSource, table: number, va: number, format: DescriptorFormat): number {
  const entry = memory.readU32(table + ((va >>> 12) & 0xff) * 4);
  if (entry === undefined) return UNMAPPED;
  switch (entry & 3) {
    case 1:
      return ((entry & 0xffff0000) | (va & 0xffff)) >>> 0;
    case 2:
      return ((entry & 0xfffff000) | (va & 0xfff)) >>> 0;
    case 3:
      // A small page that is never executed; ARMv5 has no such entry in a coarse table.
      return format === "v6" ? ((entry & 0xfffff000) | (va & 0xfff)) >>> 0 : UNMAPPED;
    default:
      return UNMAPPED;
  }
}

function walkFine(memory: PhysicalSource, table: number, va: number): number {
  const entry = memory.readU32(table + ((va >>> 10) & 0x3ff) * 4);
  if (entry === undefined) return UNMAPPED;
  switch (entry & 3) {
    case 1:
      return ((entry & 0xffff0000) | (va & 0xffff)) >>> 0;
    case 2:
      return ((entry & 0xfffff000) | (va & 0xfff)) >>> 0;
    case 3:
      return ((entry & 0xfffffc00) | (va & 0x3ff)) >>> 0;
    default:
      return UNMAPPED;
  }
}

/** How many bytes from `va` on are mapped alike for certain: to the end of its section, else of its granule. */
export function mappedAlikeBytes(memory: PhysicalSource, table: number, va: number): number {
  const entry = memory.readU32(table + (va >>> 20) * 4) ?? 0;
  const unit = (entry & 3) === SECTION_TYPE ? SECTION_BYTES : TRANSLATION_GRANULE_BYTES;
  return unit - (va & (unit - 1));
}

/** The physical address of virtual `va` by the first-level table at physical `table`, or `UNMAPPED`. Two loads at most. */
export function walkPageTable(memory: PhysicalSource, table: number, va: number, format: DescriptorFormat): number {
  const entry = memory.readU32(table + (va >>> 20) * 4);
  if (entry === undefined) return UNMAPPED;
  switch (entry & 3) {
    case 1:
      return walkCoarse(memory, (entry & 0xfffffc00) >>> 0, va, format);
    case 2:
      if (format === "v6" && (entry & SUPERSECTION) !== 0) {
        // Bits 23:20 and 8:5 extend the address beyond 32 bits, where no source of ours has memory.
        return (entry & 0x00f001e0) !== 0 ? UNMAPPED : ((entry & 0xff000000) | (va & 0xffffff)) >>> 0;
      }
      return ((entry & 0xfff00000) | (va & 0xfffff)) >>> 0;
    case 3:
      return format === "v5" ? walkFine(memory, (entry & 0xfffff000) >>> 0, va) : UNMAPPED;
    default:
      return UNMAPPED;
  }
}
