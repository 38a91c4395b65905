/**
 * What `vserial bind` does to the bytes between a guest's serial port and the terminal.
 *
 * Every guest line gets the port's name in front, so columns shift right by its length; cursor positions from the guest
 * and position reports from the terminal are corrected by it. `ESC x q` from the terminal ends the binding.
 */

const ESC = 0x1b;
const CR = 0x0d;
const LF = 0x0a;
const MAX_SEQUENCE_LENGTH = 32;

const encode = (text: string): number[] => [...new TextEncoder().encode(text)];
const decode = (bytes: readonly number[]): string => String.fromCharCode(...bytes);
const isFinalByte = (byte: number): boolean => byte >= 0x40 && byte <= 0x7e;

/** Collects one escape sequence at a time, whole or given up at 32 bytes. */
class SequenceCollector {
  private bytes: number[] = [];

  get isOpen(): boolean {
    return this.bytes.length > 0;
  }

  start(): void {
    this.bytes = [ESC];
  }

  /** The sequence when `byte` ends it. */
  add(byte: number): number[] | undefined {
    this.bytes.push(byte);
    const isCsi = this.bytes[1] === 0x5b;
    const isSs3 = this.bytes[1] === 0x4f;
    const isWhole = isCsi || isSs3 ? this.bytes.length > 2 && isFinalByte(byte) : true;
    return isWhole || this.bytes.length >= MAX_SEQUENCE_LENGTH ? this.take() : undefined;
  }

  take(): number[] {
    const taken = this.bytes;
    this.bytes = [];
    return taken;
  }
}

/** Guest to terminal. */
export class GuestOutputFilter {
  private readonly prefix: number[];
  private readonly sequence = new SequenceCollector();

  constructor(portName: string) {
    this.prefix = encode(`[${portName}] `);
  }

  feed(byte: number): number[] {
    if (this.sequence.isOpen) {
      // A sequence cut short by a line end is printed as it is.
      if (byte === CR || byte === LF) return [...this.sequence.take(), byte, ...this.prefix];
      const whole = this.sequence.add(byte);
      return whole === undefined ? [] : this.shift(whole);
    }
    if (byte === ESC) {
      this.sequence.start();
      return [];
    }
    return byte === CR || byte === LF ? [byte, ...this.prefix] : [byte];
  }

  /** Cursor position (`ESC [ row ; column H` or `f`) moves right by the prefix. */
  private shift(sequence: number[]): number[] {
    const match = /^\x1b\[(\d*)(?:;(\d*))?([Hf])$/.exec(decode(sequence));
    if (match === null) return sequence;
    const [, row, column, final] = match;
    return encode(`\x1b[${row === "" ? 1 : row};${Number(column || 1) + this.prefix.length}${final}`);
  }
}

export interface TerminalInput {
  readonly toGuest: number[];
  readonly isQuit: boolean;
}

/** Terminal to guest. */
export class TerminalInputFilter {
  private readonly prefixLength: number;
  private readonly sequence = new SequenceCollector();
  private isEscapeX = false;

  constructor(portName: string) {
    this.prefixLength = portName.length + 3;
  }

  feed(byte: number): TerminalInput {
    if (this.isEscapeX) return this.afterEscapeX(byte);
    if (!this.sequence.isOpen) {
      if (byte !== ESC) return { toGuest: [byte], isQuit: false };
      this.sequence.start();
      return { toGuest: [], isQuit: false };
    }
    const whole = this.sequence.add(byte);
    if (whole === undefined) return { toGuest: [], isQuit: false };
    if (decode(whole) === "\x1bx") {
      this.isEscapeX = true;
      return { toGuest: [], isQuit: false };
    }
    return { toGuest: this.shift(whole), isQuit: false };
  }

  private afterEscapeX(byte: number): TerminalInput {
    this.isEscapeX = false;
    if (byte === "q".charCodeAt(0)) return { toGuest: [], isQuit: true };
    // Whoever mistyped begins again, and that must work.
    if (byte === ESC) this.sequence.start();
    return { toGuest: [...encode("\x1bx"), ...(byte === ESC ? [] : [byte])], isQuit: false };
  }

  /** A position report (`ESC [ row ; column R`) moves left by the prefix. */
  private shift(sequence: number[]): number[] {
    const match = /^\x1b\[(\d+);(\d+)R$/.exec(decode(sequence));
    if (match === null) return sequence;
    return encode(`\x1b[${match[1]};${Math.max(1, Number(match[2]) - this.prefixLength)}R`);
  }
}
