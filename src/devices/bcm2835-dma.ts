/**
 * DMA controller of the BCM2835: channels 0 to 14, paced by request lines; BCM2835 ARM Peripherals, chapter 4.
 *
 * A transfer takes virtual time and is done piece by piece, so that a chain of control blocks that never ends, as for
 * sound, costs the host no more than the guest. Channel 15 has its registers elsewhere and belongs to the VideoCore.
 */
import type { State, Timer } from "../base/index.ts";
import type { DeviceContext, IrqController, IrqLine, MmioDevice, RegisterDump } from "../device/index.ts";
import { irqOutput } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { Bcm2835DmaBus } from "./bcm2835-dma-bus.ts";
import { Bcm2835DmaChannel, type DmaChannelHost } from "./bcm2835-dma-channel.ts";
import { numberOption } from "./options.ts";
import { StateReader } from "./state-reader.ts";

const CHANNEL_COUNT = 15;
const CHANNELS_END = 0x100 * CHANNEL_COUNT;
const INT_STATUS = 0xfe0;
const ENABLE = 0xff0;
const ALL_ENABLED = 0x7fff;
/** Channels 11 to 14 share an interrupt; another one tells of any channel. */
const FIRST_SHARED = 11;
const SHARED_OUTPUT = 11;
const ANY_OUTPUT = 12;
/** From the write that starts a channel, or a request, to the first transfer. */
const START_NS = 200;
export const DREQ_LINES = 32;

/** Outputs, in the order of the interrupt controller's lines 16 to 28. */
export const dmaOutputs: readonly string[] = [
  ...Array.from({ length: FIRST_SHARED }, (_, i) => `dma${i}`),
  "dma11-14",
  "dma-any",
];

/**
 * Input n is request line (DREQ) n of the peripherals: high while a word can be read or written. Option `peripheralBase`
 * is where the CPU sees bus address 0x7e000000.
 */
export class Bcm2835Dma implements MmioDevice, IrqController, DmaChannelHost {
  readonly name: string;
  readonly bus: Bcm2835DmaBus;
  private readonly context: DeviceContext;
  private readonly channels: readonly Bcm2835DmaChannel[];
  private readonly timer: Timer;
  private enabled = ALL_ENABLED;
  /** Levels of the request lines. */
  private requests = 0;
  private isRunning = false;

  constructor(context: DeviceContext) {
    this.context = context;
    this.name = context.name;
    const peripheralBase = numberOption(context, "peripheralBase", { fallback: 0x20000000 });
    this.bus = new Bcm2835DmaBus(context.memory, peripheralBase);
    this.channels = Array.from({ length: CHANNEL_COUNT }, (_, i) => new Bcm2835DmaChannel(i, this, context.log));
    this.timer = context.clock.timer(`${context.name}.transfer`, () => this.run());
  }

  reset(): void {
    for (const channel of this.channels) channel.reset();
    this.enabled = ALL_ENABLED;
    this.timer.cancel();
    this.updateLines();
  }

  input(line: number): IrqLine {
    return {
      set: (level) => {
        const before = this.requests;
        this.requests = level ? before | (1 << line) : before & ~(1 << line);
        if (this.requests !== before && level) this.wake();
      },
    };
  }

  /** Line 0 stands for no peripheral: such a transfer is never held. */
  isRequested(line: number): boolean {
    return line === 0 || ((this.requests >>> line) & 1) !== 0;
  }

  read(offset: number, sizeBytes: AccessSize): number {
    if (this.isRunning) return this.refuse();
    if (offset < CHANNELS_END) return this.channels[offset >> 8].read(offset & 0xff, sizeBytes);
    const shift = (offset & 3) * 8;
    if ((offset & ~3) === INT_STATUS) return this.interrupts >>> shift;
    if ((offset & ~3) === ENABLE) return this.enabled >>> shift;
    this.context.log.warnOnce(`read of unknown register at offset 0x${(offset & ~3).toString(16)}`);
    return 0;
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    if (this.isRunning) this.refuse();
    else if (offset < CHANNELS_END) this.channels[offset >> 8].write(offset & 0xff, value, sizeBytes);
    else if (offset === ENABLE) {
      this.enabled = value & ALL_ENABLED;
      this.wake();
    } else if ((offset & ~3) !== INT_STATUS)
      this.context.log.warnOnce(`write to unknown register at offset 0x${(offset & ~3).toString(16)}`);
  }

  channelChanged(): void {
    this.updateLines();
    this.wake();
  }

  /** One step of each channel that has something to do; they share the bus, so their times add up. */
  private run(): void {
    let durationNs = 0;
    this.isRunning = true;
    for (const [index, channel] of this.channels.entries())
      if (this.isEnabled(index) && channel.isRunnable) durationNs += channel.step();
    this.isRunning = false;
    this.updateLines();
    if (this.hasWork) this.timer.arm(this.context.clock.nowNs() + Math.max(durationNs, START_NS));
  }

  private wake(): void {
    if (this.isRunning || this.timer.deadlineNs !== undefined || !this.hasWork) return;
    this.timer.arm(this.context.clock.nowNs() + START_NS);
  }

  private get hasWork(): boolean {
    return this.channels.some((channel, index) => this.isEnabled(index) && channel.isRunnable);
  }

  private isEnabled(index: number): boolean {
    return ((this.enabled >> index) & 1) !== 0;
  }

  /** A transfer whose address is the controller itself. */
  private refuse(): number {
    this.context.log.warnOnce("a DMA channel was pointed at the DMA controller's own registers; refused");
    return 0;
  }

  private get interrupts(): number {
    return this.channels.reduce((mask, channel, index) => mask | (channel.hasInterrupt ? 1 << index : 0), 0);
  }

  private updateLines(): void {
    const { interrupts } = this;
    for (let i = 0; i < FIRST_SHARED; i++) irqOutput(this.context, i).set(((interrupts >> i) & 1) !== 0);
    irqOutput(this.context, SHARED_OUTPUT).set(interrupts >> FIRST_SHARED !== 0);
    irqOutput(this.context, ANY_OUTPUT).set(interrupts !== 0);
  }

  dump(): RegisterDump[] {
    const line = (name: string, offset: number, value: number): RegisterDump => ({ name, offset, value, fields: {} });
    return [
      ...this.channels.flatMap((channel) => channel.dump()),
      line("INT_STATUS", INT_STATUS, this.interrupts),
      line("ENABLE", ENABLE, this.enabled),
    ];
  }

  save(): State {
    return {
      channels: this.channels.map((channel) => channel.save()),
      enabled: this.enabled,
      requests: this.requests,
      transferNs: this.timer.deadlineNs ?? null,
    };
  }

  /** The request lines are the peripherals' outputs; they are saved because the order of restoring is not known. */
  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    const channels = reader.objects("channels", CHANNEL_COUNT);
    for (const [index, channel] of this.channels.entries()) channel.restore(channels[index], this.name);
    this.enabled = reader.number("enabled", 0, ALL_ENABLED);
    this.requests = reader.number("requests");
    reader.timer("transferNs", this.timer);
    this.updateLines();
  }
}
