/** A console on a WebSocket that something else listens on; what ours says in text messages is in `ws-link.ts`. */
import type { WebSocket } from "ws";
import type { LineEvent } from "../base/index.ts";
import { socketUnreachable } from "./errors.ts";
import { addressText } from "./serial-spec.ts";
import { MAX_PENDING_BYTES, STOP_PATIENCE_MS, type Transport, TransportBase, toBytes } from "./transport.ts";
import { isLineEvent, SUBPROTOCOL } from "./ws-link.ts";

export interface WsOptions {
  readonly host: string;
  readonly port: number;
  readonly token?: string;
}

interface Told {
  readonly type?: unknown;
  readonly text?: unknown;
  readonly virtualNs?: unknown;
  readonly event?: unknown;
}

export class WsTransport extends TransportBase implements Transport {
  readonly description: string;
  readonly isInteractive = true;
  isConnected = false;
  private readonly options: WsOptions;
  private socket: WebSocket | undefined;
  private reason = "the other end closed the connection";

  constructor(options: WsOptions) {
    super();
    this.options = options;
    this.description = addressText("ws", options);
  }

  private get url(): string {
    const { host, port } = this.options;
    return `ws://${host.includes(":") ? `[${host}]` : host}:${port}/`;
  }

  get pendingBytes(): number {
    return this.socket?.bufferedAmount ?? 0;
  }

  async start(): Promise<void> {
    const { WebSocket } = await import("ws");
    const { token } = this.options;
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const socket = new WebSocket(this.url, [SUBPROTOCOL], {
      headers,
      perMessageDeflate: false,
      maxPayload: MAX_PENDING_BYTES,
    });
    socket.on("message", (data, isBinary) => {
      const bytes = data as Buffer;
      if (isBinary) this.onData(bytes);
      else this.told(bytes.toString("utf8"));
    });
    try {
      await new Promise<void>((resolve, reject) => socket.once("open", resolve).once("error", reject));
    } catch (error) {
      throw socketUnreachable(this.description, error);
    }
    this.socket = socket;
    this.isConnected = true;
    socket.on("error", (error) => {
      this.reason = error.message;
    });
    socket.on("close", () => {
      this.isConnected = false;
      this.onClose({ reason: this.reason, final: true });
    });
    this.onOpen();
  }

  write(data: Uint8Array | string): void {
    const { socket } = this;
    if (socket === undefined || !this.isConnected || this.pendingBytes > MAX_PENDING_BYTES) return;
    socket.send(toBytes(data), () => {
      if (socket.bufferedAmount === 0) this.onDrain();
    });
  }

  override setLine(event: LineEvent): void {
    if (this.isConnected) this.socket?.send(JSON.stringify({ type: "line", event }));
  }

  pause(): void {
    this.socket?.pause();
  }

  resume(): void {
    this.socket?.resume();
  }

  async stop(): Promise<void> {
    const { socket } = this;
    if (socket === undefined || !this.isConnected) return;
    this.reason = "stopped";
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    const timer = setTimeout(() => socket.terminate(), STOP_PATIENCE_MS);
    socket.close();
    await closed;
    clearTimeout(timer);
  }

  private told(text: string): void {
    let message: Told | null;
    try {
      message = JSON.parse(text) as Told | null;
    } catch {
      return;
    }
    if (typeof message !== "object" || message === null) return;
    if (message.type === "notice" && typeof message.text === "string")
      this.onData(toBytes(`\r\n[${message.text}]\r\n`));
    else if (message.type === "time" && typeof message.virtualNs === "number") this.onTime(message.virtualNs);
    else if (message.type === "line" && isLineEvent(message.event)) this.onLine(message.event);
  }
}
