/**
 * The kernel's timers of high resolution (kernel/time/hrtimer.c): for each clock a red-black tree of them, by the time at which
 * they are due.
 */
import type { AddressSpace } from "./address-space.ts";
import type { Fact } from "./fact.ts";
import { proved, unknown } from "./fact.ts";
import { literalsOf } from "./literals.ts";
import type { TimerContext } from "./timer-wheel.ts";

export interface HrTimer {
  readonly address: number;
  readonly callback: number;
  /** Nanoseconds of its clock. */
  readonly expiresNs: number;
  /** Number of its clock, as /proc/timer_list has it. */
  readonly clock: number;
}

export interface HrTimerWalk {
  readonly timers: readonly HrTimer[];
  /** A node that is none of its tree. */
  readonly brokenAt: number | undefined;
}

/** Clocks lie one behind the other, each with a pointer to the whole and its own number. */
export interface HrTimerBases {
  readonly first: number;
  readonly strideBytes: number;
  readonly count: number;
  /** Of the tree's root in a clock; the first to be due stands behind it. */
  readonly root: number;
}

/** Members before the clocks: locks, times of the next events, statistics. */
const MAX_CLOCKS_OFFSET = 0x200;
const MAX_STRIDE_BYTES = 0x100;
const MIN_STRIDE_BYTES = 0x20;
const CLOCKS = [8, 4];
const INDEX = 4;
const FIRST_MEMBER = 8;
/** `rb_node` is parent, right, left; then the time, at a multiple of eight. */
const NODE_RIGHT = 4;
const NODE_LEFT = 8;
const NODE_EXPIRES = 16;
const TIMER_FUNCTION = 32;
const TIMER_BASE = 36;
const MAX_TIMERS = 16_384;

/** Functions that use `hrtimer_bases`; a kernel has some of them, the others may be inlined. */
const USERS = [
  "hrtimer_interrupt",
  "hrtimer_run_queues",
  "hrtimer_run_softirq",
  "hrtimer_get_next_event",
  "hrtimer_next_event_without",
  "hrtimer_init",
  "__hrtimer_init",
  "hrtimers_prepare_cpu",
  "clock_was_set",
  "clock_was_set_delayed",
  "timer_list_show",
];

/** The clocks of the structure at `start`: pointers back to it with the numbers 0, 1, 2, ... at equal distances. */
function clocksOf(space: AddressSpace, start: number): Omit<HrTimerBases, "root"> | undefined {
  const isClock = (at: number, index: number): boolean =>
    space.readU32(at) === start && space.readU32(at + INDEX) === index;
  for (let first = start; first < start + MAX_CLOCKS_OFFSET; first += 4) {
    if (!isClock(first, 0)) continue;
    for (let strideBytes = MIN_STRIDE_BYTES; strideBytes <= MAX_STRIDE_BYTES; strideBytes += 8) {
      for (const count of CLOCKS) {
        const indices = Array.from({ length: count }, (_, index) => index);
        if (indices.every((index) => isClock(first + index * strideBytes, index))) return { first, strideBytes, count };
      }
    }
  }
  return undefined;
}

/** Each clock has its function to read it, right behind the tree: the first word that is one in all of them. */
function rootOffset({ space, symbols }: TimerContext, clocks: Omit<HrTimerBases, "root">): number | undefined {
  const { textRange } = symbols;
  if (!textRange.known) return undefined;
  const { startAddress, endAddress } = textRange.value;
  const { first, strideBytes, count } = clocks;
  for (let offset = FIRST_MEMBER; offset < strideBytes; offset += 4) {
    let areFunctions = true;
    for (let index = 0; index < count && areFunctions; index++) {
      const word = space.readU32(first + index * strideBytes + offset) ?? 0;
      areFunctions = word >= startAddress && word < endAddress && symbols.namesAt(word).length > 0;
    }
    if (areFunctions) return offset - FIRST_MEMBER;
  }
  return undefined;
}

export function findHrTimerBases(context: TimerContext): Fact<HrTimerBases> {
  const { symbols, readCode, map, space } = context;
  const known = symbols.find("hrtimer_bases");
  const starts = new Set(known === undefined ? [] : [known]);
  for (const name of USERS) for (const literal of literalsOf(name, symbols, readCode)) starts.add(literal);
  for (const start of starts) {
    if (start < map.pageOffset || (start & 3) !== 0) continue;
    const clocks = clocksOf(space, start);
    const root = clocks === undefined ? undefined : rootOffset(context, clocks);
    if (clocks !== undefined && root !== undefined) {
      return proved({ ...clocks, root }, `${clocks.count} clocks point back to it, each with its number`);
    }
  }
  return unknown(`${starts.size} constants of the timers' functions lead to no clocks`);
}

/** Every timer of every clock, the one that is due first first. */
export function walkHrTimers({ space, map }: TimerContext, bases: HrTimerBases): HrTimerWalk {
  const timers: HrTimer[] = [];
  let brokenAt: number | undefined;
  const seen = new Set<number>();
  for (let clock = 0; clock < bases.count; clock++) {
    const base = bases.first + clock * bases.strideBytes;
    const above: number[] = [];
    let node = space.readU32(base + bases.root) ?? 0;
    while ((node !== 0 || above.length > 0) && seen.size < MAX_TIMERS) {
      if (node !== 0) {
        if (node < map.modulesStart || seen.has(node) || space.readU32(node + TIMER_BASE) !== base) {
          brokenAt ??= node;
          node = 0;
          continue;
        }
        seen.add(node);
        above.push(node);
        node = space.readU32(node + NODE_LEFT) ?? 0;
        continue;
      }
      const address = above.pop() as number;
      const low = space.readU32(address + NODE_EXPIRES) ?? 0;
      const high = space.readU32(address + NODE_EXPIRES + 4) ?? 0;
      const callback = space.readU32(address + TIMER_FUNCTION) ?? 0;
      timers.push({ address, callback, expiresNs: (high | 0) * 0x100000000 + low, clock });
      node = space.readU32(address + NODE_RIGHT) ?? 0;
    }
  }
  return { timers, brokenAt };
}
