/** What carries a console's bytes: the standard streams, a serial device, a virtual port, sockets. */
import type { LineEvent } from "../base/index.ts";

/** Why bytes stopped. */
export interface Disconnection {
  reason: string;
  /** True when the transport will not come back: end of the input, a closed socket, `stop`. */
  final: boolean;
}

/** Handlers are set before `start`. */
export interface Transport {
  /** For people: `stdio`, `/dev/ttyUSB0 at 115200 baud`. */
  readonly description: string;
  readonly isConnected: boolean;
  /** True when a person sits at the other end, so that prompts and line editing make sense. */
  readonly isInteractive: boolean;
  /** Bytes accepted and not yet taken by the other end; a producer that can wait should, above a few KiB. */
  readonly pendingBytes: number;
  onData: (data: Uint8Array) => void;
  onOpen: () => void;
  onClose: (disconnection: Disconnection) => void;
  /** `pendingBytes` came down to 0. */
  onDrain: () => void;
  /** The other end changed its side of the line; never called by kinds that have no such. */
  onLine: (event: LineEvent) => void;
  /** The other end is ours and said the virtual time of the data that comes next. */
  onTime: (virtualNs: number) => void;
  /** Resolves when connected for the first time, or listening; `HvError` when that cannot be. */
  start(): Promise<void>;
  /**
   * Sends in order, never blocks; `MAX_PENDING_BYTES` wait at most. Text goes out as UTF-8. `atNs` is the virtual time
   * of the data, for clients that ask for it.
   */
  write(data: Uint8Array | string, atNs?: number): void;
  /** Tells the other end what our side of the line does; ignored by kinds that have no such. */
  setLine(event: LineEvent): void;
  /** Takes no more data from the other end, which then has to wait, until `resume`. */
  pause(): void;
  resume(): void;
  /** Waits for what was written (for a moment only) and lets go of the port. */
  stop(): Promise<void>;
}

/** The handlers of a transport on which nobody listens yet, and a line without settings. */
export abstract class TransportBase {
  onData: (data: Uint8Array) => void = () => {};
  onOpen: () => void = () => {};
  onClose: (disconnection: Disconnection) => void = () => {};
  onDrain: () => void = () => {};
  onLine: (event: LineEvent) => void = () => {};
  onTime: (virtualNs: number) => void = () => {};

  setLine(_event: LineEvent): void {}
}

export const toBytes = (data: Uint8Array | string): Uint8Array =>
  typeof data === "string" ? Buffer.from(data, "utf8") : data;

/** Most bytes that may wait for a slow reader; the oldest beyond are dropped and reported. */
export const MAX_PENDING_BYTES = 1 << 20;
/** Most bytes that are kept while nobody is connected. */
export const MAX_UNHEARD_BYTES = 1 << 16;
/** How long `stop` waits for what was written. */
export const STOP_PATIENCE_MS = 500;
