import { describe, expect, it } from "vitest";
import { GuardedPort, type RawPort } from "../../src/serial/guarded-port.ts";

const errno = (code: string): Error => Object.assign(new Error(code), { code });
type Ready = (error: Error | null) => void;

/** A device whose calls give `results` one after the other, and a poller that remembers only the last poll, as the real one. */
const givenDevice = (...results: (number | string)[]) => {
  const listeners: Record<string, Ready> = {};
  const polls: number[] = [];
  const raw = {
    fd: 7 as number | null,
    isOpen: true as boolean,
    poller: {
      poll: (events: number) => polls.push(events),
      on: (event: string, callback: Ready) => {
        listeners[event] = callback;
      },
    },
    close: async () => {
      raw.isOpen = false;
      for (const ready of Object.values(listeners)) ready(new Error("Canceled"));
    },
  } satisfies RawPort;
  const written: number[] = [];
  const next = async () => {
    const result = results.shift() ?? 0;
    if (typeof result === "string") throw errno(result);
    return result;
  };
  const port = new GuardedPort(raw, {
    read: next,
    write: async (_fd, data) => {
      const count = await next();
      written.push(...data.subarray(0, count));
      return count;
    },
  });
  const isReady = async (event: "readable" | "writable") => {
    await new Promise((resolve) => setImmediate(resolve));
    listeners[event](null);
  };
  return { raw, port, polls, written, isReady };
};

const buffer = new Uint8Array(16);

describe("reading a serial device", () => {
  it("gives the number of bytes", async () => {
    expect(await givenDevice(5).port.read(buffer)).toBe(5);
  });

  it("waits when there is nothing yet", async () => {
    const { port, isReady, polls } = givenDevice("EAGAIN", "EINTR", 3);
    const reading = port.read(buffer);
    await isReady("readable");
    await isReady("readable");
    expect(await reading).toBe(3);
    expect(polls).toEqual([1, 0, 1, 0]);
  });

  it("goes on in a turn of Node's own, not in the binding's callback", async () => {
    const { port, isReady } = givenDevice("EAGAIN", 3);
    const reading = port.read(buffer);
    const order: string[] = [];
    void reading.then(() => order.push("read"));
    await isReady("readable");
    // All that promises alone can do is done in a turn.
    for (let i = 0; i < 20; i++) await Promise.resolve();
    order.push("callback over");
    await reading;
    expect(order).toEqual(["callback over", "read"]);
  });

  it("forgives a few empty reads", async () => {
    expect(await givenDevice(0, 0, 4).port.read(buffer)).toBe(4);
  });

  it("takes a row of empty reads as a hang-up, instead of reading for ever", async () => {
    await expect(givenDevice().port.read(buffer)).rejects.toThrow("hung up");
  });

  it.each(["EIO", "ENXIO", "EBADF", "ENODEV"])("takes %s as a disconnection", async (code) => {
    await expect(givenDevice(code).port.read(buffer)).rejects.toThrow(code);
  });

  it("ends when the port is closed, whoever waits", async () => {
    const { port } = givenDevice("EAGAIN", "EAGAIN");
    const reading = port.read(buffer);
    const writing = port.write(Uint8Array.of(1));
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([
      expect(reading).rejects.toThrow("Canceled"),
      expect(writing).rejects.toThrow("Canceled"),
      port.close(),
    ]);
    await expect(port.read(buffer)).rejects.toThrow("closed");
  });

  it("never polls a port that was closed during the read", async () => {
    const { port, raw, polls } = givenDevice("EAGAIN");
    const reading = port.read(buffer);
    raw.isOpen = false;
    await expect(reading).rejects.toThrow("closed");
    expect(polls).toEqual([]);
  });
});

describe("writing a serial device", () => {
  it("says how much the system took, and waits while it takes nothing", async () => {
    const { port, isReady, written } = givenDevice(2, "EAGAIN", 1);
    expect(await port.write(Uint8Array.of(1, 2, 3, 4))).toBe(2);
    const writing = port.write(Uint8Array.of(3, 4));
    await isReady("writable");
    expect(await writing).toBe(1);
    expect(written).toEqual([1, 2, 3]);
  });

  it("goes on waiting when a reader begins to wait too", async () => {
    const { port, isReady, polls, written } = givenDevice("EAGAIN", "EAGAIN", 1, 6);
    const writing = port.write(Uint8Array.of(9));
    await new Promise((resolve) => setImmediate(resolve));
    const reading = port.read(buffer);
    await new Promise((resolve) => setImmediate(resolve));
    expect(polls).toEqual([2, 3]);
    await isReady("writable");
    await writing;
    expect(written).toEqual([9]);
    expect(polls.at(-1)).toBe(1);
    await isReady("readable");
    expect(await reading).toBe(6);
  });
});
