/**
 * Our end of a new pseudo-terminal, pty(7). The other end is what terminal programs open. With nobody there the kernel
 * answers reads with EIO, which is how a client's coming and going is seen.
 */
import { closeSync, constants, fstatSync, openSync, readSync, write } from "node:fs";
import { ReadStream } from "node:tty";
import { ptyUnavailable } from "./errors.ts";
import { type NativeCalls, nativeCalls, Request } from "./native.ts";

/** struct termios2: four words of flags, line discipline, 19 control characters, two rates. */
const TERMIOS_BYTES = 44;
const CONTROL_FLAGS_AT = 8;
const CONTROL_CHARACTERS_AT = 17;
const OUTPUT_RATE_AT = 40;
const VTIME = 5;
const VMIN = 6;
/** CS8 | CREAD | CLOCAL | B115200: a rate with a name, as old programs know no others. */
const RAW_CONTROL = 0o060 | 0o200 | 0o4000 | 0o10002;

const { O_RDWR, O_NOCTTY, O_NONBLOCK } = constants;

export const errorCode = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? "";

/** The termios of a line on which bytes pass unchanged. */
function rawTermios(): Buffer {
  const termios = Buffer.alloc(TERMIOS_BYTES);
  termios.writeUInt32LE(RAW_CONTROL, CONTROL_FLAGS_AT);
  termios[CONTROL_CHARACTERS_AT + VMIN] = 1;
  termios[CONTROL_CHARACTERS_AT + VTIME] = 0;
  return termios;
}

export class PtyMaster {
  /** What clients open: `/dev/pts/4`. */
  readonly path: string;
  private readonly fd: number;
  private readonly native: NativeCalls;
  private isOpen = true;

  private constructor(fd: number, path: string, native: NativeCalls) {
    this.fd = fd;
    this.path = path;
    this.native = native;
  }

  /** Opens a new one, raw at 115200 baud; `HvError` where the system gives none. */
  static async open(): Promise<PtyMaster> {
    const native = await nativeCalls();
    let fd: number | undefined;
    try {
      fd = openSync("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK);
      const number = Buffer.alloc(4);
      if (native.ioctl(fd, Request.setTerminalLock, Buffer.alloc(4)) !== 0) throw new Error("it cannot be unlocked");
      if (native.ioctl(fd, Request.getTerminalNumber, number) !== 0) throw new Error("it has no number");
      const path = `/dev/pts/${number.readUInt32LE()}`;
      const slave = openSync(path, O_RDWR | O_NOCTTY);
      native.ioctl(slave, Request.setTermios, rawTermios());
      closeSync(slave);
      return new PtyMaster(fd, path, native);
    } catch (error) {
      if (fd !== undefined) closeSync(fd);
      throw ptyUnavailable(error);
    }
  }

  /** Whether a client has the other end open; what it typed already comes along. */
  probe(): { isPresent: boolean; data: Uint8Array } {
    const buffer = Buffer.alloc(4096);
    try {
      return { isPresent: true, data: buffer.subarray(0, readSync(this.fd, buffer)) };
    } catch (error) {
      return { isPresent: errorCode(error) === "EAGAIN", data: new Uint8Array(0) };
    }
  }

  /** What the client types; the stream ends with an error when it has gone. Closing the stream leaves the master open. */
  reader(): ReadStream {
    const copy = this.native.dup(this.fd);
    // A number that is no terminal would end the process.
    fstatSync(copy);
    return new ReadStream(copy);
  }

  /** How many bytes the kernel took: 0 when its buffer is full. Rejects when nobody is there. */
  write(data: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      write(this.fd, data, 0, data.length, null, (error, count) => {
        if (error === null) resolve(count);
        else if (errorCode(error) === "EAGAIN") resolve(0);
        else reject(error);
      });
    });
  }

  /** The rate that the client has set. */
  get baudRate(): number | undefined {
    const termios = Buffer.alloc(TERMIOS_BYTES);
    if (!this.isOpen || this.native.ioctl(this.fd, Request.getTermios, termios) !== 0) return undefined;
    return termios.readUInt32LE(OUTPUT_RATE_AT);
  }

  /** What the client has not read yet, of what the kernel took; 0 where that cannot be said. */
  get unreadBytes(): number {
    const count = Buffer.alloc(4);
    try {
      // Only the client's end tells.
      const end = openSync(this.path, O_RDWR | O_NOCTTY | O_NONBLOCK);
      try {
        return this.native.ioctl(end, Request.unreadBytes, count) === 0 ? count.readInt32LE() : 0;
      } finally {
        closeSync(end);
      }
    } catch {
      return 0;
    }
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    closeSync(this.fd);
  }
}
