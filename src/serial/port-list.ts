/** The serial ports of a Linux machine with what they are, from sysfs; no outside tool and no udev is needed. */
import { readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";

export interface SerialPortInfo {
  /** `/dev/ttyUSB0`. */
  readonly path: string;
  /** A name that stays the same over a replug, where the system makes one: `/dev/serial/by-id/...`. */
  readonly byId: string | undefined;
  /** The kernel's name of the place where it is plugged in, such as `1-1.4:1.0`: the same port of the same hub. */
  readonly topology: string | undefined;
  readonly driver: string | undefined;
  /** What the device says of itself: `FTDI FT232R USB UART, serial number A50285BI`. */
  readonly description: string | undefined;
  /** `0403:6001`. */
  readonly usbId: string | undefined;
}

export interface SystemRoots {
  readonly sys: string;
  readonly dev: string;
}

const ROOTS: SystemRoots = { sys: "/sys", dev: "/dev" };

function orElse<T>(fallback: T, read: () => T): T {
  try {
    return read();
  } catch {
    return fallback;
  }
}

const text = (path: string): string | undefined => orElse(undefined, () => readFileSync(path, "utf8").trim());
const target = (path: string): string | undefined => orElse(undefined, () => basename(readlinkSync(path)));

/** Stable names by device path. */
function stableNames({ dev }: SystemRoots): Map<string, string> {
  const folder = join(dev, "serial/by-id");
  const names = orElse([], () => readdirSync(folder)).map((name) => join(folder, name));
  return new Map(names.map((name) => [orElse(name, () => realpathSync(name)), name]));
}

/** The folder of the USB device that `device` is a part of. */
function usbFolder(device: string): string | undefined {
  for (let folder = device; folder.length > 1; folder = dirname(folder)) {
    if (text(join(folder, "idVendor")) !== undefined) return folder;
  }
  return undefined;
}

function describeUsb(folder: string | undefined) {
  if (folder === undefined) return { description: undefined, usbId: undefined };
  const of = (name: string) => text(join(folder, name));
  const serial = of("serial");
  const words = [of("manufacturer"), of("product")].filter((word) => word !== undefined).join(" ");
  const description = serial === undefined ? words : `${words}, serial number ${serial}`;
  return { description: description === "" ? undefined : description, usbId: `${of("idVendor")}:${of("idProduct")}` };
}

function describe(name: string, roots: SystemRoots, stable: ReadonlyMap<string, string>): SerialPortInfo[] {
  const folder = join(roots.sys, "class/tty", name);
  const device = orElse(undefined, () => realpathSync(join(folder, "device")));
  // The kernel makes ttyS0 to ttyS3 whether there is a part or not; type 0 is none.
  if (device === undefined || text(join(folder, "type")) === "0") return [];
  const path = join(roots.dev, name);
  const usb = usbFolder(device);
  // Of a USB adapter the port itself is a device below the interface.
  const topology = basename(device) === name ? basename(dirname(device)) : basename(device);
  const driver = target(join(device, "driver"));
  return [{ path, byId: stable.get(path), topology, driver, ...describeUsb(usb) }];
}

/** All of them, by name. */
export function describeSerialPorts(roots: SystemRoots = ROOTS): SerialPortInfo[] {
  const stable = stableNames(roots);
  const names = orElse([], () => readdirSync(join(roots.sys, "class/tty")));
  const inOrder = names.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  return inOrder.flatMap((name) => describe(name, roots, stable));
}
