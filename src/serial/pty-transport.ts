/** A virtual serial port: a pseudo-terminal that screen, minicom, picocom, tio and serialport open as a device. */
import { lstatSync, readlinkSync, symlinkSync, unlinkSync } from "node:fs";
import type { ReadStream } from "node:tty";
import { DEFAULT_LINE, type Logger } from "../base/index.ts";
import { ByteQueue } from "./byte-queue.ts";
import { linkTaken, linkUnusable } from "./errors.ts";
import { PtyMaster } from "./pty-master.ts";
import {
  MAX_PENDING_BYTES,
  MAX_UNHEARD_BYTES,
  STOP_PATIENCE_MS,
  type Transport,
  TransportBase,
  toBytes,
} from "./transport.ts";

/** How soon a client is noticed, and a change of its rate: the kernel tells neither. */
const PROBE_MS = 50;
const RATE_MS = 200;
const WRITE_BYTES = 1 << 14;
/** The kernel's buffer is full: asked again after so long, and longer each time. */
const FIRST_RETRY_MS = 1;
const LAST_RETRY_MS = 32;

export interface PtyOptions {
  /** A name of the user's choice for the port. */
  readonly link: string | undefined;
  readonly log: Logger;
}

/** Puts `link` in front of `path`; one that an earlier run left is replaced, any other file stays. */
function makeLink(link: string, path: string): void {
  const there = lstatSync(link, { throwIfNoEntry: false });
  if (there !== undefined) {
    if (!there.isSymbolicLink() || !readlinkSync(link).startsWith("/dev/pts/")) throw linkTaken(link);
    unlinkSync(link);
  }
  try {
    symlinkSync(path, link);
  } catch (error) {
    throw linkUnusable(link, error);
  }
}

export class PtyTransport extends TransportBase implements Transport {
  readonly isInteractive = true;
  isConnected = false;
  private readonly options: PtyOptions;
  private master: PtyMaster | undefined;
  private reader: ReadStream | undefined;
  private readonly queue = new ByteQueue();
  private isWriting = false;
  private isPaused = false;
  private isStalled = false;
  private baudRate = DEFAULT_LINE.baudRate;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: PtyOptions) {
    super();
    this.options = options;
  }

  get description(): string {
    const path = this.master?.path ?? "a pseudo-terminal";
    return this.options.link === undefined ? path : `${this.options.link} (${path})`;
  }

  get pendingBytes(): number {
    return this.isConnected ? this.queue.length : 0;
  }

  async start(): Promise<void> {
    const { link } = this.options;
    const master = await PtyMaster.open();
    try {
      if (link !== undefined) makeLink(link, master.path);
    } catch (error) {
      master.close();
      throw error;
    }
    this.master = master;
    this.look(master);
  }

  write(data: Uint8Array | string): void {
    const lostBefore = this.queue.lostBytes;
    this.queue.push(toBytes(data), this.isConnected ? MAX_PENDING_BYTES : MAX_UNHEARD_BYTES);
    if (this.isConnected && this.queue.lostBytes !== lostBefore && !this.isStalled) {
      this.isStalled = true;
      this.options.log.warning(`${this.description}: the client does not read, it loses output`);
    }
    if (this.master !== undefined && this.isConnected && !this.isWriting) void this.writeQueued(this.master);
  }

  pause(): void {
    this.isPaused = true;
    this.reader?.pause();
  }

  resume(): void {
    this.isPaused = false;
    this.reader?.resume();
  }

  async stop(): Promise<void> {
    const { master } = this;
    if (master === undefined) return;
    const patience = AbortSignal.timeout(STOP_PATIENCE_MS);
    // What a client has not read when our end closes, the kernel throws away.
    const isUnread = () => this.isConnected && (this.queue.length > 0 || master.unreadBytes > 0);
    while (isUnread() && !patience.aborted) await new Promise((r) => setTimeout(r, 5));
    this.master = undefined;
    clearTimeout(this.timer);
    this.reader?.destroy();
    this.isConnected = false;
    master.close();
    this.removeLink(master.path);
    this.onClose({ reason: "stopped", final: true });
  }

  private removeLink(path: string): void {
    const { link } = this.options;
    try {
      if (link !== undefined && readlinkSync(link) === path) unlinkSync(link);
    } catch {
      // Somebody else has removed it.
    }
  }

  /** Looks for a client, or at the rate of the one that is there. */
  private look(master: PtyMaster): void {
    if (this.master !== master) return;
    if (this.isConnected) {
      this.lookAtRate(master);
    } else {
      const { isPresent, data } = master.probe();
      if (isPresent) this.connected(master, data);
    }
    this.timer = setTimeout(() => this.look(master), this.isConnected ? RATE_MS : PROBE_MS);
  }

  private lookAtRate(master: PtyMaster): void {
    const { baudRate } = master;
    if (baudRate === undefined || baudRate === this.baudRate) return;
    this.baudRate = baudRate;
    this.options.log.info(`${this.description}: the client is at ${baudRate} baud`);
    this.onLine({ kind: "settings", settings: { baudRate } });
  }

  private connected(master: PtyMaster, typed: Uint8Array): void {
    const reader = master.reader();
    this.reader = reader;
    this.isConnected = true;
    this.options.log.info(`${this.description}: a client connected`);
    reader.on("data", (data: Buffer) => {
      // A client sets its rate before it types.
      this.lookAtRate(master);
      this.onData(data);
    });
    // EIO is the hang-up; nothing else is known to come.
    reader.on("error", () => {});
    reader.on("close", () => this.disconnected(reader));
    if (this.isPaused) reader.pause();
    this.lookAtRate(master);
    this.onOpen();
    if (typed.length > 0) this.onData(typed);
    if (!this.isWriting) void this.writeQueued(master);
  }

  private disconnected(reader: ReadStream): void {
    if (this.reader !== reader || this.master === undefined) return;
    this.reader = undefined;
    this.isConnected = false;
    this.isStalled = false;
    this.options.log.info(`${this.description}: the client disconnected`);
    this.onClose({ reason: "the client closed the port", final: false });
    clearTimeout(this.timer);
    this.look(this.master);
  }

  private async writeQueued(master: PtyMaster): Promise<void> {
    this.isWriting = true;
    let retryMs = FIRST_RETRY_MS;
    try {
      while (this.master === master && this.isConnected && this.queue.length > 0) {
        const lostBefore = this.queue.lostBytes;
        const batch = this.queue.peek(WRITE_BYTES);
        const count = await master.write(batch);
        // What was dropped in the meantime was the beginning of the batch.
        this.queue.drop(Math.max(0, count - (this.queue.lostBytes - lostBefore)));
        if (count > 0) {
          retryMs = FIRST_RETRY_MS;
          continue;
        }
        await new Promise((resolve) => setTimeout(resolve, retryMs));
        retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
      }
      if (this.queue.length === 0) {
        if (this.isStalled) this.options.log.warning(`${this.description}: the client reads again`);
        this.isStalled = false;
        this.onDrain();
      }
    } catch {
      // It has hung up; the reader says so.
      this.reader?.destroy();
    } finally {
      this.isWriting = false;
    }
  }
}
