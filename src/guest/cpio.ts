/**
 * A writer and a reader of the "newc" cpio format, the one the kernel unpacks an initramfs from
 * (Linux, Documentation/driver-api/early-userspace/buffer-format.rst).
 *
 * The writer is deterministic: entries are sorted by path, inode numbers count up from 1, and every entry has
 * owner 0:0 and the one modification time it is given.
 */
import { cpioInvalid, cpioPathInvalid } from "./errors.ts";

interface EntryBase {
  /** Relative, without a leading slash or dot: `etc/passwd`. */
  path: string;
  /** Permission bits, such as 0o755. */
  mode: number;
}

export type CpioEntry =
  | (EntryBase & { kind: "directory" })
  | (EntryBase & { kind: "file"; data: Uint8Array })
  | (EntryBase & { kind: "symlink"; target: string })
  | (EntryBase & { kind: "characterDevice"; major: number; minor: number });

const FileType = { directory: 0o040000, file: 0o100000, symlink: 0o120000, characterDevice: 0o020000 } as const;
const FILE_TYPE_MASK = 0o170000;
const MAGIC = "070701";
const HEADER_SIZE_BYTES = 110;
const TRAILER = "TRAILER!!!";
/** The kernel refuses a longer name (N_ALIGN(PATH_MAX) buffer). */
const MAX_PATH_BYTES = 4095;

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const padding = (length: number): Uint8Array => new Uint8Array((4 - (length % 4)) % 4);

function content(entry: CpioEntry): Uint8Array {
  if (entry.kind === "file") return entry.data;
  return entry.kind === "symlink" ? text(entry.target) : new Uint8Array(0);
}

interface Header {
  inode: number;
  mode: number;
  links: number;
  mtimeS: number;
  sizeBytes: number;
  deviceMajor: number;
  deviceMinor: number;
  nameSizeBytes: number;
}

function headerBytes(header: Header): Uint8Array {
  const fields = [
    header.inode,
    header.mode,
    0, // owner: root
    0, // group: root
    header.links,
    header.mtimeS,
    header.sizeBytes,
    0, // the device the archive was made from, not used by the kernel
    0,
    header.deviceMajor,
    header.deviceMinor,
    header.nameSizeBytes,
    0, // checksum, only in the "070702" variant
  ];
  return text(MAGIC + fields.map((field) => (field >>> 0).toString(16).padStart(8, "0")).join(""));
}

function checkPath(path: string): void {
  const bad = path.split("/").some((part) => part === "" || part === "." || part === "..");
  if (bad || path.includes("\0") || path === TRAILER || text(path).length > MAX_PATH_BYTES) throw cpioPathInvalid(path);
}

/** Plain comparison of code units: the order must not depend on the locale. */
const byPath = (a: CpioEntry, b: CpioEntry): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);

/** The archive of `entries`; a directory comes before what is in it. Equal input gives equal bytes. */
export function writeCpio(entries: readonly CpioEntry[], mtimeS: number): Uint8Array {
  const parts: Uint8Array[] = [];
  const put = (header: Header, path: string, data: Uint8Array): void => {
    const name = text(`${path}\0`);
    parts.push(headerBytes({ ...header, nameSizeBytes: name.length }), name);
    parts.push(padding(HEADER_SIZE_BYTES + name.length), data, padding(data.length));
  };
  const sorted = [...entries].sort(byPath);
  sorted.forEach((entry, index) => {
    checkPath(entry.path);
    if (sorted[index + 1]?.path === entry.path) throw cpioPathInvalid(entry.path);
    const data = content(entry);
    const device = entry.kind === "characterDevice" ? entry : { major: 0, minor: 0 };
    put(
      {
        inode: index + 1,
        mode: FileType[entry.kind] | entry.mode,
        links: entry.kind === "directory" ? 2 : 1,
        mtimeS,
        sizeBytes: data.length,
        deviceMajor: device.major,
        deviceMinor: device.minor,
        nameSizeBytes: 0,
      },
      entry.path,
      data,
    );
  });
  const trailer = { inode: 0, mode: 0, links: 1, mtimeS: 0, sizeBytes: 0, deviceMajor: 0, deviceMinor: 0 };
  put({ ...trailer, nameSizeBytes: 0 }, TRAILER, new Uint8Array(0));
  return new Uint8Array(Buffer.concat(parts));
}

function entryOf(path: string, mode: number, data: Uint8Array, device: { major: number; minor: number }): CpioEntry {
  const base = { path, mode: mode & 0o7777 };
  switch (mode & FILE_TYPE_MASK) {
    case FileType.directory:
      return { ...base, kind: "directory" };
    case FileType.file:
      return { ...base, kind: "file", data };
    case FileType.symlink:
      return { ...base, kind: "symlink", target: new TextDecoder().decode(data) };
    case FileType.characterDevice:
      return { ...base, kind: "characterDevice", ...device };
    default:
      throw cpioInvalid(`entry ${path} has file type 0${(mode & FILE_TYPE_MASK).toString(8)}`);
  }
}

/** The entries of an archive made by `writeCpio`, trailer left out. */
export function readCpio(archive: Uint8Array): CpioEntry[] {
  const entries: CpioEntry[] = [];
  let offset = 0;
  const take = (sizeBytes: number): Uint8Array => {
    if (offset + sizeBytes > archive.length) throw cpioInvalid(`the archive ends inside an entry, at byte ${offset}`);
    const bytes = archive.subarray(offset, offset + sizeBytes);
    offset += sizeBytes + ((4 - ((offset + sizeBytes) % 4)) % 4);
    return bytes;
  };
  for (;;) {
    const start = offset;
    const head = new TextDecoder().decode(take(HEADER_SIZE_BYTES));
    if (!/^070701[0-9a-fA-F]{104}$/.test(head)) throw cpioInvalid(`no "newc" header at byte ${start}`);
    const field = (index: number): number => Number.parseInt(head.slice(6 + index * 8, 14 + index * 8), 16);
    offset = start + HEADER_SIZE_BYTES; // the name follows the header without padding
    const path = new TextDecoder().decode(take(field(11))).replace(/\0$/, "");
    const data = take(field(6));
    if (path === TRAILER) return entries;
    entries.push(entryOf(path, field(1), data, { major: field(9), minor: field(10) }));
  }
}
