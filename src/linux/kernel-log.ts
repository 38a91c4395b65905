/**
 * The kernel's log, as dmesg shows it, read from its buffer.
 *
 * Since 5.10 a ring of descriptors with a ring of text (kernel/printk/printk_ringbuffer.h); from 3.5 on before that, records
 * that follow each other in log_buf (kernel/printk/printk.c). Nothing read is trusted: counts and sizes are bounded.
 */
import { latin1 } from "../base/index.ts";
import type { ObjectContext } from "./kernel-object.ts";

export interface LogRecord {
  /** Seconds since the kernel started. */
  readonly seconds: number;
  /** 0 (emergency) to 7 (debug). */
  readonly level: number;
  readonly facility: number;
  /** One character a byte; may have several lines. */
  readonly text: string;
}

export interface LogWalk {
  readonly records: readonly LogRecord[];
  /** What is wrong with the log, in words. */
  readonly damage?: string;
}

const MAX_COUNT_BITS = 20;
const MAX_TEXT_BITS = 26;
const MAX_RECORDS = 1 << 18;
const DESCRIPTOR_BYTES = 12;
const INFO_BYTES = 88;
const INFO_USED_BYTES = 24;
/** A descriptor's state is in the two highest bits, its number in the others. */
const STATE_SHIFT = 30;
const COMMITTED = 1;
const FINALIZED = 2;
const ID_MASK = 0x3fffffff;
/** A block of text begins with its descriptor's number; the lowest bit of a position marks a record without text. */
const BLOCK_HEAD_BYTES = 4;
const NO_BLOCK = 1;

interface Ring {
  readonly countBits: number;
  readonly descs: number;
  readonly infos: number;
  readonly head: number;
  readonly tail: number;
  readonly textBits: number;
  readonly text: number;
}

const isSane = (bits: number, max: number): boolean => bits > 0 && bits <= max;

function readRing(context: ObjectContext, address: number): Ring | undefined {
  const bytes = context.space.readBytes(address, 0x40);
  if (bytes === undefined) return undefined;
  const words = new Uint32Array(bytes.buffer);
  const [countBits, descs, infos, head, tail] = words;
  const logBuf = context.offsetOf("log_buf");
  const data = logBuf === undefined ? undefined : context.space.readU32(logBuf);
  // Newer kernels have one or two more counters before the ring of text.
  const at = words.indexOf(data ?? 0, 6);
  if (at < 0 || !isSane(countBits, MAX_COUNT_BITS) || !isSane(words[at - 1], MAX_TEXT_BITS)) return undefined;
  return { countBits, descs, infos, head, tail, textBits: words[at - 1], text: words[at] };
}

/** The text between two positions in the ring, which a record may wrap around. */
function textOf(context: ObjectContext, ring: Ring, begin: number, next: number, length: number): string | undefined {
  const size = 2 ** ring.textBits;
  if ((begin & NO_BLOCK) !== 0) return "";
  const isWrapped = Math.floor(begin / size) !== Math.floor(((next - 1) >>> 0) / size);
  const start = (isWrapped ? 0 : begin % size) + BLOCK_HEAD_BYTES;
  const room = isWrapped ? (next % size) - BLOCK_HEAD_BYTES : next - begin - BLOCK_HEAD_BYTES;
  if (length > room || start + length > size) return undefined;
  const bytes = context.space.readBytes((ring.text + start) >>> 0, length);
  return bytes === undefined ? undefined : latin1(bytes);
}

function readRecord(context: ObjectContext, ring: Ring, id: number): LogRecord | "none" | "damaged" {
  const index = id & (2 ** ring.countBits - 1);
  const desc = context.space.readBytes(ring.descs + index * DESCRIPTOR_BYTES, DESCRIPTOR_BYTES);
  const info = context.space.readBytes(ring.infos + index * INFO_BYTES, INFO_USED_BYTES);
  if (desc === undefined || info === undefined) return "damaged";
  const [state, begin, next] = new Uint32Array(desc.buffer);
  const isReadable = state >>> STATE_SHIFT === COMMITTED || state >>> STATE_SHIFT === FINALIZED;
  if (!isReadable || (state & ID_MASK) !== (id & ID_MASK)) return "none";
  const view = new DataView(info.buffer);
  const text = textOf(context, ring, begin, next, view.getUint16(16, true));
  if (text === undefined) return "damaged";
  const seconds = (view.getUint32(12, true) * 0x100000000 + view.getUint32(8, true)) / 1e9;
  return { seconds, level: info[19] >>> 5, facility: info[18], text };
}

function walkRing(context: ObjectContext, address: number): LogWalk {
  const ring = readRing(context, address);
  if (ring === undefined) return { records: [], damage: "a ring whose sizes make no sense" };
  const records: LogRecord[] = [];
  let damage: string | undefined;
  const count = Math.min((ring.head - ring.tail) >>> 0, 2 ** ring.countBits);
  for (let step = 0; step <= count && records.length < MAX_RECORDS; step++) {
    const record = readRecord(context, ring, (ring.tail + step) >>> 0);
    if (record === "damaged") damage = "a record whose text is not in the buffer";
    else if (record !== "none") records.push(record);
  }
  return damage === undefined ? { records } : { records, damage };
}

/** Where the oldest record of the old buffer is; kernels that tell nothing are read from the start. */
export interface OldLog {
  readonly buffer: number;
  readonly sizeBytes: number;
  readonly first: number;
  readonly next: number;
}

const OLD_HEAD_BYTES = 16;

/** Records of `ts_nsec, len, text_len, dict_len, facility, flags and level`; a length of 0 leads back to the start. */
export function walkOldLog(context: ObjectContext, { buffer, sizeBytes, first, next }: OldLog): LogWalk {
  const records: LogRecord[] = [];
  let at = first;
  for (let step = 0; step < MAX_RECORDS && !(at === next && step > 0); step++) {
    const head = context.space.readBytes(buffer + at, OLD_HEAD_BYTES);
    if (head === undefined) return { records, damage: "a record that is not in memory" };
    const view = new DataView(head.buffer);
    const length = view.getUint16(8, true);
    if (length === 0 && at !== 0) {
      at = 0;
      continue;
    }
    const textLength = view.getUint16(10, true);
    if (length < OLD_HEAD_BYTES + textLength || (length & 3) !== 0 || at + length > sizeBytes) {
      return length === 0 ? { records } : { records, damage: "a record that is longer than the buffer" };
    }
    const bytes = context.space.readBytes(buffer + at + OLD_HEAD_BYTES, textLength) ?? new Uint8Array();
    const seconds = (view.getUint32(4, true) * 0x100000000 + view.getUint32(0, true)) / 1e9;
    records.push({ seconds, level: head[15] >>> 5, facility: head[14], text: latin1(bytes) });
    at += length;
  }
  return { records };
}

/** The whole log; `undefined` when it is not known where it is. */
export function walkLog(context: ObjectContext, oldLog: () => OldLog | undefined): LogWalk | undefined {
  const ring = context.offsetOf("printk_ringbuffer");
  if (ring !== undefined) return walkRing(context, ring);
  const old = oldLog();
  return old === undefined ? undefined : walkOldLog(context, old);
}
