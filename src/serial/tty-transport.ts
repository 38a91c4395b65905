/** A console on a serial device: survives unplug and replug, and says who holds a busy port. */
import { HvError, type LineEvent, type Logger } from "../base/index.ts";
import { ByteQueue } from "./byte-queue.ts";
import { GuardedPort, type RawPort } from "./guarded-port.ts";
import { MAX_PENDING_BYTES, STOP_PATIENCE_MS, type Transport, TransportBase, toBytes } from "./transport.ts";
import { openTty } from "./tty-open.ts";

export interface TtyOptions {
  path: string;
  baudRate: number;
  log: Logger;
  /** Opens the device; tests give their own. */
  open?: (path: string, baudRate: number) => Promise<RawPort>;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2_000;
const READ_SIZE_BYTES = 4_096;
const WRITE_SIZE_BYTES = 16_384;

/** What the system says of a device that is gone, in whatever form: EBADF, EIO, ENXIO, ENODEV. */
const GONE = /bad file descriptor|i\/o error|no such device|\b(EBADF|EIO|ENXIO|ENODEV)\b/i;

function words(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return GONE.test(text) ? "the device is gone" : text;
}

/** What is written while the device is away waits for it, as what the system had not taken before does. */
export class TtyTransport extends TransportBase implements Transport {
  readonly description: string;
  readonly isInteractive = true;
  private readonly options: Required<TtyOptions>;
  private port: GuardedPort | undefined;
  private readonly queue = new ByteQueue();
  private isWriting = false;
  /** Resolves when `resume` is called; set while paused. */
  private paused: { readonly over: Promise<void>; readonly end: () => void } | undefined;
  private isStopped = false;
  private retryTimer: NodeJS.Timeout | undefined;
  private retryMs = FIRST_RETRY_MS;
  private lastProblem = "";

  constructor(options: TtyOptions) {
    super();
    this.options = { open: openTty, ...options };
    this.description = `${options.path} at ${options.baudRate} baud`;
  }

  get isConnected(): boolean {
    return this.port !== undefined;
  }

  get pendingBytes(): number {
    return this.isConnected ? this.queue.length : 0;
  }

  async start(): Promise<void> {
    await this.connect();
  }

  write(data: Uint8Array | string): void {
    const { lostBytes } = this.queue;
    this.queue.push(toBytes(data), MAX_PENDING_BYTES);
    if (this.queue.lostBytes !== lostBytes) {
      this.options.log.warnOnce(`${this.options.path}: the other end does not read, output is dropped`);
    }
    if (this.port !== undefined && !this.isWriting && this.queue.length > 0) void this.writeQueued(this.port);
  }

  override setLine(event: LineEvent): void {
    void this.port?.setLine(event).catch(() => {});
  }

  pause(): void {
    if (this.paused !== undefined) return;
    let end = (): void => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.paused = { over, end };
  }

  resume(): void {
    this.paused?.end();
    this.paused = undefined;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.retryTimer);
    const { port } = this;
    if (port === undefined) return;
    const until = Date.now() + STOP_PATIENCE_MS;
    while (this.queue.length > 0 && this.port === port && Date.now() < until)
      await new Promise((r) => setTimeout(r, 5));
    await this.disconnect(port, "stopped");
  }

  private async connect(): Promise<void> {
    const port = new GuardedPort(await this.options.open(this.options.path, this.options.baudRate));
    if (this.isStopped) {
      await port.close();
      return;
    }
    this.port = port;
    this.retryMs = FIRST_RETRY_MS;
    this.lastProblem = "";
    void this.readOn(port);
    if (this.queue.length > 0 && !this.isWriting) void this.writeQueued(port);
    this.onOpen();
  }

  private async readOn(port: GuardedPort): Promise<void> {
    const buffer = new Uint8Array(READ_SIZE_BYTES);
    while (this.port === port) {
      if (this.paused !== undefined) await this.paused.over;
      let bytesRead: number;
      try {
        bytesRead = await port.read(buffer);
      } catch (error) {
        await this.disconnect(port, words(error));
        return;
      }
      if (this.port === port) this.onData(buffer.slice(0, bytesRead));
    }
  }

  private async writeQueued(port: GuardedPort): Promise<void> {
    this.isWriting = true;
    try {
      while (this.port === port && this.queue.length > 0) {
        const { lostBytes } = this.queue;
        const count = await port.write(this.queue.peek(WRITE_SIZE_BYTES));
        // What was dropped in the meantime was the beginning of what was written.
        this.queue.drop(Math.max(0, count - (this.queue.lostBytes - lostBytes)));
      }
      if (this.port === port) this.onDrain();
    } catch (error) {
      await this.disconnect(port, words(error));
    } finally {
      this.isWriting = false;
      // What a replug brought in the meantime waits for nobody.
      if (this.port !== undefined && this.queue.length > 0) void this.writeQueued(this.port);
    }
  }

  /** Safe to call from the reader and the writer of the same port: only the first one counts. */
  private async disconnect(port: GuardedPort, reason: string): Promise<void> {
    if (this.port !== port) return;
    this.port = undefined;
    await port.close().catch(() => {});
    this.onClose({ reason, final: this.isStopped });
    if (this.isStopped) return;
    this.options.log.warning(`${this.options.path}: disconnected (${reason}); waiting for it to come back`);
    this.retryLater();
  }

  private retryLater(): void {
    if (this.isStopped) return;
    this.retryTimer = setTimeout(() => void this.retry(), this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, LAST_RETRY_MS);
  }

  private async retry(): Promise<void> {
    try {
      await this.connect();
      if (this.port !== undefined) this.options.log.info(`${this.options.path}: connected again`);
    } catch (error) {
      const code = error instanceof HvError ? error.code : "";
      // A missing port is what is being waited for; anything else is said once, when it begins.
      if (code !== "port-missing" && code !== this.lastProblem) this.options.log.warning(words(error));
      this.lastProblem = code;
      this.retryLater();
    }
  }
}
