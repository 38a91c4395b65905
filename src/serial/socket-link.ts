/** A client on a stream socket. */
import type { Socket } from "node:net";
import type { LineEvent } from "../base/index.ts";
import { type StreamProtocol, serverCodec } from "./codecs.ts";
import type { Link, LinkHandlers } from "./link.ts";
import { isLoopback } from "./serial-spec.ts";
import { STOP_PATIENCE_MS } from "./transport.ts";
import type { WireCodec } from "./wire-codec.ts";

/** A web page can make a browser send this to any port of the machine; nobody types it in one piece. */
const HTTP_REQUEST = /^[A-Z]{3,7} \S+ HTTP\/1\.[01]\r?\n/;

/** How long an RFC 2217 client may take to speak first. */
const GREETING_DELAY_MS = 300;

export class SocketLink implements Link {
  readonly peer: string;
  readonly isLocal: boolean;
  readonly isAuthorized = false;
  private readonly socket: Socket;
  private readonly codec: WireCodec;
  private handlers: LinkHandlers | undefined;
  private isFirst = true;
  private readonly speaksFirst: boolean;
  private greeting: NodeJS.Timeout | undefined;
  private reason = "the client closed the connection";

  constructor(socket: Socket, protocol: StreamProtocol) {
    this.socket = socket;
    this.speaksFirst = protocol !== "rfc2217";
    const { remoteAddress, remotePort } = socket;
    // A UNIX socket has no address, and no way from another machine.
    this.peer = remoteAddress === undefined ? "a client" : `${remoteAddress}:${remotePort}`;
    this.isLocal = remoteAddress === undefined || isLoopback(remoteAddress);
    this.codec = serverCodec(protocol, {
      reply: (data) => this.put(data),
      line: (event) => this.handlers?.onLine(event),
      time: () => {},
    });
  }

  get pendingBytes(): number {
    return this.socket.writableLength;
  }

  start(handlers: LinkHandlers): void {
    const { socket } = this;
    this.handlers = handlers;
    socket.setNoDelay(true);
    socket.on("data", (data) => this.take(data));
    socket.on("error", (error) => {
      this.reason = error.message;
    });
    socket.on("close", () => {
      clearTimeout(this.greeting);
      handlers.onClose(this.reason);
    });
    // pySerial takes an offer that comes before its own for the answer, and then makes no offer: it shall be first.
    if (!this.speaksFirst) this.greeting = setTimeout(() => this.greet(), GREETING_DELAY_MS);
    else this.greet();
  }

  send(data: Uint8Array): void {
    this.put(this.codec.encode(data));
  }

  notice(text: string): void {
    this.send(Buffer.from(`\r\n[${text}]\r\n`));
  }

  setLine(event: LineEvent): void {
    this.codec.setLine(event);
  }

  stamp(virtualNs: number): void {
    this.codec.stamp(virtualNs);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  close(): void {
    const { socket } = this;
    if (socket.destroyed) return;
    this.reason = "closed by us";
    const timer = setTimeout(() => socket.destroy(), STOP_PATIENCE_MS);
    socket.once("close", () => clearTimeout(timer));
    socket.end(() => socket.destroy());
  }

  private take(data: Buffer): void {
    if (this.isFirst && HTTP_REQUEST.test(data.toString("latin1", 0, 1024))) {
      this.reason = "it sent an HTTP request";
      this.socket.destroy();
      return;
    }
    const bytes = this.codec.decode(data);
    if (this.isFirst && !this.speaksFirst) this.greet();
    this.isFirst = false;
    if (bytes.length > 0) this.handlers?.onData(bytes);
  }

  private greet(): void {
    clearTimeout(this.greeting);
    this.put(this.codec.greeting());
  }

  private put(data: Uint8Array): void {
    const { socket } = this;
    if (data.length === 0 || socket.destroyed) return;
    // Not the event `drain`, which does not come for what is written while it is being handled and goes out at once.
    socket.write(data, () => {
      if (socket.writableLength === 0) this.handlers?.onDrain();
    });
  }
}
