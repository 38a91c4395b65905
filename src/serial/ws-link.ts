/**
 * A client on a WebSocket. Binary messages are the line's bytes; text messages are JSON: `{"type":"notice","text":…}`,
 * `{"type":"time","virtualNs":…}` and `{"type":"line","event":…}` to the client, `{"type":"line","event":…}` from it.
 * A text message that is no such object is typed text, so that a plain WebSocket client works too. Times and events of
 * the line go to clients that ask for the subprotocol `komainu`.
 */
import type { IncomingMessage } from "node:http";
import type { RawData, WebSocket } from "ws";
import type { LineEvent } from "../base/index.ts";
import type { Link, LinkHandlers } from "./link.ts";
import { isLoopback } from "./serial-spec.ts";
import { STOP_PATIENCE_MS } from "./transport.ts";

export const SUBPROTOCOL = "komainu";

const PARITY = new Set(["none", "odd", "even", "mark", "space"]);
const isOptional = (value: unknown, isGood: (value: never) => boolean): boolean =>
  value === undefined || isGood(value as never);
const isBoolean = (value: unknown): boolean => typeof value === "boolean";
const isOneOf =
  (...values: readonly number[]) =>
  (value: number) =>
    values.includes(value);
const isRate = (value: number) => Number.isInteger(value) && value >= 1 && value <= 20_000_000;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Whether what a client sent is an event of the line; every field is looked at. */
export function isLineEvent(value: unknown): value is LineEvent {
  if (!isObject(value)) return false;
  const { kind, settings, lines, isOn } = value;
  if (kind === "break") return isBoolean(isOn);
  if (kind === "modem" && isObject(lines)) return isOptional(lines.dtr, isBoolean) && isOptional(lines.rts, isBoolean);
  return (
    kind === "settings" &&
    isObject(settings) &&
    isOptional(settings.baudRate, isRate) &&
    isOptional(settings.dataBits, isOneOf(5, 6, 7, 8)) &&
    isOptional(settings.stopBits, isOneOf(1, 2)) &&
    isOptional(settings.parity, (parity: string) => PARITY.has(parity))
  );
}

/** The event in a text message, if it is one. */
function lineEventIn(text: string): LineEvent | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const message: unknown = JSON.parse(text);
    return isObject(message) && message.type === "line" && isLineEvent(message.event) ? message.event : undefined;
  } catch {
    return undefined;
  }
}

export class WsLink implements Link {
  readonly peer: string;
  readonly isLocal: boolean;
  readonly isAuthorized: boolean;
  private readonly socket: WebSocket;
  private handlers: LinkHandlers | undefined;
  private reason = "the client closed the connection";

  constructor(socket: WebSocket, request: IncomingMessage, isAuthorized: boolean) {
    const { remoteAddress = "", remotePort } = request.socket;
    this.socket = socket;
    this.peer = `${remoteAddress}:${remotePort}`;
    this.isLocal = isLoopback(remoteAddress);
    this.isAuthorized = isAuthorized;
  }

  get pendingBytes(): number {
    return this.socket.bufferedAmount;
  }

  start(handlers: LinkHandlers): void {
    const { socket } = this;
    this.handlers = handlers;
    socket.on("message", (data, isBinary) => this.take(data, isBinary));
    socket.on("error", (error) => {
      this.reason = error.message;
    });
    socket.on("close", () => handlers.onClose(this.reason));
  }

  send(data: Uint8Array): void {
    this.socket.send(data, () => {
      if (this.socket.bufferedAmount === 0) this.handlers?.onDrain();
    });
  }

  notice(text: string): void {
    this.tell({ type: "notice", text });
  }

  setLine(event: LineEvent): void {
    if (this.socket.protocol === SUBPROTOCOL) this.tell({ type: "line", event });
  }

  stamp(virtualNs: number): void {
    if (this.socket.protocol === SUBPROTOCOL) this.tell({ type: "time", virtualNs });
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  close(): void {
    const { socket } = this;
    if (socket.readyState === socket.CLOSED) return;
    this.reason = "closed by us";
    const timer = setTimeout(() => socket.terminate(), STOP_PATIENCE_MS);
    socket.once("close", () => clearTimeout(timer));
    socket.close();
  }

  private take(data: RawData, isBinary: boolean): void {
    // With the usual setting messages come as one Buffer.
    const bytes = data as Buffer;
    const event = isBinary ? undefined : lineEventIn(bytes.toString("utf8"));
    if (event !== undefined) this.handlers?.onLine(event);
    else if (bytes.length > 0) this.handlers?.onData(bytes);
  }

  private tell(message: object): void {
    this.socket.send(JSON.stringify(message));
  }
}
