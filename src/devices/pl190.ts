/**
 * PL190 vectored interrupt controller: 32 lines to IRQ and FIQ, 16 of them with a vector; ARM DDI 0181.
 *
 * Reading VICVECTADDR enters the interrupt it names and holds back what is not more urgent; writing it leaves again.
 * Linux ignores the vectors and reads VICIRQSTATUS, but other systems use both.
 */
import type { State } from "../base/index.ts";
import type { DeviceContext, IrqController, IrqLine, MmioDevice, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, bit, bits, irqOutput, primeCellId, RegisterBlock, word } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { StateReader } from "./state-reader.ts";

const LINE_COUNT = 32;
const VECTOR_COUNT = 16;
/** Priority of an interrupt without a vector: below all vectors. */
const DEFAULT_PRIORITY = VECTOR_COUNT;
/** Nothing is being served. */
const IDLE_PRIORITY = VECTOR_COUNT + 1;

function vectorRegisters(): Record<string, RegisterSpec<Pl190>> {
  const table: Record<string, RegisterSpec<Pl190>> = {};
  for (let i = 0; i < VECTOR_COUNT; i++) {
    table[`VICVECTADDR${i}`] = at(0x100 + i * 4, { address: word().rw<Pl190>() });
    table[`VICVECTCNTL${i}`] = at(
      0x200 + i * 4,
      { IntSource: bits(0, 5).rw<Pl190>(), E: bit(5).rw<Pl190>() },
      { onWrite: (s) => s.vectorsChanged() },
    );
  }
  return table;
}

const table: Record<string, RegisterSpec<Pl190>> = {
  VICIRQSTATUS: at(0x000, { lines: word().ro((s) => s.irqStatus) }),
  VICFIQSTATUS: at(0x004, { lines: word().ro((s) => s.fiqStatus) }),
  VICRAWINTR: at(0x008, { lines: word().ro((s) => s.raw) }),
  VICINTSELECT: at(0x00c, { lines: word().rw<Pl190>() }, { onWrite: (s) => s.update() }),
  VICINTENABLE: at(0x010, { lines: word().w1s({ read: (s) => s.enabled, write: (s, ones) => s.enable(ones) }) }),
  VICINTENCLEAR: at(0x014, { lines: word().wo((s, ones) => s.disable(ones)) }),
  VICSOFTINT: at(0x018, { lines: word().w1s({ read: (s) => s.soft, write: (s, ones) => s.setSoft(ones) }) }),
  VICSOFTINTCLEAR: at(0x01c, { lines: word().wo((s, ones) => s.clearSoft(ones)) }),
  // The bus does not say whether an access is privileged.
  VICPROTECTION: at(0x020, { Protection: bit(0).todo() }),
  VICVECTADDR: at(0x030, {
    address: word().rw({ read: (s) => s.enter(), peek: (s) => s.pendingAddress(), write: (s) => s.leave() }),
  }),
  VICDEFVECTADDR: at(0x034, { address: word().rw() }),
  ...vectorRegisters(),
  VICITCR: at(0x300, { ITEN: bit(0).todo() }),
  ...primeCellId<Pl190>(0x00041190),
};

export class Pl190 implements MmioDevice, IrqController {
  readonly name: string;
  private readonly irq: IrqLine;
  private readonly fiq: IrqLine;
  private readonly regs: RegisterBlock<Pl190>;
  /** Levels of the input lines; a reset leaves the wires to those who drive them. */
  private lines = 0;
  enabled = 0;
  soft = 0;
  private priority = IDLE_PRIORITY;
  /** Priorities interrupted by the one being served, outermost first; at most one per level. */
  private interrupted: number[] = [];
  /** Lines that may interrupt what runs at a priority: those of the vectors above it. */
  private readonly moreUrgent = new Int32Array(IDLE_PRIORITY + 1);

  constructor(context: DeviceContext) {
    this.name = context.name;
    this.irq = irqOutput(context, 0);
    this.fiq = irqOutput(context, 1);
    this.regs = new RegisterBlock<Pl190>(this, table, context.log);
    this.moreUrgent[IDLE_PRIORITY] = -1;
  }

  reset(): void {
    this.regs.reset();
    this.enabled = 0;
    this.soft = 0;
    this.priority = IDLE_PRIORITY;
    this.interrupted = [];
    this.vectorsChanged();
  }

  input(line: number): IrqLine {
    const mask = line < LINE_COUNT ? 1 << line : 0;
    return {
      set: (level) => {
        const lines = level ? this.lines | mask : this.lines & ~mask;
        if (lines === this.lines) return;
        this.lines = lines;
        this.update();
      },
    };
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.regs.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    this.regs.write(offset, value, sizeBytes);
  }

  get raw(): number {
    return this.lines | this.soft;
  }

  get irqStatus(): number {
    return this.raw & this.enabled & ~this.regs.values.VICINTSELECT;
  }

  get fiqStatus(): number {
    return this.raw & this.enabled & this.regs.values.VICINTSELECT;
  }

  enable(ones: number): void {
    this.enabled |= ones;
    this.update();
  }

  disable(ones: number): void {
    this.enabled &= ~ones;
    this.update();
  }

  setSoft(ones: number): void {
    this.soft |= ones;
    this.update();
  }

  clearSoft(ones: number): void {
    this.soft &= ~ones;
    this.update();
  }

  /** The vector table changed: which lines are above which priority. */
  vectorsChanged(): void {
    let above = 0;
    for (let i = 0; i < VECTOR_COUNT; i++) {
      this.moreUrgent[i] = above;
      const control = this.regs.values[`VICVECTCNTL${i}`];
      if ((control & 0x20) !== 0) above |= 1 << (control & 0x1f);
    }
    this.moreUrgent[DEFAULT_PRIORITY] = above;
    this.update();
  }

  /** The priority of the most urgent waiting interrupt, if it may interrupt what is being served. */
  private waitingPriority(): number | undefined {
    const waiting = this.irqStatus & this.moreUrgent[this.priority];
    if (waiting === 0) return undefined;
    for (let i = 0; i < VECTOR_COUNT; i++) if ((waiting & this.moreUrgent[i + 1]) !== 0) return i;
    return DEFAULT_PRIORITY;
  }

  private addressOf(priority: number): number {
    const { values } = this.regs;
    return priority < VECTOR_COUNT ? values[`VICVECTADDR${priority}`] : values.VICDEFVECTADDR;
  }

  /** What VICVECTADDR would answer: the waiting interrupt's vector, or that of the one being served. */
  pendingAddress(): number {
    return this.addressOf(this.waitingPriority() ?? this.priority);
  }

  enter(): number {
    const priority = this.waitingPriority();
    if (priority === undefined) return this.pendingAddress();
    this.interrupted.push(this.priority);
    this.priority = priority;
    this.update();
    return this.addressOf(priority);
  }

  leave(): void {
    this.priority = this.interrupted.pop() ?? IDLE_PRIORITY;
    this.update();
  }

  update(): void {
    this.irq.set((this.irqStatus & this.moreUrgent[this.priority]) !== 0);
    this.fiq.set(this.fiqStatus !== 0);
  }

  dump(): RegisterDump[] {
    return this.regs.dump();
  }

  save(): State {
    return {
      registers: { ...this.regs.values },
      lines: this.lines,
      enabled: this.enabled,
      soft: this.soft,
      priority: this.priority,
      interrupted: [...this.interrupted],
    };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.regs.values = reader.registers("registers", this.regs.values);
    this.lines = reader.number("lines") | 0;
    this.enabled = reader.number("enabled") | 0;
    this.soft = reader.number("soft") | 0;
    this.priority = reader.number("priority", 0, IDLE_PRIORITY);
    this.interrupted = reader.numbers("interrupted", IDLE_PRIORITY, 0, IDLE_PRIORITY);
    this.vectorsChanged();
  }
}
