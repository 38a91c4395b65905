/** A connection to a port that others have, made again whenever it ends. */
import type { LineEvent, Logger } from "../base/index.ts";
import { type Disconnection, type Transport, TransportBase } from "./transport.ts";

const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 2_000;

export interface ReconnectOptions {
  /** A new transport, not started, each time. */
  readonly create: () => Transport;
  readonly log: Logger;
}

export class ReconnectingTransport extends TransportBase implements Transport {
  readonly description: string;
  readonly isInteractive = true;
  private readonly options: ReconnectOptions;
  private current: Transport;
  private isStopped = false;
  private retryMs = FIRST_RETRY_MS;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: ReconnectOptions) {
    super();
    this.options = options;
    this.current = this.adopt(options.create());
    this.description = this.current.description;
  }

  get isConnected(): boolean {
    return this.current.isConnected;
  }

  get pendingBytes(): number {
    return this.current.pendingBytes;
  }

  /** The first connection must succeed: a wrong name is told at once. */
  start(): Promise<void> {
    return this.current.start();
  }

  write(data: Uint8Array | string): void {
    this.current.write(data);
  }

  override setLine(event: LineEvent): void {
    this.current.setLine(event);
  }

  pause(): void {
    this.current.pause();
  }

  resume(): void {
    this.current.resume();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.current.stop();
  }

  private adopt(transport: Transport): Transport {
    transport.onData = (data) => this.onData(data);
    transport.onLine = (event) => this.onLine(event);
    transport.onTime = (virtualNs) => this.onTime(virtualNs);
    transport.onDrain = () => this.onDrain();
    transport.onOpen = () => {
      this.retryMs = FIRST_RETRY_MS;
      this.onOpen();
    };
    transport.onClose = (disconnection) => this.closed(transport, disconnection);
    return transport;
  }

  private closed(transport: Transport, { reason, final }: Disconnection): void {
    if (transport !== this.current) return;
    this.onClose({ reason, final: this.isStopped });
    // A transport that comes back by itself, as a device does, is left to it.
    if (!final || this.isStopped) return;
    this.options.log.warning(`${this.description}: disconnected (${reason}); connecting again`);
    this.retryLater();
  }

  private retryLater(): void {
    this.timer = setTimeout(() => void this.retry(), this.retryMs);
    this.retryMs = Math.min(2 * this.retryMs, LAST_RETRY_MS);
  }

  private async retry(): Promise<void> {
    const next = this.adopt(this.options.create());
    this.current = next;
    try {
      await next.start();
      this.options.log.info(`${this.description}: connected again`);
    } catch {
      if (!this.isStopped) this.retryLater();
    }
  }
}
