/** One direction of a serial line that is as slow as its rate says, in virtual time. */
import type { Clock, LineSettings, State, Timer } from "../base/index.ts";
import { frameTimeNs } from "../base/index.ts";
import { LineSampler, type Received } from "./line-sampler.ts";
import type { StateReader } from "./state-reader.ts";

export interface WireEnds {
  sender(): LineSettings;
  receiver(): LineSettings;
  deliver(received: Received): void;
  /** The sender may put the next character on the line. */
  onFree(): void;
}

/** Two clocks that differ by less read each other well: the last bit is sampled half a bit beside its middle at 5 %. */
const TOLERANCE = 0.02;

function understandEachOther(a: LineSettings, b: LineSettings): boolean {
  const isSameFormat = a.dataBits === b.dataBits && a.parity === b.parity;
  return isSameFormat && Math.abs(a.baudRate - b.baudRate) <= TOLERANCE * b.baudRate;
}

export class PacedWire {
  private readonly clock: Clock;
  private readonly ends: WireEnds;
  private readonly sampler = new LineSampler();
  private readonly frameTimer: Timer;
  private readonly sampleTimer: Timer;
  /** On the line now, for a receiver that understands the sender. */
  private byte = -1;

  constructor(clock: Clock, name: string, ends: WireEnds) {
    this.clock = clock;
    this.ends = ends;
    this.frameTimer = clock.timer(`${name}.frame`, () => this.frameOver());
    this.sampleTimer = clock.timer(`${name}.sample`, () => this.sampleDue());
  }

  get isFree(): boolean {
    return this.frameTimer.deadlineNs === undefined;
  }

  /** The wire must be free. */
  send(byte: number): void {
    const sender = this.ends.sender();
    const nowNs = this.clock.nowNs();
    this.frameTimer.arm(nowNs + frameTimeNs(sender));
    if (understandEachOther(sender, this.ends.receiver())) {
      this.byte = byte & ((1 << sender.dataBits) - 1);
      return;
    }
    this.sampler.send(byte, nowNs, sender);
    this.armSampling();
  }

  /** Nothing is on the line any more. */
  reset(): void {
    this.frameTimer.cancel();
    this.byte = -1;
  }

  private frameOver(): void {
    const { byte } = this;
    this.byte = -1;
    this.frameTimer.cancel();
    if (byte >= 0) this.ends.deliver({ byte, isFramingError: false, isParityError: false, isBreak: false });
    this.ends.onFree();
  }

  private sampleDue(): void {
    const receiver = this.ends.receiver();
    for (const received of this.sampler.advance(this.clock.nowNs(), receiver)) this.ends.deliver(received);
    this.armSampling();
  }

  private armSampling(): void {
    const nextNs = this.sampler.nextNs(this.ends.receiver());
    if (nextNs === undefined) this.sampleTimer.cancel();
    else this.sampleTimer.arm(Math.max(nextNs, this.clock.nowNs()));
  }

  save(): State {
    return {
      byte: this.byte,
      frameNs: this.frameTimer.deadlineNs ?? null,
      sampleNs: this.sampleTimer.deadlineNs ?? null,
      sampler: this.sampler.save(),
    };
  }

  restore(reader: StateReader): void {
    this.byte = reader.number("byte", -1, 0xff);
    reader.timer("frameNs", this.frameTimer);
    reader.timer("sampleNs", this.sampleTimer);
    this.sampler.restore(reader.child("sampler"));
  }
}
