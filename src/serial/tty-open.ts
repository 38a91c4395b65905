/** Opens a serial device through the optional package `serialport`, and turns its failures into ours. */
import { existsSync, realpathSync } from "node:fs";
import { portBusy, portDenied, portMissing, portUnusable, serialportMissing } from "./errors.ts";
import type { RawPort } from "./guarded-port.ts";
import { lockPort } from "./lock-file.ts";
import { nativeCalls, Request } from "./native.ts";
import { findPortHolders, listSerialPorts } from "./port-holders.ts";

async function loadBinding() {
  try {
    return (await import("serialport")).SerialPort.binding;
  } catch (cause) {
    throw serialportMissing(cause);
  }
}

function asRawPort(port: unknown, path: string): RawPort {
  const raw = port as Partial<RawPort>;
  if (typeof raw.fd === "number" && typeof raw.poller?.poll === "function") return raw as RawPort;
  throw portUnusable(path, new Error("this system's serial binding gives no file descriptor to poll"));
}

/** No other open of the device succeeds from here on, but for root's; where koffi is missing, flock(2) has to do. */
async function makeExclusive(port: RawPort): Promise<void> {
  try {
    const native = await nativeCalls();
    if (port.fd !== null) native.ioctl(port.fd, Request.exclusive, null);
  } catch {}
}

/** The port, which removes its lock file when it is closed. */
function withLock(port: RawPort, unlock: () => void): RawPort {
  const close = port.close.bind(port);
  port.close = async () => {
    unlock();
    await close();
  };
  return port;
}

/**
 * The device, opened raw (8 data bits, no parity) and locked against other serial programs in all three ways: by lock
 * file, by flock(2) and by TIOCEXCL.
 */
export async function openTty(path: string, baudRate: number): Promise<RawPort> {
  const binding = await loadBinding();
  if (!existsSync(path)) throw portMissing(path, listSerialPorts());
  // Pseudo-terminals come and go; their numbers are no names to lock.
  const unlock = /\/dev\/tty\w+$/.test(realpathSync(path)) ? lockPort(path) : () => {};
  try {
    const port = asRawPort(await binding.open({ path, baudRate, lock: true, hupcl: false }), path);
    await makeExclusive(port);
    return withLock(port, unlock);
  } catch (error) {
    unlock();
    const text = error instanceof Error ? error.message : String(error);
    // The binding gives words, not error numbers: strerror of EAGAIN from flock, of EBUSY from TIOCEXCL.
    if (/cannot lock|temporarily unavailable|resource busy/i.test(text)) throw portBusy(path, findPortHolders(path));
    if (/permission denied|not permitted/i.test(text)) throw portDenied(path);
    if (/no such (file|device)/i.test(text)) throw portMissing(path, listSerialPorts());
    throw portUnusable(path, error);
  }
}
