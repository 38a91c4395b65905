/**
 * One down-counter of an SP804; ARM DDI 0271, chapters 2 and 3.
 *
 * Nothing counts: the value at an instant follows from the value at an anchor instant. A deadline waits for the next
 * zero only while the raw interrupt is clear, so a guest that never clears it costs nothing.
 */
import type { Clock, State, Timer } from "../base/index.ts";
import type { StateReader } from "./state-reader.ts";
import { TickRate } from "./tick-rate.ts";

const ONE_SHOT = 1 << 0;
const SIZE_32 = 1 << 1;
const INT_ENABLE = 1 << 5;
const PERIODIC = 1 << 6;
const ENABLE = 1 << 7;
/** TimerPre: 1, 16 and 256; the fourth code is undefined and divides by 256 in the part. */
const prescales = [1, 16, 256, 256];
const ratesOf = (clockHz: number, divider: number): readonly TickRate[] =>
  prescales.map((prescale) => new TickRate(clockHz, prescale * divider));
const MODULUS_16 = 0x10000;
const MODULUS_32 = 0x100000000;

/** TimerControl after reset: interrupt enabled, 16 bits, free-running, stopped. */
export const CONTROL_RESET = INT_ENABLE;

export interface CounterInit {
  name: string;
  clock: Clock;
  clockHz: number;
  /** Called when `masked` may have changed. */
  changed: () => void;
}

export class Sp804Counter {
  private readonly clock: Clock;
  private readonly clockHz: number;
  private rates: readonly TickRate[];
  private readonly timer: Timer;
  private readonly changed: () => void;
  private control = CONTROL_RESET;
  private load = 0;
  /** The count at `anchorNs`, full width, unsigned. */
  private anchorValue = 0xffffffff;
  private anchorNs = 0;
  private raw = false;
  /** When the counter is next at zero, while `raw` is clear and it runs. */
  private expiryNs: number | undefined;

  constructor({ name, clock, clockHz, changed }: CounterInit) {
    this.clock = clock;
    this.clockHz = clockHz;
    this.rates = ratesOf(clockHz, 1);
    this.changed = changed;
    this.timer = clock.timer(name, () => this.expire());
  }

  reset(): void {
    this.control = CONTROL_RESET;
    this.load = 0;
    this.anchorValue = 0xffffffff;
    this.anchorNs = this.clock.nowNs();
    this.raw = false;
    this.schedule();
  }

  /** TimerValue: the count now. */
  get value(): number {
    if ((this.control & ENABLE) === 0) return this.masked(this.anchorValue);
    return this.valueAfter(this.rate.ticks(this.clock.nowNs() - this.anchorNs));
  }

  get loadValue(): number {
    return this.load;
  }

  /** TimerRIS, exact also between a zero and the event that reports it. */
  get rawInterrupt(): boolean {
    return this.raw || (this.expiryNs !== undefined && this.clock.nowNs() >= this.expiryNs);
  }

  get maskedInterrupt(): boolean {
    return (this.control & INT_ENABLE) !== 0 && this.rawInterrupt;
  }

  /** TimerLoad: counting starts again from `value` at once. */
  writeLoad(value: number): void {
    this.settle();
    this.load = value >>> 0;
    this.anchorValue = this.load;
    this.anchorNs = this.clock.nowNs();
    this.raiseAtZero();
    this.schedule();
  }

  /** TimerBGLoad: used from the next reload on. */
  writeBackgroundLoad(value: number): void {
    this.settle();
    this.rebase();
    this.load = value >>> 0;
    this.schedule();
  }

  writeControl(value: number): void {
    this.settle();
    this.rebase();
    const wasRunning = (this.control & ENABLE) !== 0;
    if (!wasRunning) this.anchorNs = this.clock.nowNs();
    this.control = value;
    if (!wasRunning) this.raiseAtZero();
    this.schedule();
  }

  /** For parts with a divider before the prescaler: the count goes on from where it is at the new rate. */
  setDivider(divider: number): void {
    this.settle();
    this.rebase();
    this.rates = ratesOf(this.clockHz, divider);
    this.schedule();
  }

  clearInterrupt(): void {
    this.raw = false;
    this.schedule();
  }

  private get rate(): TickRate {
    return this.rates[(this.control >> 2) & 3];
  }

  private get modulus(): number {
    return (this.control & SIZE_32) !== 0 ? MODULUS_32 : MODULUS_16;
  }

  private masked(value: number): number {
    return (this.control & SIZE_32) !== 0 ? value : value & 0xffff;
  }

  /** The count `ticks` after the anchor. */
  private valueAfter(ticks: number): number {
    const start = this.masked(this.anchorValue);
    if (ticks < start || ticks === 0) return start - ticks;
    if ((this.control & ONE_SHOT) !== 0) return 0;
    if ((this.control & PERIODIC) === 0) {
      const below = (ticks - start) % this.modulus;
      return below === 0 ? 0 : this.modulus - below;
    }
    const load = this.masked(this.load);
    return load === 0 ? 0 : load - ((ticks - start) % load);
  }

  /** Ticks from a count to the zero after it, or `undefined` where it stays. At zero the next round has begun. */
  private ticksToZero(value: number): number | undefined {
    if (value !== 0) return value;
    if ((this.control & ONE_SHOT) !== 0) return undefined;
    if ((this.control & PERIODIC) === 0) return this.modulus;
    const load = this.masked(this.load);
    return load === 0 ? undefined : load;
  }

  /** Takes note of a zero that has passed before the configuration changes. */
  private settle(): void {
    if (this.rawInterrupt) this.raw = true;
  }

  /** A counter that starts from a load of zero interrupts at once. */
  private raiseAtZero(): void {
    if ((this.control & ENABLE) !== 0 && this.masked(this.load) === 0 && this.masked(this.anchorValue) === 0)
      this.raw = true;
  }

  /** Moves the anchor to the last tick, so that the configuration can change without losing the phase. */
  private rebase(): void {
    if ((this.control & ENABLE) === 0) return;
    const ticks = this.rate.ticks(this.clock.nowNs() - this.anchorNs);
    if (ticks === 0) return;
    this.anchorValue = this.valueAfter(ticks);
    this.anchorNs += this.rate.durationNs(ticks);
  }

  private schedule(): void {
    this.expiryNs = this.raw ? undefined : this.nextZeroNs();
    if (this.expiryNs === undefined) this.timer.cancel();
    else this.timer.arm(this.expiryNs);
    this.changed();
  }

  private nextZeroNs(): number | undefined {
    if ((this.control & ENABLE) === 0) return undefined;
    const ticks = this.rate.ticks(this.clock.nowNs() - this.anchorNs);
    const remaining = this.ticksToZero(this.valueAfter(ticks));
    return remaining === undefined ? undefined : this.anchorNs + this.rate.durationNs(ticks + remaining);
  }

  private expire(): void {
    this.raw = true;
    this.expiryNs = undefined;
    this.changed();
  }

  save(): State {
    return {
      control: this.control,
      load: this.load,
      anchorValue: this.anchorValue,
      anchorNs: this.anchorNs,
      raw: this.raw,
      expiryNs: this.expiryNs ?? null,
    };
  }

  restore(reader: StateReader): void {
    this.control = reader.number("control", 0, 0xff);
    this.load = reader.number("load", 0);
    this.anchorValue = reader.number("anchorValue", 0);
    this.anchorNs = reader.timeNs("anchorNs");
    this.raw = reader.boolean("raw");
    reader.timer("expiryNs", this.timer);
    this.expiryNs = this.timer.deadlineNs;
  }
}
