/**
 * System timer of the BCM2835: a free-running counter of 64 bits at 1 MHz and four compare channels; BCM2835 ARM
 * Peripherals, chapter 12.
 *
 * Nothing counts: the counter is virtual time since the reset. A channel matches when the counter's low word comes to
 * its compare word, so a channel whose match flag is clear has one deadline within the next 71.6 minutes.
 */
import type { Clock, State, Timer } from "../base/index.ts";
import type { DeviceContext, IrqLine, MmioDevice, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, bits, irqOutput, RegisterBlock, word } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { StateReader } from "./state-reader.ts";

const CHANNEL_COUNT = 4;
const NS_PER_TICK = 1000;
const WORD_MODULUS = 0x1_0000_0000;

const compareRegister = (channel: number): RegisterSpec<Bcm2835SystemTimer> =>
  at(0x0c + channel * 4, { value: word().rw({ write: (s) => s.compareWritten(channel) }) });

const table: Record<string, RegisterSpec<Bcm2835SystemTimer>> = {
  CS: at(0x00, { M: bits(0, CHANNEL_COUNT).w1c({ read: (s) => s.matches, write: (s, ones) => s.clear(ones) }) }),
  CLO: at(0x04, { count: word().ro((s) => s.counterLow) }),
  CHI: at(0x08, { count: word().ro((s) => s.counterHigh) }),
  C0: compareRegister(0),
  C1: compareRegister(1),
  C2: compareRegister(2),
  C3: compareRegister(3),
};

/** Outputs: the four match lines. */
export class Bcm2835SystemTimer implements MmioDevice {
  readonly name: string;
  /** CS.M0 .. M3. */
  private flags = 0;
  private readonly clock: Clock;
  private readonly irqs: readonly IrqLine[];
  private readonly timers: readonly Timer[];
  private readonly regs: RegisterBlock<Bcm2835SystemTimer>;
  /** When the counter was zero. */
  private epochNs = 0;

  constructor(context: DeviceContext) {
    this.name = context.name;
    this.clock = context.clock;
    const channels = Array.from({ length: CHANNEL_COUNT }, (_, channel) => channel);
    this.irqs = channels.map((channel) => irqOutput(context, channel));
    this.timers = channels.map((channel) =>
      context.clock.timer(`${context.name}.match${channel}`, () => this.match(channel)),
    );
    this.regs = new RegisterBlock<Bcm2835SystemTimer>(this, table, context.log);
  }

  reset(): void {
    this.regs.reset();
    this.flags = 0;
    this.epochNs = this.clock.nowNs();
    for (let channel = 0; channel < CHANNEL_COUNT; channel++) this.arm(channel, this.ticks);
    this.update();
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.regs.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    this.regs.write(offset, value, sizeBytes);
  }

  /** CS, exact also between a match and the event that reports it. */
  get matches(): number {
    let matches = this.flags;
    const nowNs = this.clock.nowNs();
    for (let channel = 0; channel < CHANNEL_COUNT; channel++) {
      const { deadlineNs } = this.timers[channel];
      if (deadlineNs !== undefined && deadlineNs <= nowNs) matches |= 1 << channel;
    }
    return matches;
  }

  get counterLow(): number {
    return this.ticks | 0;
  }

  get counterHigh(): number {
    return Math.floor(this.ticks / WORD_MODULUS);
  }

  /** A compare word equal to the counter matches at once: the comparator sees it while the counter stays there. */
  compareWritten(channel: number): void {
    this.flags = this.matches;
    if ((this.flags & (1 << channel)) === 0) this.arm(channel, this.ticks - 1);
    this.update();
  }

  clear(ones: number): void {
    const cleared = this.matches & ones;
    this.flags = this.matches & ~ones;
    for (let channel = 0; channel < CHANNEL_COUNT; channel++)
      if ((cleared & (1 << channel)) !== 0) this.arm(channel, this.ticks);
    this.update();
  }

  private get ticks(): number {
    return Math.floor((this.clock.nowNs() - this.epochNs) / NS_PER_TICK);
  }

  /** Waits for the first match after the counter stood at `ticks`. */
  private arm(channel: number, ticks: number): void {
    const compare = this.regs.values[`C${channel}`];
    const distance = ((compare - ticks - 1) >>> 0) + 1;
    this.timers[channel].arm(Math.max(this.clock.nowNs(), this.epochNs + (ticks + distance) * NS_PER_TICK));
  }

  private match(channel: number): void {
    this.flags |= 1 << channel;
    this.update();
  }

  private update(): void {
    for (let channel = 0; channel < CHANNEL_COUNT; channel++) {
      const isHigh = (this.flags & (1 << channel)) !== 0;
      if (isHigh) this.timers[channel].cancel();
      this.irqs[channel].set(isHigh);
    }
  }

  dump(): RegisterDump[] {
    return this.regs.dump();
  }

  save(): State {
    return {
      registers: { ...this.regs.values },
      flags: this.flags,
      epochNs: this.epochNs,
      // One may lie before this instant: due, and not yet fired.
      ...Object.fromEntries(this.timers.map(({ deadlineNs }, channel) => [`match${channel}Ns`, deadlineNs ?? null])),
    };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.regs.values = reader.registers("registers", this.regs.values);
    this.flags = reader.number("flags", 0, 0xf);
    this.epochNs = reader.timeNs("epochNs");
    for (let channel = 0; channel < CHANNEL_COUNT; channel++) reader.timer(`match${channel}Ns`, this.timers[channel]);
    this.update();
  }
}
