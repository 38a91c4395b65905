/**
 * Random number generator of the BCM2835; Linux, bcm2835-rng.c.
 *
 * Bits come at a steady rate once the generator is on, the first of them are thrown away (the warm-up count), and the
 * rest fill a small FIFO. How many words there are follows from virtual time; their content is the entropy back end's.
 */
import type { Clock, State } from "../base/index.ts";
import type { DeviceContext, EntropyBackend, MmioDevice, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, bit, bits, RegisterBlock, word } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { StateReader } from "./state-reader.ts";

/** About one bit in a microsecond, twice that with RBG2X. */
const NS_PER_BIT = 1000;
const WORD_BITS = 32;
const FIFO_DEPTH = 16;
const RBGEN = 1 << 0;
const RBG2X = 1 << 1;

const table: Record<string, RegisterSpec<Bcm2835Rng>> = {
  RNG_CTRL: at(0x0, { RBGEN: bit(0).rw(), RBG2X: bit(1).rw() }, { onWrite: (s) => s.controlWritten() }),
  RNG_STATUS: at(0x4, { WARM_CNT: bits(0, 20).rw(), COUNT: bits(24, 8).ro((s) => s.available) }),
  RNG_DATA: at(0x8, { DATA: word().rw({ read: (s) => s.take() }) }),
  RNG_FF_THRESH: at(0xc, { THRESHOLD: bits(0, 8).rw() }, { reset: 4 }),
};

export class Bcm2835Rng implements MmioDevice {
  readonly name: string;
  private readonly clock: Clock;
  private readonly entropy: EntropyBackend;
  private readonly regs: RegisterBlock<Bcm2835Rng>;
  private control = 0;
  /** When the FIFO was empty and the generator began to fill it; later than now while it warms up. */
  private emptyNs = 0;

  constructor(context: DeviceContext) {
    this.name = context.name;
    this.clock = context.clock;
    this.entropy = context.entropy;
    this.regs = new RegisterBlock<Bcm2835Rng>(this, table, context.log);
  }

  reset(): void {
    this.regs.reset();
    this.control = 0;
    this.emptyNs = 0;
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.regs.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    this.regs.write(offset, value, sizeBytes);
  }

  /** RNG_STATUS.COUNT: words in the FIFO. */
  get available(): number {
    if ((this.control & RBGEN) === 0) return 0;
    const filledNs = this.clock.nowNs() - this.emptyNs;
    return filledNs < 0 ? 0 : Math.min(FIFO_DEPTH, Math.floor(filledNs / this.wordNs));
  }

  /** The next word; zero where there is none. */
  take(): number {
    const available = this.available;
    if (available === 0) return 0;
    // A full FIFO has thrown away what came since; it goes on filling from here.
    if (available === FIFO_DEPTH) this.emptyNs = this.clock.nowNs() - (FIFO_DEPTH - 1) * this.wordNs;
    else this.emptyNs += this.wordNs;
    const data = new Uint8Array(4);
    this.entropy.fill(data);
    return data[0] | (data[1] << 8) | (data[2] << 16) | (data[3] << 24);
  }

  controlWritten(): void {
    const before = this.control;
    const available = this.available;
    this.control = this.regs.values.RNG_CTRL;
    const nowNs = this.clock.nowNs();
    if ((before & RBGEN) !== 0) this.emptyNs = Math.max(this.emptyNs, nowNs - available * this.wordNs);
    else if ((this.control & RBGEN) !== 0) this.emptyNs = nowNs + (this.regs.values.RNG_STATUS & 0xfffff) * this.bitNs;
  }

  private get bitNs(): number {
    return (this.control & RBG2X) !== 0 ? NS_PER_BIT / 2 : NS_PER_BIT;
  }

  private get wordNs(): number {
    return this.bitNs * WORD_BITS;
  }

  dump(): RegisterDump[] {
    return this.regs.dump();
  }

  save(): State {
    return { registers: { ...this.regs.values }, control: this.control, emptyNs: this.emptyNs };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.regs.values = reader.registers("registers", this.regs.values);
    this.control = reader.number("control", 0, 3);
    this.emptyNs = reader.timeNs("emptyNs");
  }
}
