/**
 * Where kernel, initrd and device tree go in guest RAM (kernel `arch/arm/booting.rst`).
 *
 * The kernel's own place is fixed by the profile. Initrd and device tree go to the end of memory, far from the kernel's
 * bss and from what it allocates first; addresses in the profile win.
 */
import { alignDown, alignUp, hexAddress } from "../base/index.ts";
import type { Range } from "./boot-tree.ts";
import { imageOverlap, imageTooLarge } from "./errors.ts";

/** A piece of guest memory that must stay apart from the others. */
export interface Placement extends Range {
  what: string;
}

const PAGE_BYTES = 4096;
const MEBIBYTE = 2 ** 20;
/** Kernel memory that is mapped from the start (VMSPLIT_3G); what it unpacks or parses early must lie in it. */
const LOWMEM_BYTES = 760 * MEBIBYTE;
/** Stack and heap of the decompressor behind a zImage (MALLOC_SIZE and the like), with room to spare. */
export const DECOMPRESSOR_BYTES = 256 * 1024;
/** Taken for the bss of an Image that does not tell its size. */
export const UNKNOWN_BSS_BYTES = MEBIBYTE;

/** RAM that holds `address`, cut to what the kernel maps early. */
export function bootRam(memory: readonly Range[], address: number): Range {
  const ram = memory.find((range) => address >= range.address && address < range.address + range.sizeBytes);
  if (ram === undefined) {
    throw imageTooLarge({ what: "kernel", address, sizeBytes: 1, limit: "no RAM at that address", availableBytes: 0 });
  }
  return { address: ram.address, sizeBytes: Math.min(ram.sizeBytes, LOWMEM_BYTES) };
}

const endOf = ({ address, sizeBytes }: Range): number => address + sizeBytes;

/** Highest page-aligned place for `sizeBytes` that ends at or below `top`. */
const below = (top: number, sizeBytes: number): number => alignDown(top - sizeBytes, PAGE_BYTES);

export interface LayoutWishes {
  ram: Range;
  /** Start of the kernel's place, and its size with bss. */
  kernel: Range;
  initrdBytes: number | undefined;
  deviceTreeBytes: number;
  /** Size of a zImage that is to unpack itself. */
  zImageBytes: number | undefined;
  initrdAddress: number | undefined;
  deviceTreeAddress: number | undefined;
}

export interface Layout {
  deviceTree: Range;
  initrd: Range | undefined;
  zImage: Range | undefined;
}

/** Throws `image-too-large` where one passes the end of RAM, `image-overlap` where two meet. */
function check(ram: Range, placements: readonly Placement[]): void {
  for (const { what, address, sizeBytes } of placements) {
    if (address >= ram.address && address + sizeBytes <= endOf(ram)) continue;
    const limit = `the end of guest RAM at ${hexAddress(endOf(ram))}`;
    throw imageTooLarge({ what, address, sizeBytes, limit, availableBytes: endOf(ram) - address });
  }
  const sorted = [...placements].sort((a, b) => a.address - b.address);
  for (const [index, lower] of sorted.slice(0, -1).entries()) {
    const upper = sorted[index + 1];
    if (endOf(lower) > upper.address) throw imageOverlap(lower.what, upper.what);
  }
}

/** Places the images; throws when they do not all fit. */
export function layOut(wishes: LayoutWishes): Layout {
  const { ram, kernel, initrdBytes, deviceTreeBytes, zImageBytes } = wishes;
  const kernelPlace: Placement = { what: "kernel", ...kernel };
  check(ram, [kernelPlace]);
  const roomBytes = endOf(ram) - endOf(kernel);
  const wantedBytes = (initrdBytes ?? 0) + deviceTreeBytes + (zImageBytes ?? 0);
  const isFree = wishes.initrdAddress === undefined && wishes.deviceTreeAddress === undefined;
  if (isFree && wantedBytes + 3 * PAGE_BYTES > roomBytes) {
    throw imageTooLarge({
      what: initrdBytes === undefined ? "device tree" : "initrd and device tree",
      address: endOf(kernel),
      sizeBytes: wantedBytes,
      limit: `the end of guest RAM at ${hexAddress(endOf(ram))}`,
      availableBytes: roomBytes,
    });
  }
  const deviceTree = {
    what: "device tree",
    address: wishes.deviceTreeAddress ?? below(endOf(ram), deviceTreeBytes),
    sizeBytes: deviceTreeBytes,
  };
  const initrd =
    initrdBytes === undefined
      ? undefined
      : {
          what: "initrd",
          address: wishes.initrdAddress ?? below(Math.min(deviceTree.address, endOf(ram)), initrdBytes),
          sizeBytes: initrdBytes,
        };
  const zImage =
    zImageBytes === undefined
      ? undefined
      : { what: "zImage", address: alignUp(endOf(kernel), MEBIBYTE), sizeBytes: zImageBytes + DECOMPRESSOR_BYTES };
  check(ram, [
    kernelPlace,
    deviceTree,
    ...(initrd === undefined ? [] : [initrd]),
    ...(zImage === undefined ? [] : [zImage]),
  ]);
  return { deviceTree, initrd, zImage };
}
