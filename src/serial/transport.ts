/** What carries a console's bytes: the standard streams, a serial device, a socket. */

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
  /** Resolves when connected for the first time; `HvError` when that cannot be. */
  start(): Promise<void>;
  /** Sends in order. What is written while nobody is connected is lost, as on a real line. Text goes out as UTF-8. */
  write(data: Uint8Array | string): void;
  /** Waits for what was written (for a moment only) and lets go of the port. */
  stop(): Promise<void>;
}

export const toBytes = (data: Uint8Array | string): Uint8Array =>
  typeof data === "string" ? Buffer.from(data, "utf8") : data;

/** Most bytes that may wait for a slow reader; what comes after is dropped and reported. */
export const MAX_PENDING_BYTES = 1 << 20;
