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
  /** The bases that have timers, counted in the order of their addresses. */
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
const MAX_SLOTS = SLOT_COUNTS[0];
const BITS_PER_BYTE = 8;
const BITS_PER_WORD = 32;
const WORD_BYTES = 4;
/** Before the bitmap: lock, running timer, clock, flags; with the lock's debugging more. */
const MAX_VECTORS_OFFSET = 0x200;
/** Fewer do not tell bitmap and slots from other words. */
const MIN_TIMERS = 3;
const MAX_TIMERS = 16_384;
const ENTRY_PPREV = 4;
const TIMER_EXPIRES = 8;
const TIMER_FUNCTION = 12;
/** `timer_bases` is aligned to a line of the cache, of 32 or 64 bytes. */
const LINE = 32;
/** For one CPU, for all, deferrable ones. */
const MAX_BASES = 3;

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

/** Memory around a constant, loaded once for all places that are tried in it. */
interface Window {
  readonly address: number;
  readonly words: Uint32Array;
}

function windowAt(space: AddressSpace, address: number, sizeBytes: number): Window {
  const bytes = new Uint8Array(sizeBytes);
  return { address, words: new Uint32Array(bytes.buffer, 0, space.readPrefix(address, bytes) >>> 2) };
}

/** True when every slot has timers exactly where its bit says so, each linked back, and enough have to be sure. */
function isBase(space: AddressSpace, window: Window, { vectors, slotCount }: TimerBase, atLeast: number): boolean {
  const { words } = window;
  const first = (vectors - window.address) >> 2;
  const bitmap = first - slotCount / BITS_PER_WORD;
  if (bitmap < 0 || first + slotCount > words.length) return false;
  // Most places have no bits at all.
  if (words.subarray(bitmap, first).every((word) => word === 0)) return false;
  let found = 0;
  for (let slot = 0; slot < slotCount; slot++) {
    const isPending = ((words[bitmap + (slot >>> 5)] >>> (slot & 31)) & 1) !== 0;
    const timer = words[first + slot];
    if (isPending !== (timer !== 0)) return false;
    if (timer === 0) continue;
    if (space.readU32(timer + ENTRY_PPREV) !== vectors + slot * WORD_BYTES) return false;
    found++;
  }
  return found >= atLeast;
}

/** The bases, one of them proved by its bits and slots. */
export function findTimerBases({ symbols, readCode, map, space }: TimerContext): Fact<readonly TimerBase[]> {
  const literals = USERS.flatMap((name) => literalsOf(name, symbols, readCode));
  const known = symbols.find("timer_bases");
  const starts = new Set([...(known === undefined ? [] : [known]), ...literals]);
  // The first of them may have too few timers to tell.
  const farthest = MAX_VECTORS_OFFSET + (MAX_BASES - 1) * (MAX_SLOTS * WORD_BYTES + MAX_VECTORS_OFFSET);
  const windowBytes = farthest + MAX_SLOTS * WORD_BYTES;
  for (const start of starts) {
    if (start < map.pageOffset || (start & 3) !== 0) continue;
    const window = windowAt(space, start, windowBytes);
    for (let offset = WORD_BYTES; offset <= farthest; offset += WORD_BYTES) {
      for (const slotCount of SLOT_COUNTS) {
        const base = { vectors: start + offset, slotCount };
        if (!isBase(space, window, base, MIN_TIMERS)) continue;
        return proved(allBases(space, base), "each slot of its wheel has timers exactly where its bit says so");
      }
    }
  }
  return unknown(`${starts.size} constants of the timers' functions lead to no wheel with ${MIN_TIMERS} timers`);
}

/** One base and those whole structures before and behind it. One that has no timers has nothing to tell. */
function allBases(space: AddressSpace, one: TimerBase): TimerBase[] {
  const { slotCount, vectors } = one;
  const sizeBytes = slotCount * WORD_BYTES + slotCount / BITS_PER_BYTE;
  const farthest = MAX_BASES * (sizeBytes + MAX_VECTORS_OFFSET);
  const window = windowAt(space, vectors - farthest, 2 * farthest + sizeBytes);
  for (
    let distance = Math.ceil(sizeBytes / LINE) * LINE;
    distance <= sizeBytes + MAX_VECTORS_OFFSET;
    distance += LINE
  ) {
    const bases = [one];
    for (let steps = 1 - MAX_BASES; steps < MAX_BASES; steps++) {
      const other = { slotCount, vectors: vectors + steps * distance };
      if (steps !== 0 && isBase(space, window, other, 1)) bases.push(other);
    }
    if (bases.length > 1) return bases.sort((a, b) => a.vectors - b.vectors);
  }
  return [one];
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
