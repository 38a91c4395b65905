/**
 * The framing of GDB's remote serial protocol: `$data#checksum`, acknowledged by `+`, with `}` as the escape.
 * GDB manual, appendix E.1.
 */

/** A longer packet is no debugger's. */
export const MAX_PACKET_BYTES = 0x4000;

export type Received =
  | { readonly kind: "packet"; readonly data: Buffer }
  | { readonly kind: "interrupt" }
  /** The other side got a damaged packet: the last answer is to be repeated. */
  | { readonly kind: "nack" }
  /** The checksum is wrong: the sender is to repeat it. */
  | { readonly kind: "damaged" };

const DOLLAR = 0x24;
const HASH = 0x23;
const ESCAPE = 0x7d;
const STAR = 0x2a;
const MINUS = 0x2d;
const INTERRUPT = 0x03;
const ESCAPE_BIT = 0x20;

const checksum = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0);

/** The bytes that stand for themselves, or behind an escape. */
function escaped(data: Uint8Array): Buffer {
  const out: number[] = [];
  for (const byte of data) {
    if (byte === DOLLAR || byte === HASH || byte === ESCAPE || byte === STAR) out.push(ESCAPE, byte ^ ESCAPE_BIT);
    else out.push(byte);
  }
  return Buffer.from(out);
}

function unescaped(data: Uint8Array): Buffer {
  const out: number[] = [];
  for (let at = 0; at < data.length; at++) {
    if (data[at] === ESCAPE && at + 1 < data.length) out.push(data[++at] ^ ESCAPE_BIT);
    else out.push(data[at]);
  }
  return Buffer.from(out);
}

export function encodePacket(text: string): Buffer {
  const data = escaped(Buffer.from(text, "latin1"));
  return Buffer.concat([Buffer.from("$"), data, Buffer.from(`#${checksum(data).toString(16).padStart(2, "0")}`)]);
}

/** Cuts a stream of bytes into packets. */
export class PacketReader {
  private pending = Buffer.alloc(0);

  /** What came to its end with these bytes. A packet that grows too long is dropped with everything before it. */
  take(bytes: Uint8Array): Received[] {
    this.pending = Buffer.concat([this.pending, bytes]);
    const received: Received[] = [];
    for (let next = this.next(); next !== undefined; next = this.next()) if (next !== "noise") received.push(next);
    if (this.pending.length > MAX_PACKET_BYTES) this.pending = Buffer.alloc(0);
    return received;
  }

  private next(): Received | "noise" | undefined {
    const { pending } = this;
    if (pending.length === 0) return undefined;
    if (pending[0] !== DOLLAR) {
      this.pending = pending.subarray(1);
      if (pending[0] === INTERRUPT) return { kind: "interrupt" };
      if (pending[0] === MINUS) return { kind: "nack" };
      return "noise";
    }
    const end = pending.indexOf(HASH);
    if (end < 0 || pending.length < end + 3) return undefined;
    const data = pending.subarray(1, end);
    const sum = Number.parseInt(pending.toString("latin1", end + 1, end + 3), 16);
    this.pending = pending.subarray(end + 3);
    return sum === checksum(data) ? { kind: "packet", data: unescaped(data) } : { kind: "damaged" };
  }
}
