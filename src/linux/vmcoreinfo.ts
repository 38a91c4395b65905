/**
 * VMCOREINFO in memory: a page of text with symbols and offsets that a kernel with CONFIG_CRASH_CORE or CONFIG_VMCORE_INFO
 * keeps for its crash dump (kernel/crash_core.c, kernel/vmcore_info.c).
 *
 * It is found by the variables that point to it, which are named where kallsyms has data and are otherwise what two small
 * functions load; kernels up to 4.12 have it in the image itself. Any process could write such a page, so a text that
 * nothing points to is the last thing looked for.
 */
import { latin1 } from "../base/index.ts";
import type { BuildFile } from "../debuginfo/index.ts";
import { isVmcoreinfo, parseVmcoreinfo } from "../debuginfo/index.ts";
import type { AddressSpace } from "./address-space.ts";
import type { Fact } from "./fact.ts";
import { likely, proved, unknown } from "./fact.ts";
import type { KernelImage } from "./kernel-image.ts";
import type { KernelSymbols } from "./kernel-symbols.ts";
import { literalsOf } from "./literals.ts";

const VARIABLES = ["vmcoreinfo_data", "vmcoreinfo_note"];
/** Functions that load the variables. */
const USERS = ["vmcoreinfo_append_str", "paddr_vmcoreinfo_note", "update_vmcoreinfo_note"];
const START = "OSRELEASE=";
const START_WORD = 0x4552534f;
const PAGE_BYTES = 4096;
/** `struct elf32_note`: sizes of name and content, a type, and "VMCOREINFO" with its NUL, aligned. */
const NOTE_NAME = "VMCOREINFO\0";
const NOTE_HEADER_BYTES = 12 + 12;
const MAX_HITS = 64;
const MAX_SCANNED_PAGES = 1 << 18;

export interface VmcoreinfoSource {
  readonly space: AddressSpace;
  readonly image: KernelImage;
  readonly symbols: KernelSymbols;
}

/** The text at an address, where its variable may point to it or to the note around it. */
function textAt(space: AddressSpace, address: number): string | undefined {
  const bytes = new Uint8Array(PAGE_BYTES + NOTE_HEADER_BYTES);
  const filled = latin1(bytes.subarray(0, space.readPrefix(address, bytes)));
  const start = filled.startsWith(NOTE_NAME, 12) ? NOTE_HEADER_BYTES : 0;
  const text = filled.slice(start, start + PAGE_BYTES).split("\0", 1)[0];
  return isVmcoreinfo(text) ? text : undefined;
}

function pointedTo({ space, symbols }: VmcoreinfoSource): Fact<string> | undefined {
  const named = VARIABLES.flatMap((name) => symbols.find(name) ?? []);
  const loaded = USERS.flatMap((name) => literalsOf(name, symbols, (address) => space.readU32(address)));
  for (const variable of [...named, ...loaded]) {
    for (const address of [space.readU32(variable), variable]) {
      const text = address === undefined ? undefined : textAt(space, address);
      if (text !== undefined) return proved(text, "the kernel's own variable points to it");
    }
  }
  return undefined;
}

function inImage({ space, image }: VmcoreinfoSource): Fact<string> | undefined {
  let hits = 0;
  for (const offset of image.find(START)) {
    if (++hits > MAX_HITS) return undefined;
    const text = textAt(space, image.startAddress + offset);
    if (text !== undefined) return likely(text, "a text in the kernel's image");
  }
  return undefined;
}

/** The one page of low memory that begins so. */
function inPages({ space }: VmcoreinfoSource): Fact<string> | undefined {
  let pages = 0;
  const found: string[] = [];
  for (const { startAddress, sizeBytes } of space.memory.ranges) {
    for (let at = startAddress; at + PAGE_BYTES <= startAddress + sizeBytes; at += PAGE_BYTES) {
      if (++pages > MAX_SCANNED_PAGES) return undefined;
      if (space.memory.readU32(at) !== START_WORD) continue;
      const bytes = new Uint8Array(PAGE_BYTES);
      const text = space.memory.read(at, bytes) ? latin1(bytes).split("\0", 1)[0] : "";
      if (isVmcoreinfo(text)) found.push(text);
    }
  }
  return found.length === 1 ? likely(found[0], "the one page of memory that begins so") : undefined;
}

/** What the kernel wrote of itself. Pages are searched only when no symbol leads to it. */
export function findVmcoreinfo(source: VmcoreinfoSource): Fact<BuildFile> {
  const { symbols } = source;
  const isBlind = !symbols.kallsyms.known;
  const found = pointedTo(source) ?? inImage(source) ?? (isBlind ? inPages(source) : undefined);
  if (found === undefined) {
    return unknown("there is no such text in memory (CONFIG_KEXEC=n and CONFIG_CRASH_DUMP=n, or not yet written)");
  }
  return found.known ? { ...found, value: { name: "VMCOREINFO", ...parseVmcoreinfo(found.value) } } : found;
}
