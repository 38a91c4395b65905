/**
 * Guest memory by virtual address, through the page tables that are in force, for a debugger.
 *
 * Only memory is read and written: a device's register may change when it is read, and nothing of the guest may change by
 * being looked at.
 */

/** What of a core and its bus this needs. */
export interface MemoryView {
  /** Guest-physical address behind a virtual one, without any effect; `undefined` where nothing is mapped. */
  translate(va: number): number | undefined;
  read(physical: number, target: Uint8Array): boolean;
  write(physical: number, data: Uint8Array): boolean;
}

const PAGE_SIZE = 4096;
/** Pieces of 1 KiB: the smallest page the architecture has. */
const PIECE = 1024;

/** The pieces of a range that lie in one page each. */
function* pieces(address: number, sizeBytes: number): Generator<{ va: number; at: number; length: number }> {
  for (let at = 0; at < sizeBytes; ) {
    const va = (address + at) % 2 ** 32;
    const length = Math.min(sizeBytes - at, PIECE - (va % PIECE));
    yield { va, at, length };
    at += length;
  }
}

/** As many bytes from `address` on as can be read; empty when the first cannot. */
export function readVirtual(view: MemoryView, address: number, sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(Math.min(sizeBytes, PAGE_SIZE * 4));
  for (const { va, at, length } of pieces(address, bytes.length)) {
    const physical = view.translate(va);
    if (physical === undefined || !view.read(physical, bytes.subarray(at, at + length))) return bytes.subarray(0, at);
  }
  return bytes;
}

/** All of the bytes, or none: false when some of the range is no memory. */
export function writeVirtual(view: MemoryView, address: number, data: Uint8Array): boolean {
  const parts: { physical: number; bytes: Uint8Array }[] = [];
  for (const { va, at, length } of pieces(address, data.length)) {
    const physical = view.translate(va);
    if (physical === undefined || !view.read(physical, new Uint8Array(length))) return false;
    parts.push({ physical, bytes: data.subarray(at, at + length) });
  }
  return parts.every(({ physical, bytes }) => view.write(physical, bytes));
}
