/**
 * A pack: pages of RAM in one file that is named by its own SHA-256. Snapshots name packs, so a page that several of
 * them hold is on disk once. Format: `docs/snapshot-format.md`, "The snapshot store".
 */
import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { ByteReader, ByteWriter } from "../base/index.ts";
import { PAGE_SIZE } from "../memory/index.ts";
import { storeDamaged } from "./scenario-errors.ts";

const MAGIC = Buffer.from("KOMAINUP", "latin1");
const VERSION = 1;
const DIGEST_BYTES = 32;
const HEADER_BYTES = MAGIC.length + 8;
/** 4 GiB of pages. */
const MAX_PAGES = 2 ** 20;

export const digestOf = (data: Uint8Array): Buffer => createHash("sha256").update(data).digest();

/** The file of these pages, whose digests were computed before. */
export function encodePack(pages: readonly { readonly digest: Buffer; readonly bytes: Uint8Array }[]): Buffer {
  const writer = new ByteWriter();
  writer.bytes(MAGIC).u32(VERSION).u32(pages.length);
  for (const { digest } of pages) writer.bytes(digest);
  for (const { bytes } of pages) writer.bytes(bytes);
  return Buffer.from(writer.finish());
}

/** The digests of a pack's pages in their order, hexadecimal, without reading the pages. */
export function readPackIndex(path: string): string[] {
  const fd = openSync(path, "r");
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    if (readSync(fd, header, 0, HEADER_BYTES, 0) !== HEADER_BYTES || !header.subarray(0, MAGIC.length).equals(MAGIC)) {
      throw storeDamaged(path, "a pack of pages", "another file");
    }
    const count = checkedCount(path, header.readUInt32LE(MAGIC.length), header.readUInt32LE(MAGIC.length + 4));
    const digests = Buffer.alloc(count * DIGEST_BYTES);
    if (readSync(fd, digests, 0, digests.length, HEADER_BYTES) !== digests.length) {
      throw storeDamaged(path, `the digests of ${count} pages`, "fewer");
    }
    return Array.from({ length: count }, (_, i) => digests.toString("hex", i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES));
  } finally {
    closeSync(fd);
  }
}

function checkedCount(path: string, version: number, count: number): number {
  if (version !== VERSION) throw storeDamaged(path, `a pack of version ${VERSION}`, `version ${version}`);
  if (count > MAX_PAGES) throw storeDamaged(path, `at most ${MAX_PAGES} pages`, `${count}`);
  return count;
}

/** The pages of a pack that is as its name says; `digest` is that name. Throws `snapshot-store-damaged`. */
export function readPack(path: string, digest: string): Uint8Array[] {
  let file: Buffer;
  try {
    file = readFileSync(path);
  } catch (error) {
    throw storeDamaged(path, "a pack of pages", error instanceof Error ? error.message : String(error));
  }
  if (digestOf(file).toString("hex") !== digest) throw storeDamaged(path, "contents that match its name", "others");
  const reader = new ByteReader(file, "pack", { offset: MAGIC.length });
  const count = checkedCount(path, reader.u32(), reader.u32());
  reader.bytes(count * DIGEST_BYTES);
  const pages = Array.from({ length: count }, () => reader.bytes(PAGE_SIZE));
  if (reader.remaining > 0) throw storeDamaged(path, `${count} pages`, `${reader.remaining} bytes more`);
  return pages;
}
