/** Where a command's output goes and raw input comes from: a terminal, or a buffer when commands run from a script. */

export interface Console {
  /** Text with LF line ends; the console makes of them what its terminal needs. */
  write(text: string): void;
  /** Bytes as a guest sent them; only LF may become CR LF. */
  writeBytes(bytes: Uint8Array): void;
  /** False for a script's console, on which nobody will ever type. */
  readonly hasInput: boolean;
  /** The next byte typed, or `undefined` when there will be none. */
  readByte(): Promise<number | undefined>;
  /** A byte typed already, or `undefined`. */
  pollByte(): number | undefined;
  /** True once after the user typed Ctrl-C; what was typed before it is dropped. */
  takeInterrupt(): boolean;
}

const LF = 0x0a;
const CR = 0x0d;
const CTRL_C = 0x03;
/** Type-ahead kept while a command runs; more than this was not typed by a person. */
const MAX_TYPE_AHEAD_BYTES = 65536;

/** Above the first the sender is held up, below the second it goes on. */
const HIGH_WATER_BYTES = 16_384;
const LOW_WATER_BYTES = 1_024;

/** Replaces each LF that does not follow a CR by CR LF. */
export function withCarriageReturns(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  bytes.forEach((byte, i) => {
    if (byte === LF && bytes[i - 1] !== CR) out.push(CR);
    out.push(byte);
  });
  return Uint8Array.from(out);
}

export interface TerminalConsoleOptions {
  readonly output: (bytes: Uint8Array) => void;
  /** True for a terminal in raw mode. */
  readonly usesCarriageReturn: boolean;
  /** Called for each batch of input; the host's UART counts an interrupt. */
  readonly onInput?: () => void;
  /** Called with true when much waits to be read, so that the sender may be held up, and with false when it is over. */
  readonly onPressure?: (isHigh: boolean) => void;
}

export class TerminalConsole implements Console {
  readonly hasInput = true;
  private readonly options: TerminalConsoleOptions;
  private queue: number[] = [];
  private waiting: ((byte: number | undefined) => void) | undefined;
  private isClosed = false;
  private isHigh = false;

  constructor(options: TerminalConsoleOptions) {
    this.options = options;
  }

  write(text: string): void {
    this.writeBytes(new TextEncoder().encode(text));
  }

  writeBytes(bytes: Uint8Array): void {
    this.options.output(this.options.usesCarriageReturn ? withCarriageReturns(bytes) : bytes);
  }

  /** Input from the terminal. */
  input(bytes: Uint8Array): void {
    this.options.onInput?.();
    for (const byte of bytes) {
      if (this.waiting !== undefined) this.deliver(byte);
      else if (this.queue.length < MAX_TYPE_AHEAD_BYTES) this.queue.push(byte);
    }
    if (!this.isHigh && this.queue.length > HIGH_WATER_BYTES) this.setHigh(true);
  }

  /** The terminal is gone: what is queued can still be read. */
  close(): void {
    this.isClosed = true;
    if (this.waiting !== undefined) this.deliver(undefined);
  }

  readByte(): Promise<number | undefined> {
    const next = this.take();
    if (next !== undefined || this.isClosed) return Promise.resolve(next);
    return new Promise((resolve) => {
      this.waiting = resolve;
    });
  }

  pollByte(): number | undefined {
    return this.take();
  }

  takeInterrupt(): boolean {
    const at = this.queue.lastIndexOf(CTRL_C);
    if (at < 0) return false;
    this.queue = this.queue.slice(at + 1);
    this.lookAtPressure();
    return true;
  }

  private take(): number | undefined {
    const byte = this.queue.shift();
    this.lookAtPressure();
    return byte;
  }

  private lookAtPressure(): void {
    if (this.isHigh && this.queue.length < LOW_WATER_BYTES) this.setHigh(false);
  }

  private setHigh(isHigh: boolean): void {
    this.isHigh = isHigh;
    this.options.onPressure?.(isHigh);
  }

  private deliver(byte: number | undefined): void {
    const resolve = this.waiting!;
    this.waiting = undefined;
    resolve(byte);
  }
}

/** Keeps what is written and has no input; for `exec`, `--json` and tests. */
export class BufferConsole implements Console {
  readonly hasInput = false;
  private readonly chunks: Uint8Array[] = [];

  get text(): string {
    return Buffer.concat(this.chunks).toString("utf8");
  }

  write(text: string): void {
    this.chunks.push(new TextEncoder().encode(text));
  }

  writeBytes(bytes: Uint8Array): void {
    this.chunks.push(bytes.slice());
  }

  readByte(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  pollByte(): undefined {
    return undefined;
  }

  takeInterrupt(): boolean {
    return false;
  }
}
