/**
 * PL031 real-time clock: seconds since 1970 and one alarm; ARM DDI 0224.
 *
 * The clock keeps the wall time of power-on plus virtual time. It is backed by a battery, so it runs from the start.
 */
import type { State, Timer } from "../base/index.ts";
import type { DeviceContext, IrqLine, MmioDevice, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, bit, irqOutput, primeCellId, RegisterBlock, word } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { StateReader } from "./state-reader.ts";

const NS_PER_SECOND = 1_000_000_000;

const table: Record<string, RegisterSpec<Pl031>> = {
  RTCDR: at(0x000, { seconds: word().ro((s) => s.seconds) }),
  RTCMR: at(0x004, { seconds: word().rw() }, { onWrite: (s) => s.scheduleMatch() }),
  RTCLR: at(0x008, { seconds: word().rw() }, { onWrite: (s, seconds) => s.load(seconds) }),
  // Once started it cannot be stopped: writes have no effect.
  RTCCR: at(0x00c, { start: bit(0).ro() }, { reset: 1 }),
  RTCIMSC: at(0x010, { RTCIMSC: bit(0).rw() }, { onWrite: (s) => s.update() }),
  RTCRIS: at(0x014, { RTCRIS: bit(0).ro((s) => s.raw) }),
  RTCMIS: at(0x018, { RTCMIS: bit(0).ro((s) => s.masked) }),
  RTCICR: at(0x01c, { RTCICR: bit(0).wo((s, one) => s.clearInterrupt(one)) }),
  ...primeCellId<Pl031>(0x00041031),
};

/** Output: RTCINTR. */
export class Pl031 implements MmioDevice {
  readonly name: string;
  /** RTCRIS. */
  raw = 0;
  private readonly context: DeviceContext;
  private readonly irq: IrqLine;
  private readonly regs: RegisterBlock<Pl031>;
  private readonly alarm: Timer;
  /** What the guest's clock is ahead of the wall clock, after it has set the time. */
  private offsetSeconds = 0;

  constructor(context: DeviceContext) {
    this.name = context.name;
    this.context = context;
    this.irq = irqOutput(context, 0);
    this.regs = new RegisterBlock<Pl031>(this, table, context.log);
    this.alarm = context.clock.timer(`${context.name}.alarm`, () => this.match());
  }

  reset(): void {
    this.regs.reset();
    this.raw = 0;
    this.offsetSeconds = 0;
    this.alarm.cancel();
    this.update();
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.regs.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    this.regs.write(offset, value, sizeBytes);
  }

  private get wallSeconds(): number {
    return this.context.wallClock.epochSeconds + Math.floor(this.context.clock.nowNs() / NS_PER_SECOND);
  }

  /** RTCDR, unsigned. */
  get seconds(): number {
    return (this.wallSeconds + this.offsetSeconds) >>> 0;
  }

  get masked(): number {
    return this.raw & this.regs.values.RTCIMSC;
  }

  load(seconds: number): void {
    this.offsetSeconds = (seconds >>> 0) - this.wallSeconds;
    this.scheduleMatch();
  }

  /** The alarm is for the second in which RTCDR comes to equal RTCMR: now, or up to 136 years ahead. */
  scheduleMatch(): void {
    const aheadSeconds = (this.regs.values.RTCMR - this.seconds) >>> 0;
    if (aheadSeconds === 0) {
      this.match();
      return;
    }
    const second = Math.floor(this.context.clock.nowNs() / NS_PER_SECOND) + aheadSeconds;
    this.setAlarm(second * NS_PER_SECOND);
  }

  clearInterrupt(one: number): void {
    if (one !== 0) this.raw = 0;
    this.update();
  }

  update(): void {
    this.irq.set(this.masked !== 0);
  }

  private match(): void {
    this.raw = 1;
    this.alarm.cancel();
    this.update();
  }

  /** The counter comes round after 136 years; virtual time is exact for 104 days, and later alarms never ring. */
  private setAlarm(alarmNs: number): void {
    if (alarmNs <= Number.MAX_SAFE_INTEGER) this.alarm.arm(alarmNs);
    else this.alarm.cancel();
  }

  dump(): RegisterDump[] {
    return this.regs.dump();
  }

  save(): State {
    return {
      registers: { ...this.regs.values },
      raw: this.raw,
      // The wall clock may be another one after a restore; the guest's time goes on from where it was.
      originSeconds: this.context.wallClock.epochSeconds + this.offsetSeconds,
      alarmNs: this.alarm.deadlineNs ?? null,
    };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.regs.values = reader.registers("registers", this.regs.values);
    this.raw = reader.number("raw", 0, 1);
    const limit = Number.MAX_SAFE_INTEGER;
    this.offsetSeconds = reader.number("originSeconds", -limit, limit) - this.context.wallClock.epochSeconds;
    reader.timer("alarmNs", this.alarm);
    this.update();
  }
}
