/**
 * A real line under a script: what comes over it goes into one log, and waiting for it takes the host's time. The other
 * end cannot be stopped at a character, so what comes behind a match stays in the log for the next step.
 */
import type { LineEvent } from "../base/index.ts";
import { lineLost } from "./errors.ts";
import type { Waiting } from "./expectations.ts";
import { parsePattern } from "./pattern.ts";
import { HostTimeout, SessionInterrupted } from "./session.ts";
import { StepFailure } from "./step-failure.ts";
import { Watch } from "./watch.ts";

export interface FileOptions {
  readonly protocol: "xmodem" | "xmodem-1k" | "ymodem";
  readonly force?: boolean;
}

/** The line, as the terminal has it. */
export interface ScriptLine {
  /** For messages: `/dev/ttyUSB0 at 115200 baud`. */
  readonly name: string;
  write(data: Uint8Array): void;
  setLine(event: LineEvent): void;
  /** Sends a file; throws what went wrong. */
  upload(path: string, options: FileOptions): Promise<unknown>;
  download(path: string, options: FileOptions): Promise<unknown>;
  /** Ends a transfer that is under way. */
  cancelTransfer(): void;
}

export interface HostClock {
  /** From any zero, never backwards. */
  nowNs(): number;
  /** Resolves after `ms`, or earlier when `wake` resolves. */
  sleep(ms: number, wake: Promise<void>): Promise<void>;
}

export interface LineLimits {
  readonly forbid: readonly string[];
  readonly hostTimeoutMs: number | undefined;
}

const MAX_SLEEP_MS = 60_000;

export class LineSession implements Waiting {
  readonly line: ScriptLine;
  readonly watch: Watch;
  /** Sees every byte besides the log. */
  onByte: (byte: number) => void = () => {};
  private readonly clock: HostClock;
  private readonly startNs: number;
  private readonly limitNs: number;
  private wakeUp: () => void = () => {};
  private over: Error | undefined;

  constructor(line: ScriptLine, clock: HostClock, { forbid, hostTimeoutMs }: LineLimits) {
    this.line = line;
    this.clock = clock;
    this.startNs = clock.nowNs();
    this.limitNs = hostTimeoutMs === undefined ? Number.POSITIVE_INFINITY : hostTimeoutMs * 1e6;
    this.watch = new Watch(forbid.map(parsePattern));
    this.watch.begin(line.name);
    this.watch.nowNs = () => this.nowNs;
    this.watch.onMatch = () => this.wakeUp();
  }

  /** Since the script began. */
  get nowNs(): number {
    return this.clock.nowNs() - this.startNs;
  }

  /** Bytes that came over the line. */
  arrived(data: Uint8Array): void {
    for (const byte of data) {
      this.watch.feed(this.line.name, byte);
      this.onByte(byte);
    }
    this.wakeUp();
  }

  /** The script ends at once: somebody quits. */
  interrupt(): void {
    this.end(new SessionInterrupted("interrupted"));
  }

  /** The line is gone for good. */
  lost(reason: string): void {
    this.end(lineLost(this.line.name, reason));
  }

  async advance(isDone: () => boolean, untilNs: number): Promise<boolean> {
    for (;;) {
      this.check();
      if (isDone()) return true;
      const { nowNs } = this;
      if (nowNs >= untilNs) return false;
      const wake = new Promise<void>((resolve) => {
        this.wakeUp = resolve;
      });
      const leftMs = (Math.min(untilNs, this.limitNs) - nowNs) / 1e6;
      // Rounded up: a timer that is a little early would only be set again.
      await this.clock.sleep(Math.min(MAX_SLEEP_MS, Math.max(1, Math.ceil(leftMs))), wake);
    }
  }

  /** Does something that takes its own time, such as a transfer of a file; `cancel` ends it when the script ends. */
  async during(task: Promise<unknown>, cancel: () => void): Promise<void> {
    let isDone = false;
    const settled = task.finally(() => {
      isDone = true;
      this.wakeUp();
    });
    settled.catch(() => {});
    try {
      await this.advance(() => isDone, Number.POSITIVE_INFINITY);
    } catch (error) {
      cancel();
      await settled.catch(() => {});
      throw error;
    }
    await settled;
  }

  /** Throws what ends the script: somebody who quits, a line that is gone, a pattern that must not come, the limit. */
  check(): void {
    if (this.over !== undefined) throw this.over;
    const { violation } = this.watch;
    if (violation !== undefined) {
      const expected = `no ${JSON.stringify(violation.source)} on the line`;
      throw new StepFailure("forbidden", { expected, found: "that it came" });
    }
    if (this.nowNs >= this.limitNs) throw new HostTimeout("host time");
  }

  private end(error: Error): void {
    this.over ??= error;
    this.wakeUp();
  }
}
