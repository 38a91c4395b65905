/**
 * Receives files by X-modem or Y-modem. The receiver leads: it asks for the check it wants, answers each block, and asks
 * again for what came damaged.
 *
 * Nothing that arrives is trusted: a block counts when its number, the number's complement and its check agree, sizes
 * have limits, and whatever goes wrong goes wrong a bounded number of times.
 */
import { ByteStream } from "./byte-stream.ts";
import { receiveCancelled, receiveInvalid, receiveStalled, receiveTooLarge } from "./errors.ts";
import {
  ACK,
  CAN,
  CANCELLATION,
  CRC_MODE,
  checkOf,
  EOT,
  LONG_BLOCK,
  MAX_TRIES,
  type ModemProtocol,
  NAK,
  SHORT_BLOCK,
  SOH,
  STX,
} from "./modem-wire.ts";

/** What the sender says of a file; X-modem says nothing. */
export interface Offer {
  /** As it came: may be anything. */
  readonly name?: string;
  readonly sizeBytes?: number;
}

/** Where files go; what it throws ends the transfer, and the sender is told. */
export interface ReceiveTarget {
  begin(offer: Offer): void;
  write(data: Uint8Array): void;
  /** The file is whole. */
  end(): void;
}

export interface ReceiveLine {
  write(data: Uint8Array): void;
  /** Called after each block; the total is unknown by X-modem. */
  progress(receivedBytes: number, totalBytes: number | undefined): void;
}

export interface ReceivePatience {
  /** For a sender that has not been started yet. */
  readonly startMs: number;
  /** Until it is asked again. */
  readonly askMs: number;
  /** For the beginning of the next block. */
  readonly blockMs: number;
  /** Between two bytes of a block. */
  readonly byteMs: number;
  /** A line that has been silent so long has come to the end of its noise. */
  readonly quietMs: number;
}

const PATIENCE: ReceivePatience = { startMs: 60_000, askMs: 3_000, blockMs: 10_000, byteMs: 1_000, quietMs: 200 };
/** Times that a sender is asked for CRC before a checksum will do (X-modem of before 1980). */
const CRC_ASKS = 4;
export const MAX_FILE_BYTES = 2 ** 30;
const MAX_FILES = 1_000;
/** Noise in one go; a line that never rests is none. */
const MAX_NOISE_BYTES = 1 << 16;

/** What came where a block may begin: `noise` is nothing of ours, `damaged` began as a block. */
type Arrival =
  | { readonly kind: "block"; readonly number: number; readonly data: Uint8Array }
  | { readonly kind: "end" | "silence" | "noise" | "damaged" };

function parseHeader(data: Uint8Array): Offer | undefined {
  const end = data.indexOf(0);
  if (end <= 0) return undefined;
  const name = Buffer.from(data.subarray(0, end)).toString("utf8");
  const after = data.subarray(end + 1);
  const rest = after.indexOf(0);
  const size = /^(\d{1,15})(?: |$)/.exec(
    Buffer.from(after.subarray(0, rest < 0 ? undefined : rest)).toString("latin1"),
  );
  return { name, sizeBytes: size === null ? undefined : Number(size[1]) };
}

export class ModemReceiver {
  private readonly line: ReceiveLine;
  private readonly target: ReceiveTarget;
  private readonly patience: ReceivePatience;
  private readonly stream = new ByteStream();
  private usesCrc = true;
  private isCancelled = false;

  constructor(line: ReceiveLine, target: ReceiveTarget, patience: ReceivePatience = PATIENCE) {
    this.line = line;
    this.target = target;
    this.patience = patience;
  }

  /** What the sender says. */
  received(data: Uint8Array): void {
    this.stream.push(data);
  }

  /** Gives up; `receive` ends with `receive-cancelled`. */
  cancel(): void {
    this.isCancelled = true;
    this.stream.push(CANCELLATION);
  }

  /**
   * Resolves with the number of files when the sender has no more. Throws `receive-cancelled`, `receive-stalled`,
   * `receive-invalid`, `receive-too-large` and what the target throws; the sender is told to stop then.
   */
  async receive(protocol: ModemProtocol): Promise<number> {
    try {
      return protocol === "ymodem" ? await this.batch() : await this.single();
    } catch (error) {
      this.line.write(CANCELLATION);
      throw error;
    }
  }

  private async single(): Promise<number> {
    this.target.begin({});
    const first = await this.ask({ fallsBack: true });
    await this.body(first, undefined);
    this.target.end();
    return 1;
  }

  private async batch(): Promise<number> {
    for (let files = 0; files < MAX_FILES; files++) {
      const header = await this.header();
      const offer = parseHeader(header);
      if (offer === undefined) {
        this.say(ACK);
        return files;
      }
      if ((offer.sizeBytes ?? 0) > MAX_FILE_BYTES) throw receiveTooLarge(MAX_FILE_BYTES, `${offer.sizeBytes}`);
      this.target.begin(offer);
      this.say(ACK);
      await this.body(await this.ask({}), offer.sizeBytes);
      this.target.end();
    }
    throw receiveInvalid(`at most ${MAX_FILES} files`, "one more");
  }

  /** Block 0 of the next file. The sender may not have heard how the last file ended. */
  private async header(): Promise<Uint8Array> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const arrival = await this.ask({});
      if (arrival.kind === "block" && arrival.number === 0) return arrival.data;
      if (arrival.kind === "block") {
        throw receiveInvalid("the name of a file in block 0, as Y-modem has it", `block ${arrival.number}`);
      }
      if (arrival.kind === "end") this.say(ACK);
    }
    throw receiveStalled(`no name of a file came, after ${MAX_TRIES} tries`);
  }

  /** Asks for a block until something comes that is one, or the end. */
  private async ask({ fallsBack = false }): Promise<Arrival> {
    const untilMs = performance.now() + this.patience.startMs;
    for (let asked = 0; performance.now() < untilMs; asked++) {
      this.usesCrc = !fallsBack || asked < CRC_ASKS;
      this.say(this.usesCrc ? CRC_MODE : NAK);
      let arrival = await this.arrival(this.patience.askMs);
      // From the first sign of a block on, the sender knows which check is wanted, and is asked for the block alone.
      for (let tries = 0; arrival.kind === "damaged"; tries++) {
        if (tries >= MAX_TRIES) throw receiveStalled(`its first block came damaged ${MAX_TRIES} times`);
        await this.quiet();
        this.say(NAK);
        arrival = await this.arrival(this.patience.askMs);
      }
      // What a program says before it sends, such as its name.
      if (arrival.kind === "noise") await this.quiet();
      else if (arrival.kind !== "silence") return arrival;
    }
    throw receiveStalled("it sends nothing");
  }

  /** The blocks of a file from `first` on. */
  private async body(first: Arrival, sizeBytes: number | undefined): Promise<void> {
    let [expected, receivedBytes, tries] = [1, 0, 0];
    let arrival: Arrival | undefined = first;
    while (arrival !== undefined) {
      if (arrival.kind === "end") {
        arrival = await this.behindEnd();
        continue;
      }
      if (arrival.kind === "block" && arrival.number === (expected & 0xff)) {
        receivedBytes = this.take(arrival.data, receivedBytes, sizeBytes);
        [expected, tries] = [expected + 1, 0];
        this.say(ACK);
      } else if (++tries >= MAX_TRIES) {
        throw receiveStalled(`block ${expected} did not come whole, after ${MAX_TRIES} tries`);
      } else if (arrival.kind === "block") {
        this.repeated(arrival.number, expected);
      } else {
        if (arrival.kind !== "silence") await this.quiet();
        this.say(NAK);
      }
      arrival = await this.arrival(this.patience.blockMs);
    }
    if (receivedBytes < (sizeBytes ?? 0)) throw receiveInvalid(`${sizeBytes} bytes`, `the end after ${receivedBytes}`);
  }

  /** Our answer to a block was lost: it comes once more and counts for nothing. */
  private repeated(number: number, expected: number): void {
    if (number !== ((expected - 1) & 0xff)) throw receiveInvalid(`block ${expected & 0xff}`, `block ${number}`);
    this.say(ACK);
    // Behind the name the data has to be asked for.
    if (expected === 1) this.say(CRC_MODE);
  }

  /** Writes what belongs to the file; answers how much has come of it. */
  private take(data: Uint8Array, receivedBytes: number, sizeBytes: number | undefined): number {
    const limit = sizeBytes ?? MAX_FILE_BYTES;
    const total = receivedBytes + data.length;
    // The last block is padded.
    if (total > limit + LONG_BLOCK) throw receiveTooLarge(limit, `${total} and more`);
    const wanted = sizeBytes === undefined ? data.length : Math.max(0, sizeBytes - receivedBytes);
    this.target.write(data.subarray(0, wanted));
    this.line.progress(sizeBytes === undefined ? total : Math.min(total, sizeBytes), sizeBytes);
    return total;
  }

  /** The end is believed when it is said twice, for noise looks like one now and then; else answers what comes instead. */
  private async behindEnd(): Promise<Arrival | undefined> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      await this.quiet();
      this.say(NAK);
      const arrival = await this.arrival(this.patience.blockMs);
      if (arrival.kind === "block") return arrival;
      if (arrival.kind !== "end") continue;
      this.say(ACK);
      return undefined;
    }
    throw receiveStalled("it said that the file ends, and then nothing more");
  }

  private async arrival(patienceMs: number): Promise<Arrival> {
    const kind = await this.next(patienceMs);
    if (kind === undefined) return { kind: "silence" };
    if (kind === EOT) return { kind: "end" };
    if (kind === SOH || kind === STX) return await this.block(kind === SOH ? SHORT_BLOCK : LONG_BLOCK);
    if (kind === CAN && (await this.next(this.patience.byteMs)) === CAN) throw receiveCancelled();
    return { kind: "noise" };
  }

  private async block(sizeBytes: number): Promise<Arrival> {
    const bytes = new Uint8Array(2 + sizeBytes + (this.usesCrc ? 2 : 1));
    for (let i = 0; i < bytes.length; i++) {
      const byte = await this.next(this.patience.byteMs);
      if (byte === undefined) return { kind: "damaged" };
      bytes[i] = byte;
    }
    const [number, complement] = bytes;
    const data = bytes.subarray(2, 2 + sizeBytes);
    const check = checkOf(data, this.usesCrc);
    const isWhole = (number ^ complement) === 0xff && check.every((byte, i) => bytes[2 + sizeBytes + i] === byte);
    return isWhole ? { kind: "block", number, data } : { kind: "damaged" };
  }

  /** Passes over whatever comes until the line is silent: the rest of a damaged block must not be read as another. */
  private async quiet(): Promise<void> {
    for (let passed = 0; passed <= MAX_NOISE_BYTES; passed++) {
      if ((await this.next(this.patience.quietMs)) === undefined) return;
    }
    throw receiveStalled(`the line is never silent, after ${MAX_NOISE_BYTES} bytes that are no block`);
  }

  private async next(patienceMs: number): Promise<number | undefined> {
    const byte = await this.stream.read(patienceMs);
    if (this.isCancelled) throw receiveCancelled();
    return byte;
  }

  private say(byte: number): void {
    this.line.write(Uint8Array.of(byte));
  }
}
