/**
 * The snapshot container: a header of JSON, the pages that are not zero, and a digest over all of it.
 *
 * Layout (little-endian): 8 bytes magic, u32 format version, u32 header size, header (UTF-8), u32 page count, pages of
 * u32 host-physical page number and 4,096 bytes, 32 bytes SHA-256 of everything before. Nothing is taken from a file
 * before its digest was checked. The format's history is in `docs/snapshot-format.md`.
 */
import { createHash } from "node:crypto";
import type { State, StateValue } from "../base/index.ts";
import { assert, ByteReader, ByteWriter, latin1 } from "../base/index.ts";
import { PAGE_SIZE } from "../memory/index.ts";
import { snapshotInvalid } from "./errors.ts";

const MAGIC = "KOMAINU\0";
export const SNAPSHOT_VERSION = 1;
const DIGEST_SIZE_BYTES = 32;
const BYTES_KEY = "$bytes";

export interface Snapshot {
  readonly state: State;
  readonly pages: ReadonlyMap<number, Uint8Array>;
}

const unpackBytes = (_key: string, value: StateValue): StateValue => {
  if (value === null || typeof value !== "object" || Array.isArray(value) || value instanceof Uint8Array) return value;
  const packed = value[BYTES_KEY];
  return typeof packed === "string" ? new Uint8Array(Buffer.from(packed, "base64")) : value;
};

/**
 * A state in its plain form: members in the order of their names, bytes as base64 in an object of one key, which no
 * state uses otherwise. What JSON would change silently is a bug of the part that saved it.
 */
function plain(value: StateValue, path: string): unknown {
  if (value instanceof Uint8Array) return { [BYTES_KEY]: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map((item, i) => plain(item, `${path}[${i}]`));
  if (value !== null && typeof value === "object") {
    const names = Object.keys(value).sort();
    return Object.fromEntries(names.map((name) => [name, plain(value[name], `${path}.${name}`)]));
  }
  assert(value !== undefined, `${path} is saved as plain data, found undefined`);
  assert(typeof value !== "number" || Number.isFinite(value), `${path} is saved as a finite number, found ${value}`);
  return value;
}

/** State as text that is equal for equal states; also what the state hash is made of. */
export const stateText = (state: State): string => JSON.stringify(plain(state, "state"));

export function encodeSnapshot({ state, pages }: Snapshot): Uint8Array {
  const header = Buffer.from(stateText(state), "utf8");
  const writer = new ByteWriter();
  writer.bytes(Buffer.from(MAGIC, "latin1")).u32(SNAPSHOT_VERSION).u32(header.length).bytes(header).u32(pages.size);
  for (const [page, bytes] of pages) writer.u32(page).bytes(bytes);
  const body = writer.finish();
  return Buffer.concat([body, createHash("sha256").update(body).digest()]);
}

/** Throws `snapshot-invalid` for anything but a whole snapshot of this version. */
export function decodeSnapshot(file: Uint8Array): Snapshot {
  const body = file.subarray(0, Math.max(0, file.length - DIGEST_SIZE_BYTES));
  const magic = latin1(file.subarray(0, MAGIC.length));
  if (magic !== MAGIC) throw snapshotInvalid("a Komainu snapshot", `a file that starts with ${JSON.stringify(magic)}`);
  const digest = Buffer.from(file.subarray(body.length));
  if (!createHash("sha256").update(body).digest().equals(digest)) {
    throw snapshotInvalid("contents that match their digest", "a file that was changed or cut off");
  }
  const reader = new ByteReader(body, "snapshot", { offset: MAGIC.length });
  const version = reader.u32();
  if (version !== SNAPSHOT_VERSION) throw snapshotInvalid(`format version ${SNAPSHOT_VERSION}`, `version ${version}`);
  const state = parseStateText(Buffer.from(reader.bytes(reader.u32())).toString("utf8"));
  return { state, pages: readPages(reader) };
}

/** The state of a text that `stateText` made. Throws `snapshot-invalid`. */
export function parseStateText(text: string): State {
  let state: StateValue;
  try {
    state = JSON.parse(text, unpackBytes) as StateValue;
  } catch (error) {
    throw snapshotInvalid("a header of JSON", error instanceof Error ? error.message : String(error));
  }
  if (state === null || typeof state !== "object" || Array.isArray(state) || state instanceof Uint8Array) {
    throw snapshotInvalid("an object as header", JSON.stringify(state).slice(0, 40));
  }
  return state;
}

/** Page numbers ascend, so that no page comes twice; nothing follows the last page. */
function readPages(reader: ByteReader): Map<number, Uint8Array> {
  const pages = new Map<number, Uint8Array>();
  let last = -1;
  for (let count = reader.u32(); count > 0; count--) {
    const page = reader.u32();
    if (page <= last) throw snapshotInvalid(`a page after ${last}`, `page ${page}`);
    pages.set(page, reader.bytes(PAGE_SIZE));
    last = page;
  }
  if (reader.remaining > 0) throw snapshotInvalid("the end after the last page", `${reader.remaining} bytes more`);
  return pages;
}
