/** One connected client of a port that listens, whatever it speaks. */
import type { LineEvent } from "../base/index.ts";

/** Set by the port before `start`. */
export interface LinkHandlers {
  onData(data: Uint8Array): void;
  onLine(event: LineEvent): void;
  /** `pendingBytes` came down to 0. */
  onDrain(): void;
  /** Exactly once, whoever ended it. */
  onClose(reason: string): void;
}

export interface Link {
  /** For people: where the client is. */
  readonly peer: string;
  /** The client is on this machine. */
  readonly isLocal: boolean;
  /** The client showed the token while it connected. */
  readonly isAuthorized: boolean;
  /** Bytes on their way that the client has not taken. */
  readonly pendingBytes: number;
  start(handlers: LinkHandlers): void;
  /** The caller looks at `pendingBytes` first: a link has no bound of its own. */
  send(data: Uint8Array): void;
  /** A word of ours to the person there. */
  notice(text: string): void;
  setLine(event: LineEvent): void;
  /** Virtual time of what is sent next, for clients that ask for it. */
  stamp(virtualNs: number): void;
  pause(): void;
  resume(): void;
  /** Sends what is on its way, for a moment, and closes. */
  close(): void;
}
