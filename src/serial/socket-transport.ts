/** A console on a stream socket that something else listens on: plain, TELNET or RFC 2217. */
import { connect, type Socket } from "node:net";
import type { LineEvent, Logger } from "../base/index.ts";
import { ClientTransport } from "./client-transport.ts";
import { clientCodec, type StreamProtocol } from "./codecs.ts";
import { socketUnreachable } from "./errors.ts";
import { type Address, addressText } from "./serial-spec.ts";
import { MAX_PENDING_BYTES, type Transport, toBytes } from "./transport.ts";
import type { WireCodec } from "./wire-codec.ts";

export interface SocketOptions {
  readonly protocol: StreamProtocol;
  readonly address: Address;
  readonly log: Logger;
}

export class SocketTransport extends ClientTransport<Socket> implements Transport {
  readonly description: string;
  private readonly options: SocketOptions;
  private readonly codec: WireCodec;

  constructor(options: SocketOptions) {
    super();
    this.options = options;
    this.description = addressText(options.protocol, options.address);
    this.codec = clientCodec(options.protocol, {
      reply: (data) => this.socket?.write(data),
      line: (event) => this.onLine(event),
      time: (virtualNs) => this.onTime(virtualNs),
    });
  }

  get pendingBytes(): number {
    return this.socket?.writableLength ?? 0;
  }

  async start(): Promise<void> {
    const { address } = this.options;
    const socket = "path" in address ? connect(address.path) : connect(address.port, address.host);
    try {
      await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    } catch (error) {
      throw socketUnreachable(this.description, error);
    }
    this.connected(socket);
    socket.on("data", (data) => {
      const bytes = this.codec.decode(data);
      if (bytes.length > 0) this.onData(bytes);
    });
    socket.on("drain", () => this.onDrain());
    const greeting = this.codec.greeting();
    if (greeting.length > 0) socket.write(greeting);
    this.onOpen();
  }

  write(data: Uint8Array | string): void {
    if (this.socket === undefined || !this.isConnected) return;
    const bytes = toBytes(data);
    if (this.pendingBytes + bytes.length > MAX_PENDING_BYTES) {
      this.options.log.warnOnce(`${this.description}: the other end does not read, output is dropped`);
      return;
    }
    this.socket.write(this.codec.encode(bytes));
  }

  override setLine(event: LineEvent): void {
    if (this.isConnected) this.codec.setLine(event);
  }

  protected hangUp(socket: Socket): void {
    socket.end(() => socket.destroy());
  }

  protected drop(socket: Socket): void {
    socket.destroy();
  }
}
