/** Opens a serial device through the optional package `serialport`, and turns its failures into ours. */
import { existsSync } from "node:fs";
import { portBusy, portDenied, portMissing, portUnusable, serialportMissing } from "./errors.ts";
import type { RawPort } from "./guarded-port.ts";
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

/** The device, opened raw (8 data bits, no parity) and locked against other serial programs. */
export async function openTty(path: string, baudRate: number): Promise<RawPort> {
  const binding = await loadBinding();
  if (!existsSync(path)) throw portMissing(path, listSerialPorts());
  try {
    return asRawPort(await binding.open({ path, baudRate, lock: true, hupcl: false }), path);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    // The binding gives words, not error numbers: strerror of EAGAIN from flock, of EBUSY from TIOCEXCL.
    if (/cannot lock|temporarily unavailable|resource busy/i.test(text)) throw portBusy(path, findPortHolders(path));
    if (/permission denied|not permitted/i.test(text)) throw portDenied(path);
    if (/no such (file|device)/i.test(text)) throw portMissing(path, listSerialPorts());
    throw portUnusable(path, error);
  }
}
