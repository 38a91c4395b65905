/** The formats of memory images: LiME (github.com/504ensicsLabs/LiME), ELF cores, and raw bytes. */
import { latin1 } from "../base/index.ts";
import { ElfFile, ET_CORE, isElf, PT_LOAD } from "../debuginfo/index.ts";
import { imageTruncated, imageUnsupported } from "./errors.ts";
import type { Segment } from "./segments.ts";

export type ImageFormat = "raw" | "LiME" | "ELF core";

export interface ParsedImage {
  readonly format: ImageFormat;
  readonly segments: readonly Segment[];
}

/** "LiME" as a little-endian word: the file's first bytes are "EMiL". */
const LIME_MAGIC = 0x4c694d45;
const LIME_HEADER_BYTES = 32;
const LIME_VERSION = 1;
const MAX_SEGMENTS = 4096;
const ADDRESS_SPACE_BYTES = 2 ** 32;

export function parseImage(file: Uint8Array, baseAddress: number): ParsedImage {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (isElf(file)) return { format: "ELF core", segments: elfSegments(file) };
  if (file.length >= 4 && view.getUint32(0, true) === LIME_MAGIC) {
    return { format: "LiME", segments: limeSegments(file, view) };
  }
  const magic = latin1(file.subarray(0, 8));
  if (magic.startsWith("KDUMP") || magic.startsWith("DISKDUMP")) {
    throw imageUnsupported("a compressed kdump", "Make an ELF core of it: makedumpfile -E, or crash's `extract`.");
  }
  if (baseAddress + file.length > ADDRESS_SPACE_BYTES) {
    throw imageUnsupported(`${file.length} bytes from ${baseAddress} on, beyond 4 GiB`, "Give a smaller --base.");
  }
  return { format: "raw", segments: [{ startAddress: baseAddress, bytes: file }] };
}

/** Ranges that follow each other, each behind a header of `magic, version, first and last address`. */
function limeSegments(file: Uint8Array, view: DataView): Segment[] {
  const segments: Segment[] = [];
  for (let at = 0; at < file.length; ) {
    if (at + LIME_HEADER_BYTES > file.length)
      throw imageTruncated("a LiME header of 32 bytes", `${file.length - at} bytes`);
    const [magic, version] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
    if (magic !== LIME_MAGIC || version !== LIME_VERSION || segments.length >= MAX_SEGMENTS) {
      throw imageUnsupported(
        `LiME data without a header of version 1 at ${at}`,
        "Use LiME's format=lime or format=raw.",
      );
    }
    const start = Number(view.getBigUint64(at + 8, true));
    const last = Number(view.getBigUint64(at + 16, true));
    const sizeBytes = last - start + 1;
    if (sizeBytes <= 0 || last >= ADDRESS_SPACE_BYTES) {
      throw imageUnsupported(
        `a LiME range from ${start} to ${last}`,
        "Only memory below 4 GiB can be that of a 32-bit guest.",
      );
    }
    at += LIME_HEADER_BYTES;
    if (at + sizeBytes > file.length)
      throw imageTruncated(`a range of ${sizeBytes} bytes`, `${file.length - at} bytes`);
    segments.push({ startAddress: start, bytes: file.subarray(at, at + sizeBytes) });
    at += sizeBytes;
  }
  return segments;
}

function elfSegments(file: Uint8Array): Segment[] {
  const elf = new ElfFile(file);
  if (elf.type !== ET_CORE) {
    throw imageUnsupported(
      `an ELF file of type ${elf.type}, no core`,
      "A vmlinux is no memory image; give it with --symbols.",
    );
  }
  const loads = elf.segments.filter(({ type, bytes }) => type === PT_LOAD && bytes.length > 0);
  if (loads.length === 0) throw imageUnsupported("a core without memory", "Give a core of physical memory.");
  return loads.map(({ physicalAddress, bytes }) => ({ startAddress: physicalAddress, bytes }));
}
