/**
 * Reading and writing an open serial device without the traps of the binding's own loops (bindings-cpp 13): a read of
 * 0 bytes (a hung-up terminal) makes it spin for ever; EIO (an adapter pulled out) does not count as a disconnection;
 * a reader and a writer that wait at the same time forget each other, as each wait replaces the other's poll events; what is
 * settled in its callbacks goes on late on new versions of Node.
 */
import { read, write } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { LineEvent } from "../base/index.ts";

/** What an end drives; the binding takes all of them at once. */
interface OutputLines {
  readonly dtr: boolean;
  readonly rts: boolean;
  readonly brk: boolean;
}

/** The part of a binding's open port that is used here. */
export interface RawPort {
  readonly fd: number | null;
  readonly isOpen: boolean;
  readonly poller: {
    /** Waits for these events and no others. Must not be called after `close`: it would crash the process. */
    poll(events: number): void;
    on(event: "readable" | "writable", callback: (error: Error | null) => void): unknown;
  };
  /** Where the system can do it: the modem lines, and a break while `brk` is set. */
  set?(lines: OutputLines): Promise<void>;
  update?(settings: { baudRate: number }): Promise<void>;
  close(): Promise<void>;
}

/** The two system calls; they may give EAGAIN. */
export interface DescriptorCalls {
  read(fd: number, buffer: Uint8Array): Promise<number>;
  write(fd: number, data: Uint8Array): Promise<number>;
}

const systemCalls: DescriptorCalls = {
  read: (fd, buffer) =>
    new Promise((resolve, reject) => {
      read(fd, buffer, 0, buffer.length, null, (error, count) => (error ? reject(error) : resolve(count)));
    }),
  write: (fd, data) =>
    new Promise((resolve, reject) => {
      write(fd, data, 0, data.length, null, (error, count) => (error ? reject(error) : resolve(count)));
    }),
};

/** A few empty reads in a row are forgiven, some adapters give one when their line settings change. */
const MAX_EMPTY_READS = 5;
const EMPTY_READ_PAUSE_MS = 20;

/** libuv's `UV_READABLE` and `UV_WRITABLE`. */
const READABLE = 1;
const WRITABLE = 2;

const mustWait = (error: unknown): boolean => {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === "EAGAIN" || code === "EWOULDBLOCK" || code === "EINTR";
};

interface Waiter {
  event: number;
  settle: (error: Error | null) => void;
}

/** Any rejection of `read` or `write` means that the device is gone; the caller then closes the port. */
export class GuardedPort {
  private readonly raw: RawPort;
  private readonly calls: DescriptorCalls;
  private waiters: Waiter[] = [];
  private lines: OutputLines = { dtr: true, rts: true, brk: false };

  constructor(raw: RawPort, calls: DescriptorCalls = systemCalls) {
    this.raw = raw;
    this.calls = calls;
    raw.poller.on("readable", (error) => this.fired(READABLE, error));
    raw.poller.on("writable", (error) => this.fired(WRITABLE, error));
  }

  /** At least one byte into `buffer`; the number of them. */
  async read(buffer: Uint8Array): Promise<number> {
    let emptyReads = 0;
    for (;;) {
      const count = await this.attempt(READABLE, (fd) => this.calls.read(fd, buffer));
      if (count > 0) return count;
      emptyReads++;
      if (emptyReads >= MAX_EMPTY_READS) throw new Error("the other end hung up");
      await delay(EMPTY_READ_PAUSE_MS);
    }
  }

  /** How many bytes of `data` the system has taken; it is waited for until it takes some. */
  write(data: Uint8Array): Promise<number> {
    return this.attempt(WRITABLE, (fd) => this.calls.write(fd, data));
  }

  /** Rejects where the device has no such lines, as a pseudo-terminal. */
  async setLine(event: LineEvent): Promise<void> {
    const { raw } = this;
    if (!raw.isOpen) return;
    if (event.kind === "settings") {
      if (event.settings.baudRate !== undefined) await raw.update?.({ baudRate: event.settings.baudRate });
      return;
    }
    this.lines = event.kind === "break" ? { ...this.lines, brk: event.isOn } : { ...this.lines, ...event.lines };
    await raw.set?.(this.lines);
  }

  async close(): Promise<void> {
    if (this.raw.isOpen) await this.raw.close();
  }

  private async attempt(event: number, call: (fd: number) => Promise<number>): Promise<number> {
    for (;;) {
      const { fd } = this.raw;
      if (fd === null || !this.raw.isOpen) throw new Error("the port was closed");
      try {
        return await call(fd);
      } catch (error) {
        if (!mustWait(error)) throw error;
      }
      await this.ready(event);
    }
  }

  private ready(event: number): Promise<void> {
    // Closed during the call: the poller is destroyed.
    if (!this.raw.isOpen) throw new Error("the port was closed");
    return new Promise((resolve, reject) => {
      this.waiters.push({ event, settle: (error) => (error ? reject(error) : resolve()) });
      this.raw.poller.poll(this.wanted());
    });
  }

  private wanted(): number {
    return this.waiters.reduce((events, waiter) => events | waiter.event, 0);
  }

  private fired(event: number, error: Error | null): void {
    const settled = this.waiters.filter((waiter) => waiter.event === event || error !== null);
    this.waiters = this.waiters.filter((waiter) => !settled.includes(waiter));
    // The binding goes on with every event it was ever asked for; say anew what is waited for. An error ends polling.
    if (error === null && this.raw.isOpen) this.raw.poller.poll(this.wanted());
    // The binding calls from outside of Node's turns: on Node 26 what awaits would go on only when something else happens.
    setImmediate(() => {
      for (const waiter of settled) waiter.settle(error);
    });
  }
}
