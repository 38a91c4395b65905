/** Files sent and received over a terminal's line; while one is on its way, what arrives is for it and not for the screen. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileUnreadable, transferBusy } from "./errors.ts";
import { ModemReceiver } from "./modem-receive.ts";
import { ModemSender } from "./modem-send.ts";
import type { ModemProtocol } from "./modem-wire.ts";
import { ReceivedFiles } from "./received-files.ts";

export interface TransferEnds {
  write(data: Uint8Array): void;
  /** Tells the person at the terminal. */
  say(text: string): void;
}

interface Running {
  received(data: Uint8Array): void;
  cancel(): void;
}

/** Of each ten per cent, or of each 100 blocks where nobody knows how many will come. */
class ProgressText {
  private readonly say: (text: string) => void;
  private readonly verb: string;
  private shown = -1;

  constructor(verb: string, say: (text: string) => void) {
    this.verb = verb;
    this.say = say;
  }

  show(name: string, bytes: number, total: number | undefined): void {
    const step = total === undefined ? Math.floor(bytes / 102_400) : Math.floor((10 * bytes) / Math.max(total, 1));
    if (step <= this.shown) return;
    this.shown = step;
    const of = total === undefined ? "" : ` of ${total}`;
    const share = total === undefined ? "" : ` (${Math.floor((100 * bytes) / Math.max(total, 1))} %)`;
    this.say(`${name}: ${bytes}${of} bytes ${this.verb}${share}`);
  }
}

export class FileTransfers {
  private readonly ends: TransferEnds;
  private running: Running | undefined;

  constructor(ends: TransferEnds) {
    this.ends = ends;
  }

  get isActive(): boolean {
    return this.running !== undefined;
  }

  /** What the other end says meanwhile. */
  received(data: Uint8Array): void {
    this.running?.received(data);
  }

  cancel(): void {
    this.running?.cancel();
  }

  /** Throws `file-unreadable`, `send-stalled`, `send-cancelled`. */
  async send(path: string, protocol: ModemProtocol): Promise<void> {
    let data: Uint8Array;
    try {
      data = readFileSync(path);
    } catch (error) {
      throw fileUnreadable(path, error);
    }
    const { ends } = this;
    const name = basename(path);
    const progress = new ProgressText("sent", ends.say);
    const sender = new ModemSender({
      write: ends.write,
      progress: (sent, total) => progress.show(name, sent, total),
    });
    await this.during(sender, () => sender.send({ name, data }, protocol));
    ends.say(`${name}: sent`);
  }

  /**
   * Receives a file, or by Y-modem what the sender has into a folder; answers the files' paths. Throws
   * `receive-target-invalid` and what `ModemReceiver.receive` throws.
   */
  async receive(path: string, { protocol, force }: { protocol: ModemProtocol; force?: boolean }): Promise<string[]> {
    const { ends } = this;
    const paths: string[] = [];
    let progress = new ProgressText("received", ends.say);
    const files = new ReceivedFiles(path, {
      protocol,
      force,
      onFile: (file) => {
        paths.push(file);
        progress = new ProgressText("received", ends.say);
        ends.say(`${file}: received`);
      },
    });
    const receiver = new ModemReceiver(
      { write: ends.write, progress: (bytes, total) => progress.show(files.name, bytes, total) },
      files,
    );
    try {
      await this.during(receiver, () => receiver.receive(protocol));
    } finally {
      files.abandon();
    }
    return paths;
  }

  private async during(transfer: Running, run: () => Promise<unknown>): Promise<void> {
    if (this.running !== undefined) throw transferBusy();
    this.running = transfer;
    try {
      await run();
    } finally {
      this.running = undefined;
    }
  }
}
