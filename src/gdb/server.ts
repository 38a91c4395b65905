/** Listens on the loopback address for a debugger; one at a time, a second is told to go. */
import type { Server, Socket } from "node:net";
import type { Logger } from "../base/index.ts";
import { gdbPortUnusable } from "./errors.ts";
import { encodePacket, PacketReader } from "./packet.ts";
import { type After, type Debuggee, Session } from "./session.ts";

const HOST = "127.0.0.1";
/** What a debugger's first byte may be: acknowledgements, a packet, an interrupt. */
const OPENINGS = "+-$\x03";
/** Stop reply: the process exited, with status 0. */
const EXITED = "W00";
/** A debugger that sends and never reads is cut off before its answers fill the memory. */
const MAX_PENDING_BYTES = 2 ** 22;

export class GdbServer {
  private readonly debuggee: Debuggee;
  private readonly log: Logger;
  private server: Server | undefined;
  private client: GdbConnection | undefined;

  constructor(debuggee: Debuggee, log: Logger) {
    this.debuggee = debuggee;
    this.log = log;
  }

  /** Answers the port, which is a free one when `port` is 0. Throws `gdb-port-unusable`. */
  async start(port: number): Promise<number> {
    // Starts without a debugger do not load it.
    const { createServer } = await import("node:net");
    const server = createServer((socket) => this.accept(socket));
    try {
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject).listen(port, HOST, resolve);
      });
    } catch (error) {
      throw gdbPortUnusable(port, error);
    }
    this.server = server;
    server.on("error", (error) => this.log.warning(error.message));
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : port;
  }

  /** Ends the conversation; the guest is let go. */
  async stop(): Promise<void> {
    const { client, server } = this;
    client?.close();
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  private accept(socket: Socket): void {
    if (this.client !== undefined) {
      this.log.warning("a second debugger was refused: one is attached");
      socket.destroy();
      return;
    }
    const { control } = this.debuggee;
    const client = new GdbConnection(socket, this.debuggee);
    this.client = client;
    this.log.info("debugger attached");
    control.onStop = (reason) => client.stopped(reason);
    control.attach();
    client.onClose = () => {
      this.client = undefined;
      control.onStop = () => {};
      control.detach();
      this.log.info("debugger detached");
    };
  }
}

class GdbConnection {
  onClose: () => void = () => {};
  private readonly socket: Socket;
  private readonly debuggee: Debuggee;
  private readonly session: Session;
  private readonly reader = new PacketReader();
  private isAcknowledging = true;
  private isKnown = false;
  private last: Buffer = Buffer.alloc(0);

  constructor(socket: Socket, debuggee: Debuggee) {
    this.socket = socket;
    this.debuggee = debuggee;
    this.session = new Session(debuggee);
    socket.setNoDelay(true);
    socket.on("data", (data) => this.take(data));
    socket.on("error", () => {});
    socket.on("close", () => this.onClose());
  }

  /** The guest is gone: a debugger that waits for a stop is told so. */
  close(): void {
    if (this.debuggee.control.isHeld) this.socket.destroy();
    else this.socket.end(encodePacket(EXITED));
  }

  stopped(reason: Parameters<Session["stopped"]>[0]): void {
    this.send(this.session.stopped(reason));
  }

  private take(data: Uint8Array): void {
    // A web page can make a browser send a request here, with packets in it: no debugger begins like that.
    if (!this.isKnown && !OPENINGS.includes(String.fromCharCode(data[0]))) {
      this.socket.destroy();
      return;
    }
    this.isKnown = true;
    for (const received of this.reader.take(data)) {
      if (this.socket.destroyed) return;
      if (received.kind === "interrupt") this.debuggee.control.interrupt();
      else if (received.kind === "nack") this.write(this.last);
      else if (received.kind === "damaged") this.write(Buffer.from("-"));
      else this.answer(received.data);
    }
  }

  private answer(packet: Buffer): void {
    if (this.isAcknowledging) this.write(Buffer.from("+"));
    // A guest that runs has no state to tell: only a debugger that is out of step asks.
    if (!this.debuggee.control.isHeld) return;
    const { text, after } = this.session.answer(packet);
    if (text !== undefined) this.send(text);
    this.conclude(after);
  }

  private conclude(after: After): void {
    if (after === "no-ack") this.isAcknowledging = false;
    else if (after === "detach") this.socket.end();
  }

  private send(text: string): void {
    this.last = encodePacket(text);
    this.write(this.last);
  }

  private write(bytes: Buffer): void {
    if (this.socket.destroyed) return;
    if (this.socket.writableLength > MAX_PENDING_BYTES) this.socket.destroy();
    else this.socket.write(bytes);
  }
}
