/** Sends a file by X-modem or Y-modem. */
import { HvError } from "../base/index.ts";
import { sendCancelled, sendStalled } from "./errors.ts";
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
  PADDING,
  SHORT_BLOCK,
  SOH,
  STX,
} from "./modem-wire.ts";

export interface ModemFile {
  readonly name: string;
  readonly data: Uint8Array;
}

export interface ModemLine {
  write(data: Uint8Array): void;
  /** Called after each block that the receiver has taken. */
  progress(sentBytes: number, totalBytes: number): void;
}

export interface ModemPatience {
  /** For a receiver that has not been started yet. */
  readonly startMs: number;
  readonly replyMs: number;
  /** lrzsz throws away what comes right behind its `C`. */
  readonly settleMs: number;
}

/** Receivers ask every three to ten seconds. */
const ASKED_AGAIN_MS = 1_000;
const FAREWELL_MS = 1_000;
const PATIENCE: ModemPatience = { startMs: 60_000, replyMs: 60_000, settleMs: 50 };

/** A file's name and size as Y-modem's block 0 has them; no file ends the batch. */
function headerOf(file: ModemFile | undefined): Uint8Array {
  if (file === undefined) return new Uint8Array(SHORT_BLOCK);
  const text = Buffer.from(`${file.name}\0${file.data.length}`);
  const block = new Uint8Array(text.length < SHORT_BLOCK ? SHORT_BLOCK : LONG_BLOCK);
  block.set(text.subarray(0, block.length - 1));
  return block;
}

export class ModemSender {
  private readonly line: ModemLine;
  private readonly patience: ModemPatience;
  private readonly replies: number[] = [];
  private wake: () => void = () => {};
  private usesCrc = false;
  private isOver = false;

  constructor(line: ModemLine, patience: ModemPatience = PATIENCE) {
    this.line = line;
    this.patience = patience;
  }

  /** What the receiver says. */
  received(data: Uint8Array): void {
    this.replies.push(...data);
    this.wake();
  }

  /** Resolves when the receiver has the whole file. */
  async send(file: ModemFile, protocol: ModemProtocol): Promise<void> {
    await this.start();
    if (protocol === "ymodem") {
      await this.block(0, headerOf(file));
      await this.start();
    }
    await this.body(file.data, protocol === "xmodem" ? SHORT_BLOCK : LONG_BLOCK);
    await this.deliver(Uint8Array.of(EOT));
    if (protocol !== "ymodem") return;
    await this.start();
    await this.farewell();
  }

  /** The receiver has the file: it may be gone before its last answer is through, as lrzsz on a pseudo-terminal is. */
  private async farewell(): Promise<void> {
    const heard = this.block(0, headerOf(undefined)).catch((error: unknown) => {
      if (!(error instanceof HvError)) throw error;
    });
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, FAREWELL_MS);
    });
    await Promise.race([heard, patience]);
    clearTimeout(timer);
    this.isOver = true;
    this.wake();
    await heard;
  }

  /** Tells the receiver to give up. */
  cancel(): void {
    this.line.write(CANCELLATION);
    this.replies.push(CAN, CAN);
    this.wake();
  }

  private async body(data: Uint8Array, largest: number): Promise<void> {
    let number = 1;
    for (let at = 0; at < data.length; number++) {
      // A short rest goes in short blocks, so that less is padded.
      const size = data.length - at <= (LONG_BLOCK * 7) / 8 ? SHORT_BLOCK : largest;
      const block = new Uint8Array(size).fill(PADDING);
      block.set(data.subarray(at, at + size));
      await this.block(number & 0xff, block);
      at = Math.min(data.length, at + size);
      this.line.progress(at, data.length);
    }
  }

  /** The receiver says which check it wants, again and again until it gets something. */
  private async start(): Promise<void> {
    for (;;) {
      const reply = await this.reply(this.patience.startMs);
      if (reply !== CRC_MODE && reply !== NAK) continue;
      this.usesCrc = reply === CRC_MODE;
      await new Promise((resolve) => setTimeout(resolve, this.patience.settleMs));
      if (this.replies.includes(CAN)) continue;
      // What was repeated while nobody answered must not count as answers to blocks.
      this.replies.length = 0;
      return;
    }
  }

  private block(number: number, data: Uint8Array): Promise<void> {
    const kind = data.length === LONG_BLOCK ? STX : SOH;
    return this.deliver(Uint8Array.from([kind, number, 255 - number, ...data, ...checkOf(data, this.usesCrc)]));
  }

  private async deliver(packet: Uint8Array): Promise<void> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      this.line.write(packet);
      const sentMs = performance.now();
      for (;;) {
        const reply = await this.reply(this.patience.replyMs);
        if (reply === ACK) return;
        // A receiver that has not heard the first block asks for it as before; one that asked while it came is answered.
        if (reply === NAK || (reply === CRC_MODE && performance.now() - sentMs > ASKED_AGAIN_MS)) break;
      }
    }
    throw sendStalled(`it refused the same block ${MAX_TRIES} times`);
  }

  /** The next byte; two CANs in a row end it all. */
  private async reply(patienceMs: number): Promise<number> {
    for (;;) {
      const byte = this.replies.shift();
      if (byte === CAN && this.replies[0] === CAN) throw sendCancelled();
      if (byte !== undefined) return byte;
      if (this.isOver) throw sendStalled("it is gone");
      await this.arrival(patienceMs);
    }
  }

  private arrival(patienceMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(sendStalled("it says nothing")), patienceMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
