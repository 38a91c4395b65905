/**
 * What `--profile` knows of a run: instructions and time of the interpreter, the compiler and each compiled region.
 *
 * The dispatcher counts at every entry of a region, so the regions are the same code as without a profile. Time is the
 * caller's clock: measured where compiled code is entered from here and left, and for single regions on some of their
 * entries, because reading a clock costs more than most entries do.
 */
import { assert } from "../../base/index.ts";
import { type HostMemory, REGION_COUNTS_OFFSET } from "../../memory/index.ts";

/** Where the time of a run goes. */
export const TIERS = ["interpreter", "compiled", "compiler", "lookUp", "outside"] as const;
export type Tier = (typeof TIERS)[number];

/** All of the first entries of a region are timed, then one of so many (a power of two). */
export const TIMED_FIRST = 256;
export const TIMED_EVERY = 64;
/** Regions that are told apart; what more there are is added up by tier. */
const MAX_REGIONS = 65_536;
/** Of a region: instructions and entries, two 64-bit words. */
const COUNTER_BYTES = 16;
const COUNTER_AREA = 16_384 * COUNTER_BYTES;
const CALIBRATION_TRIES = 200;
/**
 * Longer than this and so much for each instruction is no entry of the region's own: the host did something else. One that
 * stands for many others would make a hot region of a cold one.
 */
const ENTRY_LIMIT_NS = 5_000;
const INSTRUCTION_LIMIT_NS = 100;

/** A compiled region as it is told apart from others. */
export interface RegionIdentity {
  /** Address at which it was first entered. */
  readonly pc: number;
  readonly isThumb: boolean;
  readonly isPrivileged: boolean;
  /** The process it was first entered in; empty for the kernel, and where it is not known. */
  readonly process: string;
}

export interface RegionTotals extends RegionIdentity {
  entries: number;
  instructions: number;
  /** By the entries that were timed. */
  ns: number;
}

interface Timing {
  /** Of the first entries, and of those after them that were timed. */
  firstNs: number;
  laterNs: number;
  laterCount: number;
}

const keyOf = ({ pc, isThumb, isPrivileged, process }: RegionIdentity): string =>
  `${pc >>> 0} ${isThumb} ${isPrivileged} ${process}`;

const REST: RegionIdentity = { pc: 0, isThumb: false, isPrivileged: false, process: "" };

export class ExecutionProfile {
  /** Since the machine was made. */
  executed = 0;
  /** Instructions that compiled code left to the interpreter, by row. */
  readonly escapes = new Map<string, number>();
  /** The name of the process whose first-level table lies at a physical address; empty where it is not known. */
  processOf: (table: number) => string = () => "";
  private readonly nowNs: () => number;
  private readonly spentNs: Record<Tier, number> = { interpreter: 0, compiled: 0, compiler: 0, lookUp: 0, outside: 0 };
  private tier: Tier = "outside";
  private sinceNs: number;
  private view: DataView | undefined;
  /** By slot of the dispatcher's table, until the table is emptied. */
  private identities = new Map<number, RegionIdentity>();
  private timings = new Map<number, Timing>();
  private readonly totals = new Map<string, RegionTotals>();
  /** The entry that is being timed. */
  private timedFromNs = Number.NaN;
  private lookUpBeforeNs = 0;
  private instructionsBefore = 0;
  private readonly clockCostNs: number;

  constructor(nowNs: () => number) {
    this.nowNs = nowNs;
    this.clockCostNs = this.calibrate();
    this.sinceNs = nowNs();
  }

  /** What two readings of the clock with nothing between them are apart. */
  private calibrate(): number {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < CALIBRATION_TRIES; i++) least = Math.min(least, -this.nowNs() + this.nowNs());
    return least;
  }

  /** The memory that the dispatcher counts in: emptied, what was there before is collected. */
  attach({ memory }: HostMemory): void {
    this.collect();
    this.view = new DataView(memory.buffer, REGION_COUNTS_OFFSET, COUNTER_AREA);
    new Uint8Array(memory.buffer, REGION_COUNTS_OFFSET, COUNTER_AREA).fill(0);
  }

  /** Time is the tier's from now on; answers whose it was before. */
  switchTo(tier: Tier): Tier {
    const { tier: before } = this;
    const now = this.nowNs();
    this.spentNs[before] += now - this.sinceNs;
    this.sinceNs = now;
    this.tier = tier;
    return before;
  }

  /** Does `work`; its time is the tier's. */
  within<T>(tier: Tier, work: () => T): T {
    const before = this.switchTo(tier);
    const result = work();
    this.switchTo(before);
    return result;
  }

  /** Nanoseconds by tier, up to now. */
  get timesNs(): Readonly<Record<Tier, number>> {
    this.switchTo(this.tier);
    return { ...this.spentNs };
  }

  isKnown(slot: number): boolean {
    return this.identities.has(slot);
  }

  /** What the function in a slot is; the first answer stays. */
  describe(slot: number, identity: RegionIdentity): void {
    if (!this.identities.has(slot)) this.identities.set(slot, identity);
  }

  countEscape(row: string): void {
    this.escapes.set(row, (this.escapes.get(row) ?? 0) + 1);
  }

  /**
   * The dispatcher's: called before and after an entry that is to be timed, with the address of the region's counters. Its
   * instructions are counted by the second call, the entry is not.
   */
  entryTimed(counters: number): void {
    const now = this.nowNs();
    const slot = (counters - REGION_COUNTS_OFFSET) / COUNTER_BYTES;
    const instructions = this.counter(slot, 0);
    if (Number.isNaN(this.timedFromNs)) {
      this.lookUpBeforeNs = this.spentNs.lookUp;
      this.instructionsBefore = instructions;
      this.timedFromNs = this.nowNs();
      return;
    }
    const lookUpNs = this.spentNs.lookUp - this.lookUpBeforeNs;
    const ns = Math.max(0, now - this.timedFromNs - lookUpNs - this.clockCostNs);
    this.timedFromNs = Number.NaN;
    let timing = this.timings.get(slot);
    if (timing === undefined) {
      timing = { firstNs: 0, laterNs: 0, laterCount: 0 };
      this.timings.set(slot, timing);
    }
    if (this.entriesOf(slot) < TIMED_FIRST) timing.firstNs += ns;
    else {
      const limitNs = ENTRY_LIMIT_NS + INSTRUCTION_LIMIT_NS * (instructions - this.instructionsBefore);
      timing.laterNs += Math.min(ns, limitNs);
      timing.laterCount++;
    }
  }

  private counter(slot: number, offset: number): number {
    assert(this.view !== undefined, "a profile is attached to memory before anything runs");
    return Number(this.view.getBigUint64(slot * COUNTER_BYTES + offset, true));
  }

  private entriesOf(slot: number): number {
    return this.counter(slot, 8);
  }

  private nsOf(slot: number): number {
    const timing = this.timings.get(slot);
    if (timing === undefined) return 0;
    const { firstNs, laterNs, laterCount } = timing;
    const later = Math.max(0, this.entriesOf(slot) - TIMED_FIRST);
    return firstNs + (laterCount === 0 ? 0 : (laterNs / laterCount) * later);
  }

  /** Adds up what was counted by slot; slots may be given to other regions afterwards. */
  collect(): void {
    const { view } = this;
    if (view === undefined) return;
    for (const [slot, identity] of this.identities) {
      const total = this.totalOf(identity);
      total.entries += this.entriesOf(slot);
      total.instructions += this.counter(slot, 0);
      total.ns += this.nsOf(slot);
      view.setBigUint64(slot * COUNTER_BYTES, 0n, true);
      view.setBigUint64(slot * COUNTER_BYTES + 8, 0n, true);
    }
    this.identities = new Map();
    this.timings = new Map();
  }

  private totalOf(identity: RegionIdentity): RegionTotals {
    let told = identity;
    let known = this.totals.get(keyOf(told));
    if (known === undefined && this.totals.size >= MAX_REGIONS) {
      told = REST;
      known = this.totals.get(keyOf(told));
    }
    if (known !== undefined) return known;
    const fresh = { ...told, entries: 0, instructions: 0, ns: 0 };
    this.totals.set(keyOf(told), fresh);
    return fresh;
  }

  /** Every region that was entered, in no order. Those that still run go on being counted from here. */
  regions(): RegionTotals[] {
    const { identities } = this;
    this.collect();
    this.identities = identities;
    return [...this.totals.values()].filter(({ entries }) => entries > 0);
  }
}
