/**
 * The kernel's timers (kernel/time/timer.c): for each base a bitmap of slots that have timers, and behind it the slots, which
 * are heads of lists. Since Linux 4.8; `timer_list` is read as it is since 4.15.
 */
import type { AddressSpace } from "./address-space.ts";
import type { ReadWord } from "./arm-code.ts";
import type { Fact } from "./fact.ts";
import { proved, unknown } from "./fact.ts";
import type { KernelMap } from "./kernel-map.ts";
import type { KernelSymbols } from "./kernel-symbols.ts";
import { literalsOf } from "./literals.ts";

export interface TimerContext {
  readonly space: AddressSpace;
  readonly map: KernelMap;
  readonly symbols: KernelSymbols;
  readonly readCode: ReadWord;
}

export interface WheelTimer {
  readonly address: number;
  readonly callback: number;
  /** In jiffies. */
  readonly expires: number;
  /** 0 for the base that wakes the CPU; the next one holds deferrable timers. */
  readonly base: number;
}

export interface WheelWalk {
  readonly timers: readonly WheelTimer[];
  /** A link that is not linked back. */
  readonly brokenAt: number | undefined;
  /** A slot and its bit disagree: the kernel was stopped while it changed them. */
  readonly inUpdate: boolean;
}

/** Where the slots of a base lie; their bitmap is right before them. */
export interface TimerBase {
  readonly vectors: number;
  readonly slotCount: number;
}

/** 64 slots a level, and 8 levels or, with more than 100 ticks a second, 9. */
const SLOT_COUNTS = [576, 512] as const;
const BITS_PER_BYTE = 8;
const WORD_BYTES = 4;
/** Before the bitmap: lock, running timer, clock, flags; with the lock's debugging more. */
const MAX_VECTORS_OFFSET = 0x200;
/** Fewer do not tell bitmap and slots from other words. */
const MIN_TIMERS = 3;
const MAX_TIMERS = 16_384;
const ENTRY_PPREV = 4;
const TIMER_EXPIRES = 8;
const TIMER_FUNCTION = 12;
/** `timer_bases` is aligned to a line of the cache. */
const LINES = [32, 64] as const;

/** Functions that use `timer_bases`; a kernel has some of them, the others may be inlined. */
const USERS = [
  "run_timer_softirq",
  "run_local_timers",
  "get_next_timer_interrupt",
  "timer_clear_idle",
  "lock_timer_base",
  "add_timer_on",
  "__mod_timer",
  "timers_dead_cpu",
  "init_timers",
];

/** True when every slot has timers exactly where its bit says so, and enough have to be sure. */
function isBase(context: TimerContext, { vectors, slotCount }: TimerBase, atLeast: number): boolean {
  const { space } = context;
  const bytes = slotCount / BITS_PER_BYTE;
  const words = wordsAt(space, vectors - bytes, bytes + slotCount * WORD_BYTES);
  if (words === undefined) return false;
  let found = 0;
  for (let slot = 0; slot < slotCount; slot++) {
    const isPending = ((words[slot >>> 5] >>> (slot & 31)) & 1) !== 0;
    const first = words[bytes / WORD_BYTES + slot];
    if (isPending !== (first !== 0)) return false;
    if (first === 0) continue;
    if (space.readU32(first + ENTRY_PPREV) !== vectors + slot * WORD_BYTES) return false;
    found++;
  }
  return found >= atLeast;
}

function wordsAt(space: AddressSpace, address: number, sizeBytes: number): Uint32Array | undefined {
  const bytes = new Uint8Array(sizeBytes);
  return space.readPrefix(address, bytes) === sizeBytes ? new Uint32Array(bytes.buffer) : undefined;
}

/** The bases, the first of them proved by its bits and slots. */
export function findTimerBases(context: TimerContext): Fact<readonly TimerBase[]> {
  const { symbols, readCode, map } = context;
  const literals = USERS.flatMap((name) => literalsOf(name, symbols, readCode));
  const known = symbols.find("timer_bases");
  const starts = new Set([...(known === undefined ? [] : [known]), ...literals]);
  const found = new Map<number, TimerBase>();
  for (const start of starts) {
    if (start < map.pageOffset || (start & 3) !== 0) continue;
    for (let offset = WORD_BYTES; offset <= MAX_VECTORS_OFFSET; offset += WORD_BYTES) {
      for (const slotCount of SLOT_COUNTS) {
        const base = { vectors: start + offset, slotCount };
        if (isBase(context, base, MIN_TIMERS)) found.set(base.vectors, base);
      }
    }
  }
  if (found.size === 0) return unknown(`${starts.size} constants of the timers' functions lead to no wheel`);
  const [first] = [...found.values()].sort((a, b) => a.vectors - b.vectors);
  // Another base lies a whole structure behind; one without timers has nothing to tell, and is not looked for.
  const sizeBytes = first.slotCount * WORD_BYTES + first.slotCount / BITS_PER_BYTE;
  return proved(
    nextBases(context, first, sizeBytes),
    "each slot of its wheel has timers exactly where its bit says so",
  );
}

function nextBases(context: TimerContext, first: TimerBase, sizeBytes: number): TimerBase[] {
  for (const line of LINES) {
    // What is before the bitmap is at most a few lines.
    for (
      let distance = Math.ceil(sizeBytes / line) * line;
      distance <= sizeBytes + MAX_VECTORS_OFFSET;
      distance += line
    ) {
      const second = { ...first, vectors: first.vectors + distance };
      if (isBase(context, second, 1)) return [first, second];
    }
  }
  return [first];
}

/** Every timer of the bases, slot by slot. */
export function walkTimers({ space, map }: TimerContext, bases: readonly TimerBase[]): WheelWalk {
  const timers: WheelTimer[] = [];
  let brokenAt: number | undefined;
  let inUpdate = false;
  for (const [base, { vectors, slotCount }] of bases.entries()) {
    const bitmap = vectors - slotCount / BITS_PER_BYTE;
    for (let slot = 0; slot < slotCount; slot++) {
      let link = vectors + slot * WORD_BYTES;
      let entry = space.readU32(link) ?? 0;
      const bits = space.readU32(bitmap + (slot >>> 5) * WORD_BYTES) ?? 0;
      if (((bits >>> (slot & 31)) & 1) !== (entry === 0 ? 0 : 1)) inUpdate = true;
      while (entry !== 0 && timers.length < MAX_TIMERS) {
        if (entry < map.modulesStart || space.readU32(entry + ENTRY_PPREV) !== link) {
          brokenAt ??= link;
          break;
        }
        const callback = space.readU32(entry + TIMER_FUNCTION) ?? 0;
        timers.push({ address: entry, callback, expires: space.readU32(entry + TIMER_EXPIRES) ?? 0, base });
        link = entry;
        entry = space.readU32(link) ?? 0;
      }
    }
  }
  return { timers, brokenAt, inUpdate };
}
