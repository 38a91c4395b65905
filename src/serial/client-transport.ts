/** A connection to a port that something else has: what clients by plain sockets and by WebSockets have in common. */
import { STOP_PATIENCE_MS, TransportBase } from "./transport.ts";

/** The part of a socket that stops and pauses. */
export interface ClientSocket {
  once(event: "close", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "close", listener: () => void): unknown;
  pause(): unknown;
  resume(): unknown;
}

/** Connected once; when it ends, it ends for good. */
export abstract class ClientTransport<S extends ClientSocket> extends TransportBase {
  readonly isInteractive = true;
  isConnected = false;
  protected socket: S | undefined;
  private reason = "the other end closed the connection";

  /** Ends the connection in good order. */
  protected abstract hangUp(socket: S): void;
  /** Ends it at once. */
  protected abstract drop(socket: S): void;

  /** The connection stands. */
  protected connected(socket: S): void {
    this.socket = socket;
    this.isConnected = true;
    socket.on("error", (error) => {
      this.reason = error.message;
    });
    socket.on("close", () => {
      if (!this.isConnected) return;
      this.isConnected = false;
      this.onClose({ reason: this.reason, final: true });
    });
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
    const timer = setTimeout(() => this.drop(socket), STOP_PATIENCE_MS);
    this.hangUp(socket);
    await closed;
    clearTimeout(timer);
  }
}
