/**
 * The address range that Linux on ARM keeps for modules, by the page tables alone: what is mapped there is code that
 * somebody loaded, whatever the lists say (Documentation/arm/memory.rst).
 */
import type { AddressSpace } from "./address-space.ts";
import type { KernelMap } from "./kernel-map.ts";

/** MODULES_VADDR is 16 MiB below PAGE_OFFSET; Thumb-2 kernels use the upper half of it. */
const AREA_BYTES = 16 << 20;
/** PKMAP, which kernels with high memory have at the end of the range. */
const PKMAP_BYTES = 2 << 20;
const PAGE_BYTES = 4096;

/** Pages mapped without a gap: one allocation, because a guard page follows each. */
export interface MappedRun {
  readonly startAddress: number;
  readonly endAddress: number;
}

export const contains = ({ startAddress, endAddress }: MappedRun, address: number): boolean =>
  address >= startAddress && address < endAddress;

/** The range itself; without the pages of high memory where the kernel has such. */
export function moduleArea({ pageOffset }: KernelMap, hasHighMemory: boolean): MappedRun {
  return { startAddress: pageOffset - AREA_BYTES, endAddress: pageOffset - (hasHighMemory ? PKMAP_BYTES : 0) };
}

/** Every run in the range, ascending; its number is bounded by that of the pages. */
export function mappedRuns(space: AddressSpace, { startAddress, endAddress }: MappedRun): MappedRun[] {
  const runs: MappedRun[] = [];
  let runStart: number | undefined;
  for (let at = startAddress; at <= endAddress; at += PAGE_BYTES) {
    const isMapped = at < endAddress && space.translate(at) !== undefined;
    if (isMapped) runStart ??= at;
    else if (runStart !== undefined) {
      runs.push({ startAddress: runStart, endAddress: at });
      runStart = undefined;
    }
  }
  return runs;
}

/**
 * True when an allocation begins as `struct bpf_binary_header` does: with its own size (include/linux/filter.h). It
 * may be something else all the same.
 */
export function isCompiledBpf(space: AddressSpace, { startAddress, endAddress }: MappedRun): boolean {
  const size = space.readU32(startAddress);
  return size === endAddress - startAddress || size === (endAddress - startAddress) / PAGE_BYTES;
}
