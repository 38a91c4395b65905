/** `ids watch` and `ids unwatch`: who writes to a variable, a table or an address of the guest's kernel. */
import { hex8, Status } from "../base/index.ts";
import type { Kernel } from "../linux/index.ts";
import type { CommandResult } from "../shell/index.ts";
import { failed } from "../shell/index.ts";
import type { Guest, Hypervisor, ObservedWrite } from "../vm/index.ts";

/** Writes that are kept of one watch; of more, the number. */
const MAX_KEPT = 256;
const MAX_WATCHES = 32;
const MAX_BYTES = 64 << 10;
const PAGE_BYTES = 4096;
const WORD_BYTES = 4;

interface WriterRow {
  readonly place: string;
  readonly address: string;
  readonly value: string;
  readonly pc: string;
  readonly symbol: string;
  readonly pid: number | null;
  readonly process: string | null;
  readonly instructions: number;
}

interface Watch {
  readonly place: string;
  address: number;
  sizeBytes: number;
  readonly writes: WriterRow[];
  count: number;
  end: () => void;
}

const watches = new WeakMap<Guest, Map<string, Watch>>();

function watchesOf(guest: Guest): Map<string, Watch> {
  const known = watches.get(guest) ?? new Map<string, Watch>();
  watches.set(guest, known);
  return known;
}

/** What a word names: a symbol with all up to the next one, or the word at an address. */
function placeOf({ symbols }: Kernel, word: string): { address: number; sizeBytes: number } | undefined {
  const address = symbols.find(word);
  if (address === undefined) {
    const number = /^(?:0x)?[0-9a-f]{1,8}$/i.test(word) ? Number.parseInt(word.replace(/^0x/i, ""), 16) : undefined;
    return number === undefined ? undefined : { address: (number & ~3) >>> 0, sizeBytes: WORD_BYTES };
  }
  const next =
    symbols.text.known && symbols.text.value.find(word) === address ? symbols.text.value.nextStart(address) : undefined;
  const sizeBytes = next === undefined ? WORD_BYTES : Math.min(next - address, MAX_BYTES);
  return { address, sizeBytes: Math.max(sizeBytes, WORD_BYTES) };
}

/** The guest-physical pieces of a range, a page each at most; `undefined` when some of it is not mapped. */
function piecesOf({ space }: Kernel, address: number, sizeBytes: number) {
  const pieces: { address: number; sizeBytes: number }[] = [];
  for (let at = address; at < address + sizeBytes; ) {
    const physical = space.translate(at);
    if (physical === undefined) return undefined;
    const length = Math.min(PAGE_BYTES - (at & (PAGE_BYTES - 1)), address + sizeBytes - at);
    pieces.push({ address: physical, sizeBytes: length });
    at += length;
  }
  return pieces;
}

function writerRow(kernel: Kernel, place: string, at: number, { value, pc, instructions }: ObservedWrite): WriterRow {
  const task = kernel.currentTask();
  return {
    place,
    address: hex8(at),
    value: hex8(value),
    pc: hex8(pc),
    symbol: kernel.codeMap().describe(pc >>> 0),
    pid: task?.pid ?? null,
    process: task?.comm ?? null,
    instructions,
  };
}

/** Begins to watch; from here on each store is noted with who did it. */
export function addWatch(hv: Hypervisor, guest: Guest, kernel: Kernel, word: string): CommandResult {
  const known = watchesOf(guest);
  const place = placeOf(kernel, word);
  if (place === undefined) {
    return failed(Status.noEntry, `Error: expected a symbol of the kernel or a hexadecimal address, found "${word}"\n`);
  }
  if (known.has(word)) return failed(Status.exists, `Error: ${word} is watched already; see "ids watch"\n`);
  if (known.size >= MAX_WATCHES) {
    return failed(Status.noSpace, `Error: at most ${MAX_WATCHES} places can be watched; end one with "ids unwatch"\n`);
  }
  const watch: Watch = { ...place, place: word, writes: [], count: 0, end: () => {} };
  if (!arm(hv, kernel, watch))
    return failed(Status.fail, `Error: ${word} at ${hex8(place.address)} is not in the guest's RAM\n`);
  known.set(word, watch);
  return { code: Status.ok, text: `${word}: ${watch.sizeBytes} bytes at ${hex8(watch.address)} are watched\n` };
}

/** False when some of the place is not in the guest's RAM. */
function arm(hv: Hypervisor, kernel: Kernel, watch: Watch): boolean {
  const { place, address, sizeBytes, writes } = watch;
  const pieces = piecesOf(kernel, address, sizeBytes);
  if (pieces === undefined) return false;
  const end = hv.control.watchWrites(pieces, (write) => {
    watch.count++;
    if (writes.length >= MAX_KEPT) return;
    const row = writerRow(kernel, place, address + write.offset, write);
    writes.push(row);
    hv.log.warning(`ids watch: ${lineOf(row)}`);
  });
  if (end === undefined) return false;
  watch.end = end;
  return true;
}

/** Places that are watched. */
export const watchedPlaces = (guest: Guest): string[] => [...watchesOf(guest).keys()];

/**
 * The guest's memory is another moment's: every watch begins anew at what its word names there, with the writes that were
 * seen. A line for each; those that name nothing there are over.
 */
export function resumeWatches(hv: Hypervisor, guest: Guest, kernel: Kernel | undefined): string[] {
  const known = watchesOf(guest);
  return [...known].map(([word, watch]) => {
    watch.end();
    const place = kernel === undefined ? undefined : placeOf(kernel, word);
    if (kernel !== undefined && place !== undefined && arm(hv, kernel, Object.assign(watch, place))) {
      return `ids watch ${word}: goes on`;
    }
    known.delete(word);
    return `ids watch ${word}: over, the machine that was loaded has no such place`;
  });
}

const lineOf = (row: WriterRow): string =>
  `${row.address} is now ${row.value}, written at ${row.pc} (${row.symbol}) by ${row.pid ?? "?"} (${row.process ?? "?"}), instruction ${row.instructions}`;

/** What is watched, and the writes that were seen. */
export function showWatches(guest: Guest): CommandResult {
  const all = [...watchesOf(guest).values()];
  const lines = all.flatMap(({ place, address, sizeBytes, writes, count }) => [
    `${place}: ${sizeBytes} bytes at ${hex8(address)}, ${count} writes\n`,
    ...writes.map((row) => `  ${lineOf(row)}\n`),
  ]);
  const data = all.map(({ place, address, sizeBytes, writes, count }) => {
    return { place, address: hex8(address), sizeBytes, count, writes: writes.map((row) => ({ ...row })) };
  });
  return { code: Status.ok, text: lines.join(""), data };
}

/** Ends one watch. */
export function endWatch(guest: Guest, word: string): CommandResult {
  const known = watchesOf(guest);
  const watch = known.get(word);
  if (watch === undefined) return failed(Status.noEntry, `Error: ${word} is not watched; see "ids watch"\n`);
  watch.end();
  known.delete(word);
  return { code: Status.ok, text: "" };
}
