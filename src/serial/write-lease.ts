/** Who of a port's clients types: the first that does, until it rests for a while or another takes the keyboard over. */
import { ESCAPE_PREFIX } from "./escape-keys.ts";

/** Without a key for so long, the keyboard is free. */
export const LEASE_MS = 30_000;
const TAKE_KEY = "w".charCodeAt(0);
/** What a client that does not type sends to take the keyboard. */
export const TAKE_KEYBOARD = Uint8Array.of(ESCAPE_PREFIX, TAKE_KEY);

export interface Seat {
  /** What the client's last key was, if it was the prefix of ours. */
  afterPrefix: boolean;
  /** It has been told that another types. */
  isTold: boolean;
}

export const newSeat = (): Seat => ({ afterPrefix: false, isTold: false });

export type Verdict =
  /** The client types. */
  | { readonly kind: "pass" }
  /** It has just taken the keyboard from another. */
  | { readonly kind: "taken"; readonly from: Seat }
  /** Another types; `isFirst` where it was not told yet. */
  | { readonly kind: "refused"; readonly isFirst: boolean };

export class WriteLease {
  private holder: Seat | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly leaseMs: number;

  constructor(leaseMs = LEASE_MS) {
    this.leaseMs = leaseMs;
  }

  holds(seat: Seat): boolean {
    return this.holder === seat;
  }

  /** Whether another client than this one has the keyboard. */
  isOthers(seat: Seat): boolean {
    return this.holder !== undefined && this.holder !== seat;
  }

  /** A client typed `data`. */
  typed(seat: Seat, data: Uint8Array): Verdict {
    if (!this.isOthers(seat)) {
      this.give(seat);
      return { kind: "pass" };
    }
    const from = this.holder;
    if (from !== undefined && this.asksToTake(seat, data)) {
      this.give(seat);
      return { kind: "taken", from };
    }
    const isFirst = !seat.isTold;
    seat.isTold = true;
    return { kind: "refused", isFirst };
  }

  /** The client has gone. */
  release(seat: Seat): void {
    if (this.holder === seat) this.free();
  }

  free(): void {
    this.holder = undefined;
    clearTimeout(this.timer);
  }

  private give(seat: Seat): void {
    this.holder = seat;
    seat.isTold = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.free(), this.leaseMs);
    this.timer.unref();
  }

  /** Ctrl-T w, also in two pieces. What the one who types sends is never looked at: it may be a file. */
  private asksToTake(seat: Seat, data: Uint8Array): boolean {
    for (const byte of data) {
      if (seat.afterPrefix && byte === TAKE_KEY) {
        seat.afterPrefix = false;
        return true;
      }
      seat.afterPrefix = byte === ESCAPE_PREFIX;
    }
    return false;
  }
}
