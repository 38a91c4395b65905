import { describe, expect, it } from "vitest";
import type { LineEvent } from "../../src/base/index.ts";
import { Heap, VirtualSerialPort } from "../../src/vm/index.ts";

const region = { name: "normal" as const, physicalAddress: 0, virtualAddress: 0, sizeBytes: 0x10000 };
const givenPort = (ram = new Uint8Array(region.sizeBytes)): VirtualSerialPort =>
  new VirtualSerialPort("guest0/uart0", new Heap(region, ram));
const send = (port: VirtualSerialPort, text: string): void => {
  for (const byte of new TextEncoder().encode(text)) port.transmit(byte);
};
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** A UART with a small receive FIFO. */
class FakeUart {
  readonly received: number[] = [];
  onDrained = (): void => {};
  private free: number;

  constructor(free: number) {
    this.free = free;
  }

  get space(): number {
    return this.free;
  }

  receive(byte: number): void {
    this.received.push(byte);
    this.free--;
  }

  drain(count: number): void {
    this.free += count;
    this.onDrained();
  }
}

describe("a virtual serial port", () => {
  it("keeps the last 1024 bytes while nobody listens", () => {
    const port = givenPort();
    send(port, `lost${"x".repeat(1020)}kept`);
    expect(text(port.backlog())).toBe(`${"x".repeat(1020)}kept`);
    expect(text(port.takeBacklog())).toHaveLength(1024);
    expect(port.backlog()).toHaveLength(0);
  });

  it("passes bytes to listeners instead of the backlog, and to observers always", () => {
    const port = givenPort();
    const heard: number[] = [];
    const seen: number[] = [];
    port.observe((byte) => seen.push(byte));
    const stop = port.listen((byte) => heard.push(byte));
    send(port, "ab");
    stop();
    send(port, "c");
    expect(String.fromCharCode(...heard)).toBe("ab");
    expect(String.fromCharCode(...seen)).toBe("abc");
    expect(text(port.backlog())).toBe("c");
  });

  it("asks before bytes go to the guest, and leaves those that are kept back to who keeps them", () => {
    const port = givenPort();
    const uart = new FakeUart(16);
    port.connect(uart);
    const kept: number[] = [];
    port.onSend = (bytes) => kept.push(...bytes) > 0;
    expect(port.send(Uint8Array.of(1, 2, 3))).toBe(3);
    expect([kept, uart.received]).toEqual([[1, 2, 3], []]);
    port.onSend = () => false;
    port.send(Uint8Array.of(4));
    expect(uart.received).toEqual([4]);
  });

  it("is silent while a run is repeated, and keeps what nobody listens to", () => {
    const port = givenPort();
    const seen: number[] = [];
    port.observe((byte) => seen.push(byte));
    port.isSilent = true;
    send(port, "a");
    port.isSilent = false;
    send(port, "b");
    expect(String.fromCharCode(...seen)).toBe("b");
    expect(text(port.backlog())).toBe("ab");
  });

  it("holds bytes the UART cannot take and sends them in order when it can", () => {
    const port = givenPort();
    const uart = new FakeUart(2);
    port.connect(uart);
    expect(port.send(new TextEncoder().encode("hello"))).toBe(5);
    expect(port.pendingBytes).toBe(3);
    uart.drain(2);
    uart.drain(9);
    expect(String.fromCharCode(...uart.received)).toBe("hello");
  });

  it("tells each end what the other does to the line, also to one that comes later", () => {
    const port = givenPort();
    const events: LineEvent[] = [];
    const guest = {
      space: 0,
      receive: () => {},
      onDrained: () => {},
      farLineChanged: (e: LineEvent) => events.push(e),
    };
    port.changeFarLine({ kind: "settings", settings: { baudRate: 9600 } });
    port.changeFarLine({ kind: "break", isOn: true });
    port.connect(guest);
    // A break that is over is not told.
    expect(events).toEqual([{ kind: "settings", settings: { baudRate: 9600 } }]);
    port.changeFarLine({ kind: "modem", lines: { dtr: false } });
    expect(events[1]).toEqual({ kind: "modem", lines: { dtr: false } });
    port.lineChanged({ kind: "modem", lines: { rts: true } });
    const heard: LineEvent[] = [];
    const stop = port.listenToLine((event) => heard.push(event));
    port.isSilent = true;
    port.lineChanged({ kind: "modem", lines: { rts: false } });
    port.isSilent = false;
    port.lineChanged({ kind: "break", isOn: true });
    stop();
    port.lineChanged({ kind: "break", isOn: false });
    expect(heard).toEqual([
      { kind: "modem", lines: { rts: true } },
      { kind: "break", isOn: true },
    ]);
    port.onFarLine = () => true;
    port.changeFarLine({ kind: "modem", lines: { dtr: true } });
    expect(events).toHaveLength(2);
  });

  it("takes no more than its queue holds", () => {
    const port = givenPort();
    const { space } = port;
    expect(port.send(new Uint8Array(space + 10))).toBe(space);
    expect(port.space).toBe(0);
  });

  it("goes on after a restore", () => {
    const ram = new Uint8Array(region.sizeBytes);
    const port = givenPort(ram);
    send(port, "boot");
    port.send(new TextEncoder().encode("queued"));
    const copiedRam = new Uint8Array(region.sizeBytes);
    const copy = givenPort(copiedRam);
    copiedRam.set(ram);
    copy.restore(port.save());
    const uart = new FakeUart(10);
    copy.connect(uart);
    send(copy, "ed");
    expect(text(copy.backlog())).toBe("booted");
    expect(String.fromCharCode(...uart.received)).toBe("queued");
  });

  it("refuses a saved place outside its backlog", () => {
    const port = givenPort();
    expect(() => port.restore({ ...port.save(), backlogStart: 1024 })).toThrow(
      expect.objectContaining({ code: "state-invalid" }),
    );
    expect(() => port.restore({ ...port.save(), backlogLength: -1 })).toThrow(
      expect.objectContaining({ code: "state-invalid" }),
    );
  });
});
