/** The two system calls that Node has not: ioctl(2) and dup(2), by the optional package koffi. Linux only. */
import { nativeMissing } from "./errors.ts";

/** Of asm-generic/ioctls.h and termbits.h, which x86, ARM and RISC-V share. */
export const Request = {
  exclusive: 0x540c,
  getTerminalNumber: 0x8004_5430,
  setTerminalLock: 0x4004_5431,
  getTermios: 0x802c_542a,
  setTermios: 0x402c_542b,
  /** FIONREAD: bytes that can be read. */
  unreadBytes: 0x541b,
} as const;

export interface NativeCalls {
  /** 0, or -1; `argument` is read or written, as the request says. */
  ioctl(fd: number, request: number, argument: Uint8Array | null): number;
  /** A second descriptor of the same file; -1 when there can be none. */
  dup(fd: number): number;
}

let loaded: NativeCalls | undefined;

async function load(): Promise<NativeCalls> {
  try {
    const { default: koffi } = await import("koffi");
    const c = koffi.load(null);
    const ioctl = c.func("int ioctl(int fd, unsigned long request, _Inout_ uint8_t *argument)");
    const dup = c.func("int dup(int fd)");
    return {
      ioctl: (fd, request, argument) => ioctl(fd, request, argument) as number,
      dup: (fd) => dup(fd) as number,
    };
  } catch (cause) {
    throw nativeMissing(cause);
  }
}

/** Loads koffi on first use; `HvError` `native-missing` where it does not load. */
export async function nativeCalls(): Promise<NativeCalls> {
  loaded ??= await load();
  return loaded;
}
