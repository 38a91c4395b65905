/**
 * SP805 watchdog: a down-counter whose first zero interrupts and whose second resets the board; ARM DDI 0270.
 *
 * Nothing counts: the value at an instant follows from when the counter was last at WdogLoad.
 */
import type { Clock, State, Timer } from "../base/index.ts";
import type { DeviceContext, IrqLine, MmioDevice, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, bit, irqOutput, primeCellId, RegisterBlock, word } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { clockOption } from "./options.ts";
import { StateReader } from "./state-reader.ts";
import { TickRate } from "./tick-rate.ts";

const INTEN = 1 << 0;
const RESEN = 1 << 1;
const UNLOCK_KEY = 0x1acce551;
const LOCK_OFFSET = 0xc00;

const table: Record<string, RegisterSpec<Sp805>> = {
  WdogLoad: at(0x000, { value: word().rw() }, { reset: -1, onWrite: (s) => s.restart() }),
  WdogValue: at(0x004, { value: word().ro((s) => s.value) }),
  WdogControl: at(0x008, { INTEN: bit(0).rw(), RESEN: bit(1).rw() }, { onWrite: (s) => s.controlWritten() }),
  WdogIntClr: at(0x00c, { value: word().wo((s) => s.clearInterrupt()) }),
  WdogRIS: at(0x010, { WDOGRIS: bit(0).ro((s) => Number(s.raw)) }),
  WdogMIS: at(0x014, { WDOGMIS: bit(0).ro((s) => Number(s.masked)) }),
  WdogLock: at(LOCK_OFFSET, { locked: bit(0).ro((s) => Number(s.isLocked)) }, { onWrite: (s, key) => s.lock(key) }),
  WdogITCR: at(0xf00, { ITEN: bit(0).todo() }),
  ...primeCellId<Sp805>(0x00141805),
};

/** Output: WDOGINT. Option `clockHz`: WDOGCLK, 1 MHz on the Versatile boards. */
export class Sp805 implements MmioDevice {
  readonly name: string;
  /** WdogRIS. */
  raw = false;
  isLocked = false;
  private readonly clock: Clock;
  private readonly requestReset: () => void;
  private readonly irq: IrqLine;
  private readonly rate: TickRate;
  private readonly regs: RegisterBlock<Sp805>;
  private readonly timer: Timer;
  /** The count at `anchorNs`, unsigned. */
  private anchorValue = 0xffffffff;
  private anchorNs = 0;
  private isRunning = false;

  constructor(context: DeviceContext) {
    this.name = context.name;
    this.clock = context.clock;
    this.requestReset = context.requestReset;
    this.irq = irqOutput(context, 0);
    this.rate = new TickRate(clockOption(context, 1_000_000));
    this.regs = new RegisterBlock<Sp805>(this, table, context.log);
    this.timer = context.clock.timer(`${context.name}.expiry`, () => this.expire());
  }

  reset(): void {
    this.regs.reset();
    this.raw = false;
    this.isLocked = false;
    this.isRunning = false;
    this.anchorValue = 0xffffffff;
    this.anchorNs = this.clock.nowNs();
    this.timer.cancel();
    this.update();
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.regs.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    if (!this.isLocked || (offset & ~3) === LOCK_OFFSET) this.regs.write(offset, value, sizeBytes);
  }

  /** WdogValue. */
  get value(): number {
    return this.isRunning ? this.valueAfter(this.elapsedTicks) : this.anchorValue;
  }

  get masked(): boolean {
    return this.raw && (this.regs.values.WdogControl & INTEN) !== 0;
  }

  lock(key: number): void {
    this.isLocked = key >>> 0 !== UNLOCK_KEY;
  }

  /** Counts down from WdogLoad again; INTEN is also the switch of the counter. */
  restart(): void {
    this.anchorValue = this.regs.values.WdogLoad >>> 0;
    this.anchorNs = this.clock.nowNs();
    this.isRunning = (this.regs.values.WdogControl & INTEN) !== 0;
    this.schedule();
  }

  controlWritten(): void {
    const enable = (this.regs.values.WdogControl & INTEN) !== 0;
    if (enable && !this.isRunning) this.restart();
    else if (!enable && this.isRunning) this.stopAt(this.value);
    else this.schedule();
    this.update();
  }

  clearInterrupt(): void {
    this.raw = false;
    if (this.isRunning) this.restart();
    this.update();
  }

  private expire(): void {
    if (this.raw) {
      this.stopAt(0);
      this.requestReset();
      return;
    }
    this.raw = true;
    this.schedule();
    this.update();
  }

  private stopAt(value: number): void {
    this.anchorValue = value;
    this.isRunning = false;
    this.schedule();
  }

  private get elapsedTicks(): number {
    return this.rate.ticks(this.clock.nowNs() - this.anchorNs);
  }

  /** The count `ticks` after the anchor, which of a running counter is WdogLoad; zero reloads. */
  private valueAfter(ticks: number): number {
    return this.anchorValue === 0 ? 0 : this.anchorValue - (ticks % this.anchorValue);
  }

  /** Waits for the next zero that has a consequence. */
  private schedule(): void {
    if (!this.isRunning || (this.raw && (this.regs.values.WdogControl & RESEN) === 0)) {
      this.timer.cancel();
      return;
    }
    const ticks = this.elapsedTicks;
    this.timer.arm(this.anchorNs + this.rate.durationNs(ticks + this.valueAfter(ticks)));
  }

  private update(): void {
    this.irq.set(this.masked);
  }

  dump(): RegisterDump[] {
    return this.regs.dump();
  }

  save(): State {
    return {
      registers: { ...this.regs.values },
      raw: this.raw,
      isLocked: this.isLocked,
      isRunning: this.isRunning,
      anchorValue: this.anchorValue,
      anchorNs: this.anchorNs,
      expiryNs: this.timer.deadlineNs ?? null,
    };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.regs.values = reader.registers("registers", this.regs.values);
    this.raw = reader.boolean("raw");
    this.isLocked = reader.boolean("isLocked");
    this.isRunning = reader.boolean("isRunning");
    this.anchorValue = reader.number("anchorValue", 0);
    this.anchorNs = reader.timeNs("anchorNs");
    reader.timer("expiryNs", this.timer);
    this.update();
  }
}
