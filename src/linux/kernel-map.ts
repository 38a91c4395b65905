/**
 * Where the kernel lies: `swapper_pg_dir`, PAGE_OFFSET and PHYS_OFFSET, proved by the page tables themselves.
 *
 * Linux on ARM puts the 16 KiB `swapper_pg_dir` directly below the kernel image and maps low memory linearly
 * (arch/arm/kernel/head.S, Documentation/arm/memory.rst), so the right table maps itself.
 */
import type { PhysicalSource } from "../memory/index.ts";
import { kernelLayoutUnsupported, kernelNotFound } from "./errors.ts";
import type { DescriptorFormat } from "./page-table.ts";
import { walkPageTable } from "./page-table.ts";
import type { SwitchLog } from "./switch-log.ts";

/** CP15 registers at the moment of reading; every member may be a getter. */
export interface CpuRegisters {
  readonly ttbr0: number;
  readonly sctlr: number;
  readonly dacr: number;
  /** ARMv6 and later; 0 or absent elsewhere. */
  readonly ttbcr?: number;
  readonly fcse?: number;
  readonly vbar?: number;
  /** The thread register that only the kernel writes: the running task, in kernels for ARMv6K and later. */
  readonly tpidruro?: number;
}

/** The kernel as it was loaded, before it ran. */
export interface LoadedImage {
  /** Guest-physical address of the first byte. */
  readonly address: number;
  readonly data: Uint8Array;
}

/** A guest to look into: its memory alone is enough, registers only sharpen the error messages and formats. */
export interface KernelSource {
  readonly memory: PhysicalSource;
  readonly registers?: CpuRegisters;
  /** Of the page tables, where no register tells. */
  readonly format?: DescriptorFormat;
  /** What the boot loader put into memory; `undefined` when that is not known or packed. Asked for once. */
  readonly bootImage?: () => LoadedImage | undefined;
  /** Which tasks ran; `undefined` while that is not logged. */
  readonly switchLog?: () => SwitchLog | undefined;
}

export interface KernelMap {
  /** Physical address of `swapper_pg_dir`. */
  readonly tableAddress: number;
  /** Virtual start of the linear map (VMSPLIT). */
  readonly pageOffset: number;
  /** Physical address that `pageOffset` maps. */
  readonly physOffset: number;
  /** Virtual address of `_text`, right behind `swapper_pg_dir`. */
  readonly textAddress: number;
  readonly format: DescriptorFormat;
  /** Lowest address that a module can have: 16 MiB below the linear map, where user addresses end. */
  readonly modulesStart: number;
}

/** The values CONFIG_PAGE_OFFSET can have on ARM: 3G, 3G_OPT, 2G and 1G splits. */
const PAGE_OFFSETS = [0xc0000000, 0xb0000000, 0x80000000, 0x40000000];
export const PG_DIR_SIZE_BYTES = 0x4000;
const MODULE_SECTIONS = 16;
const SECTION_SIZE_BYTES = 1 << 20;

const SCTLR_M = 1 << 0;
const SCTLR_B = 1 << 7;
const SCTLR_XP = 1 << 23;
const SCTLR_EE = 1 << 25;

/** `swapper_pg_dir` maps no user address; every process's table does. */
function userHalfIsEmpty(memory: PhysicalSource, table: number, pageOffset: number): boolean {
  const entries = new Uint8Array(((pageOffset >>> 20) - MODULE_SECTIONS) * 4);
  return memory.read(table, entries) && entries.every((byte) => byte === 0);
}

function mapAt(
  memory: PhysicalSource,
  table: number,
  pageOffset: number,
  format: DescriptorFormat,
): KernelMap | undefined {
  const first = memory.readU32(table + (pageOffset >>> 20) * 4);
  if (first === undefined || (first & 3) === 0) return undefined;
  const physOffset = walkPageTable(memory, table, pageOffset, format);
  if (physOffset < 0 || (physOffset & 0xffff) !== 0 || table < physOffset) return undefined;
  const tableVa = pageOffset + (table - physOffset);
  const textAddress = tableVa + PG_DIR_SIZE_BYTES;
  if (textAddress > 0xffffffff) return undefined;
  if (walkPageTable(memory, table, tableVa, format) !== table) return undefined;
  if (walkPageTable(memory, table, textAddress, format) !== table + PG_DIR_SIZE_BYTES) return undefined;
  if (!userHalfIsEmpty(memory, table, pageOffset)) return undefined;
  const modulesStart = pageOffset - MODULE_SECTIONS * SECTION_SIZE_BYTES;
  return { tableAddress: table, pageOffset, physOffset, textAddress, format, modulesStart };
}

/** With LPAE the kernel has four 64-bit first-level entries that point to the four pages behind them. */
function looksLikeLpae(memory: PhysicalSource, table: number): boolean {
  for (let index = 0; index < 4; index++) {
    const low = memory.readU32(table + index * 8);
    if (low === undefined || (low & 0xfff) !== 3 || (low & 0xfffff000) >>> 0 !== table + (index + 1) * 0x1000) {
      return false;
    }
  }
  return true;
}

function* candidates(memory: PhysicalSource): Generator<number> {
  for (const { startAddress, sizeBytes } of memory.ranges) {
    for (let at = startAddress; at + PG_DIR_SIZE_BYTES * 2 <= startAddress + sizeBytes; at += PG_DIR_SIZE_BYTES) {
      yield at;
    }
  }
}

/** The kernel's map, or `HvError` `kernel-not-found` or `kernel-layout-unsupported`. */
export function findKernelMap({ memory, registers, format: given = "v6" }: KernelSource): KernelMap {
  const sctlr = registers?.sctlr;
  if (sctlr !== undefined) {
    if ((sctlr & SCTLR_M) === 0) throw kernelNotFound("the MMU is off, so no kernel runs yet");
    if ((sctlr & (SCTLR_EE | SCTLR_B)) !== 0) {
      throw kernelLayoutUnsupported("a big-endian CPU state", "Only little-endian guests can be read.");
    }
  }
  const format: DescriptorFormat = sctlr === undefined ? given : (sctlr & SCTLR_XP) === 0 ? "v5" : "v6";
  for (const table of candidates(memory)) {
    for (const pageOffset of PAGE_OFFSETS) {
      const map = mapAt(memory, table, pageOffset, format);
      if (map !== undefined) return map;
    }
  }
  for (const { startAddress } of memory.ranges) {
    if (looksLikeLpae(memory, startAddress + 0x3000)) {
      throw kernelLayoutUnsupported(
        "long-descriptor (LPAE) page tables",
        "Use a kernel built without CONFIG_ARM_LPAE.",
      );
    }
  }
  throw kernelNotFound("no page table in memory maps itself and a kernel behind it");
}
