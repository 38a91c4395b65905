/** A console on a stream socket that something else listens on: `tcp:HOST:PORT` or `unix:PATH`. */
import { connect, type NetConnectOpts, type Socket } from "node:net";
import type { Logger } from "../base/index.ts";
import { socketUnreachable } from "./errors.ts";
import { type Disconnection, MAX_PENDING_BYTES, type Transport, toBytes } from "./transport.ts";

const STOP_PATIENCE_MS = 500;

export class SocketTransport implements Transport {
  readonly description: string;
  readonly isInteractive = true;
  isConnected = false;
  onData: (data: Uint8Array) => void = () => {};
  onOpen: () => void = () => {};
  onClose: (disconnection: Disconnection) => void = () => {};
  onDrain: () => void = () => {};
  private readonly target: NetConnectOpts;
  private readonly log: Logger;
  private socket: Socket | undefined;
  private reason = "the other end closed the connection";

  constructor(description: string, target: NetConnectOpts, log: Logger) {
    this.description = description;
    this.target = target;
    this.log = log;
  }

  get pendingBytes(): number {
    return this.socket?.writableLength ?? 0;
  }

  async start(): Promise<void> {
    const socket = connect(this.target);
    try {
      await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    } catch (error) {
      throw socketUnreachable(this.description, error);
    }
    this.socket = socket;
    this.isConnected = true;
    socket.on("data", (data) => this.onData(data));
    socket.on("drain", () => this.onDrain());
    socket.on("error", (error) => {
      this.reason = error.message;
    });
    socket.on("close", () => this.close());
    this.onOpen();
  }

  write(data: Uint8Array | string): void {
    if (this.socket === undefined || !this.isConnected) return;
    const bytes = toBytes(data);
    if (this.pendingBytes + bytes.length > MAX_PENDING_BYTES) {
      this.log.warnOnce(`${this.description}: the other end does not read, output is dropped`);
      return;
    }
    this.socket.write(bytes);
  }

  async stop(): Promise<void> {
    const { socket } = this;
    if (socket === undefined || !this.isConnected) return;
    this.reason = "stopped";
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    const timer = setTimeout(() => socket.destroy(), STOP_PATIENCE_MS);
    socket.end(() => socket.destroy());
    await closed;
    clearTimeout(timer);
  }

  private close(): void {
    if (!this.isConnected) return;
    this.isConnected = false;
    this.onClose({ reason: this.reason, final: true });
  }
}
