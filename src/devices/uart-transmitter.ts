/** The sending half of a UART: its FIFO, and what takes characters out of it. */
import type { State } from "../base/index.ts";
import { Fifo } from "../base/index.ts";
import type { PacedWire } from "./paced-wire.ts";
import type { StateReader } from "./state-reader.ts";

const MAX_DEPTH = 64;

export interface TransmitterParts {
  /** A character leaves a line that is not paced. */
  emit(byte: number): void;
  /** The FIFO has given a character away and holds `length` now. */
  onFallen(length: number): void;
  /** The far end does not want to be sent to. */
  isHeld(): boolean;
  /** The line, where it is paced. */
  readonly wire: ((onFree: () => void) => PacedWire) | undefined;
}

export class UartTransmitter {
  private readonly parts: TransmitterParts;
  private readonly fifo = new Fifo(MAX_DEPTH);
  private readonly wire: PacedWire | undefined;

  constructor(parts: TransmitterParts) {
    this.parts = parts;
    this.wire = parts.wire?.(() => this.pump());
  }

  get length(): number {
    return this.fifo.length;
  }

  get isEmpty(): boolean {
    return this.fifo.isEmpty;
  }

  get isBusy(): boolean {
    return !this.fifo.isEmpty || this.wire?.isFree === false;
  }

  /** A character for a FIFO of `depth`; one that is full takes no more. */
  push(byte: number, depth: number): void {
    if (this.fifo.length >= depth) return;
    this.fifo.push(byte);
    this.pump();
  }

  /** Sends what can be sent now. */
  pump(): void {
    const { parts, wire, fifo } = this;
    while (!fifo.isEmpty && (wire === undefined || wire.isFree) && !parts.isHeld()) {
      const byte = fifo.shift() ?? 0;
      if (wire === undefined) parts.emit(byte);
      else wire.send(byte);
      parts.onFallen(fifo.length);
    }
  }

  reset(): void {
    this.fifo.clear();
    this.wire?.reset();
  }

  save(): State {
    return { fifo: this.fifo.toArray(), ...(this.wire === undefined ? {} : { wire: this.wire.save() }) };
  }

  restore(reader: StateReader): void {
    this.fifo.assign(reader.numbers("fifo", MAX_DEPTH, 0, 0xff));
    if (this.wire !== undefined && reader.has("wire")) this.wire.restore(reader.child("wire"));
    // A machine that was saved with a paced line goes on without one.
    this.pump();
  }
}
