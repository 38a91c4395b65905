/** A console on a WebSocket that something else listens on; what ours says in text messages is in `ws-link.ts`. */
import type { WebSocket } from "ws";
import type { LineEvent } from "../base/index.ts";
import { ClientTransport } from "./client-transport.ts";
import { socketUnreachable } from "./errors.ts";
import { addressText } from "./serial-spec.ts";
import { MAX_PENDING_BYTES, type Transport, toBytes } from "./transport.ts";
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

export class WsTransport extends ClientTransport<WebSocket> implements Transport {
  readonly description: string;
  private readonly options: WsOptions;

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
    this.connected(socket);
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

  protected hangUp(socket: WebSocket): void {
    socket.close();
  }

  protected drop(socket: WebSocket): void {
    socket.terminate();
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
