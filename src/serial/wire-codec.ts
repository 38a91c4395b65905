/** What a protocol makes of the bytes of a stream socket. */
import type { LineEvent } from "../base/index.ts";

export interface WireCodec {
  /** What is offered and asked for, as far as it is not settled. */
  greeting(): Uint8Array;
  /** Takes the protocol's own words out of what arrived; they are answered and reported through the events. */
  decode(data: Uint8Array): Uint8Array;
  encode(data: Uint8Array): Uint8Array;
  setLine(event: LineEvent): void;
  stamp(virtualNs: number): void;
}

export interface CodecEvents {
  /** Bytes of the protocol itself, to be sent at once. */
  reply(data: Uint8Array): void;
  line(event: LineEvent): void;
  /** Virtual time of the data that comes next. */
  time(virtualNs: number): void;
}

/** No protocol at all. */
export class RawCodec implements WireCodec {
  greeting(): Uint8Array {
    return new Uint8Array(0);
  }

  decode(data: Uint8Array): Uint8Array {
    return data;
  }

  encode(data: Uint8Array): Uint8Array {
    return data;
  }

  setLine(): void {}

  stamp(): void {}
}
