/** `--guest-serial N=SPEC`: a guest's UART on a port of its own, byte for byte, beside the hypervisor's console. */
import type { Logger } from "../base/index.ts";
import { createTransport, parseSerialSpec, type SerialSpec, type Transport } from "../serial/index.ts";
import type { Hypervisor, VirtualSerialPort } from "../vm/index.ts";
import { guestPortMissing, guestSerialInvalid, stdioTwice } from "./errors.ts";

export interface GuestSerial {
  /** As it was written: a number or a name. */
  readonly port: string;
  readonly spec: SerialSpec;
}

/** Reads `1=pty` or `uart1=pty`. */
export function parseGuestSerial(text: string): GuestSerial {
  const [, port, spec] = /^([a-z0-9-]+)=(.+)$/i.exec(text) ?? [];
  if (port === undefined) throw guestSerialInvalid(text);
  return { port, spec: parseSerialSpec(spec) };
}

/** The standard streams are one terminal: they can be one port. */
export function checkStdio(console: SerialSpec, ports: readonly GuestSerial[]): void {
  const users = [console, ...ports.map(({ spec }) => spec)].filter(({ kind }) => kind === "stdio");
  if (users.length > 1) throw stdioTwice();
}

/** The port that a device's name means, or N for `uartN`. */
export function findPort(hv: Hypervisor, name: string): VirtualSerialPort {
  const { serialPorts } = hv;
  const device = /^\d+$/.test(name) ? `uart${name}` : name;
  const port = serialPorts.find((p) => p.name.endsWith(`/${device}`));
  if (port === undefined)
    throw guestPortMissing(
      name,
      serialPorts.map((p) => p.name.split("/")[1]),
    );
  return port;
}

/** The whole name of the port that `name` means; `undefined` while there is no guest. */
export const portNameOf = (hv: Hypervisor, name: string): string | undefined =>
  hv.serialPorts.length === 0 ? undefined : findPort(hv, name).name;

const LF = 0x0a;

/** Gathers what a guest prints in one slice into a write for each line, with the line's time. */
class LineBatch {
  private readonly write: (bytes: Uint8Array, atNs: number) => void;
  private readonly nowNs: () => number;
  private lines: { atNs: number; bytes: number[] }[] = [];
  private isOpen = false;

  constructor(write: (bytes: Uint8Array, atNs: number) => void, nowNs: () => number) {
    this.write = write;
    this.nowNs = nowNs;
  }

  add(byte: number): void {
    if (this.lines.length === 0) queueMicrotask(() => this.flush());
    if (!this.isOpen) this.lines.push({ atNs: this.nowNs(), bytes: [] });
    this.lines[this.lines.length - 1].bytes.push(byte);
    this.isOpen = byte !== LF;
  }

  flush(): void {
    const { lines } = this;
    this.lines = [];
    this.isOpen = false;
    for (const { atNs, bytes } of lines) this.write(Uint8Array.from(bytes), atNs);
  }
}

export interface BridgeOptions {
  readonly log: Logger;
  readonly token?: string;
  /** Something has come for the guest. */
  readonly wake: () => void;
  /** What the guest makes room for comes between two slices of it, where a journal can say when. */
  readonly feedsBetweenSlices?: boolean;
  /** The person at this very terminal wants to end it all. */
  readonly quit: () => void;
}

export class GuestSerialBridge {
  readonly transport: Transport;
  /** As the user named it. */
  readonly name: string;
  private readonly wake: () => void;
  private readonly feedsBetweenSlices: boolean;
  private port: VirtualSerialPort | undefined;
  private detach: () => void = () => {};
  /** What the port had no room for; the client is held up while there is any. */
  private rest = new Uint8Array(0);

  constructor({ port, spec }: GuestSerial, options: BridgeOptions) {
    this.name = port;
    this.wake = options.wake;
    this.feedsBetweenSlices = options.feedsBetweenSlices === true;
    this.transport = createTransport(spec, options);
    this.transport.onData = (data) => this.take(data);
    this.transport.onClose = ({ final }) => {
      if (final && spec.kind === "stdio" && this.transport.isInteractive) options.quit();
    };
    this.transport.onLine = (event) => {
      this.port?.changeFarLine(event);
      this.wake();
    };
  }

  /** Connects to the guest's port, of this life of the board. */
  attach(hv: Hypervisor): void {
    this.detach();
    this.port = undefined;
    // A guest that was destroyed has none; when it is created again it comes back.
    if (hv.serialPorts.length === 0) return;
    const port = findPort(hv, this.name);
    this.port = port;
    const batch = new LineBatch(
      (bytes, atNs) => this.transport.write(bytes, atNs),
      () => hv.clock.nowNs(),
    );
    this.transport.write(port.takeBacklog());
    const stops = [port.listen((byte) => batch.add(byte)), port.listenToLine((event) => this.transport.setLine(event))];
    port.onDrained = () => (this.feedsBetweenSlices ? queueMicrotask(() => this.feed()) : this.feed());
    this.detach = () => {
      batch.flush();
      port.onDrained = () => {};
      for (const stop of stops) stop();
    };
    this.feed();
  }

  private take(data: Uint8Array): void {
    this.rest = this.rest.length === 0 ? new Uint8Array(data) : Buffer.concat([this.rest, data]);
    this.feed();
    if (this.rest.length > 0) this.transport.pause();
    this.wake();
  }

  private feed(): void {
    if (this.rest.length === 0 || this.port === undefined) return;
    const { port, rest } = this;
    // Taking some can empty the port's queue, which asks for more: what is sent is out of `rest` before.
    this.rest = new Uint8Array(0);
    const taken = port.send(rest);
    this.rest = Buffer.concat([rest.subarray(taken), this.rest]);
    if (this.rest.length === 0) this.transport.resume();
  }
}
