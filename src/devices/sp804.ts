/** SP804 dual timer: two down-counters with a prescaler each and one combined interrupt; ARM DDI 0271. */
import type { State } from "../base/index.ts";
import type { DeviceContext, IrqLine, MmioDevice, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, bit, bits, irqOutput, primeCellId, RegisterBlock, word } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { clockOption } from "./options.ts";
import { CONTROL_RESET, Sp804Counter } from "./sp804-counter.ts";
import { StateReader } from "./state-reader.ts";

/** The registers of timer 1 or 2. */
function timerRegisters(index: 0 | 1): Record<string, RegisterSpec<Sp804>> {
  const name = `Timer${index + 1}`;
  const base = index * 0x20;
  const counter = (s: Sp804) => s.counters[index];
  return {
    [`${name}Load`]: at(base + 0x00, {
      value: word().rw({ read: (s) => counter(s).loadValue, write: (s, v) => counter(s).writeLoad(v) }),
    }),
    [`${name}Value`]: at(base + 0x04, { value: word().ro((s) => counter(s).value) }),
    [`${name}Control`]: at(
      base + 0x08,
      {
        OneShot: bit(0).rw(),
        TimerSize: bit(1).rw(),
        TimerPre: bits(2, 2).rw(),
        IntEnable: bit(5).rw(),
        TimerMode: bit(6).rw(),
        TimerEn: bit(7).rw(),
      },
      { reset: CONTROL_RESET, onWrite: (s) => s.controlWritten(index) },
    ),
    [`${name}IntClr`]: at(base + 0x0c, { value: word().wo((s) => counter(s).clearInterrupt()) }),
    [`${name}RIS`]: at(base + 0x10, { interrupt: bit(0).ro((s) => Number(counter(s).rawInterrupt)) }),
    [`${name}MIS`]: at(base + 0x14, { interrupt: bit(0).ro((s) => Number(counter(s).maskedInterrupt)) }),
    [`${name}BGLoad`]: at(base + 0x18, {
      value: word().rw({ read: (s) => counter(s).loadValue, write: (s, v) => counter(s).writeBackgroundLoad(v) }),
    }),
  };
}

const table: Record<string, RegisterSpec<Sp804>> = {
  ...timerRegisters(0),
  ...timerRegisters(1),
  TimerITCR: at(0xf00, { ITEN: bit(0).todo() }),
  TimerITOP: at(0xf04, { TIMINT: bits(0, 2).todo() }),
  ...primeCellId<Sp804>(0x00141804),
};

/** Outputs: TIMINTC (either timer), TIMINT1, TIMINT2. Option `clockHz`: the timer clock, 1 MHz on the Versatile boards. */
export class Sp804 implements MmioDevice {
  readonly name: string;
  readonly counters: readonly [Sp804Counter, Sp804Counter];
  private readonly combined: IrqLine;
  private readonly single: readonly [IrqLine, IrqLine];
  private readonly regs: RegisterBlock<Sp804>;

  constructor(context: DeviceContext) {
    this.name = context.name;
    this.combined = irqOutput(context, 0);
    this.single = [irqOutput(context, 1), irqOutput(context, 2)];
    const common = { clock: context.clock, clockHz: clockOption(context, 1_000_000), changed: () => this.update() };
    this.counters = [
      new Sp804Counter({ ...common, name: `${context.name}.timer1` }),
      new Sp804Counter({ ...common, name: `${context.name}.timer2` }),
    ];
    this.regs = new RegisterBlock<Sp804>(this, table, context.log);
  }

  reset(): void {
    this.regs.reset();
    for (const counter of this.counters) counter.reset();
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.regs.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    this.regs.write(offset, value, sizeBytes);
  }

  controlWritten(index: 0 | 1): void {
    this.counters[index].writeControl(this.regs.values[index === 0 ? "Timer1Control" : "Timer2Control"]);
  }

  private update(): void {
    const first = this.counters[0].maskedInterrupt;
    const second = this.counters[1].maskedInterrupt;
    this.single[0].set(first);
    this.single[1].set(second);
    this.combined.set(first || second);
  }

  dump(): RegisterDump[] {
    return this.regs.dump();
  }

  save(): State {
    return {
      registers: { ...this.regs.values },
      timer1: this.counters[0].save(),
      timer2: this.counters[1].save(),
    };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.regs.values = reader.registers("registers", this.regs.values);
    this.counters[0].restore(reader.child("timer1"));
    this.counters[1].restore(reader.child("timer2"));
    this.update();
  }
}
