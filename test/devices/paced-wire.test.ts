import { describe, expect, it } from "vitest";
import { DEFAULT_LINE, frameTimeNs, type LineSettings } from "../../src/base/index.ts";
import { PacedWire } from "../../src/devices/paced-wire.ts";
import { StateReader } from "../../src/devices/state-reader.ts";
import { BenchClock } from "./test-context.ts";

function given(sender: LineSettings, receiver: LineSettings, clock = new BenchClock()) {
  const heard: number[] = [];
  const waiting: number[] = [];
  const wire: PacedWire = new PacedWire(clock, "uart0.transmit", {
    sender: () => sender,
    receiver: () => receiver,
    deliver: ({ byte }) => heard.push(byte),
    onFree: () => next(),
  });
  const next = (): void => {
    const byte = waiting.shift();
    if (byte !== undefined) wire.send(byte);
  };
  const send = (text: string) => {
    waiting.push(...Buffer.from(text));
    if (wire.isFree) next();
  };
  return { clock, wire, heard, send, text: () => Buffer.from(heard).toString() };
}

const slow: LineSettings = { ...DEFAULT_LINE, baudRate: 9600 };

describe("a paced line", () => {
  it("delivers each character when its last bit is over", () => {
    const { clock, send, text, wire } = given(slow, slow);
    send("abc");
    expect([wire.isFree, text()]).toEqual([false, ""]);
    clock.advance(frameTimeNs(slow) - 1);
    expect(text()).toBe("");
    clock.advance(1);
    expect(text()).toBe("a");
    clock.advance(2 * frameTimeNs(slow));
    expect([text(), wire.isFree]).toEqual(["abc", true]);
  });

  it("takes as long for a receiver at another rate, which gets other characters", () => {
    const { clock, send, heard, text } = given(DEFAULT_LINE, slow);
    send("Linux version 6.1.192");
    clock.advance(21 * frameTimeNs(DEFAULT_LINE) + 2 * frameTimeNs(slow));
    expect(heard.length).toBeGreaterThan(0);
    expect(text()).not.toContain("Li");
    expect(heard.length).toBeLessThan(4);
  });

  it.each([
    ["the same rate", slow],
    ["another rate", DEFAULT_LINE],
  ])("goes on after a restore, with a receiver at %s", (_, receiver) => {
    const first = given(slow, receiver);
    first.send("a");
    first.clock.advance(frameTimeNs(slow) / 2);
    const second = given(slow, receiver, first.clock);
    second.wire.restore(new StateReader(structuredClone(first.wire.save()), "uart0"));
    first.clock.advance(2 * frameTimeNs(slow));
    expect(second.heard.length).toBeGreaterThan(0);
    expect(second.heard).toEqual(first.heard.slice(-second.heard.length));
  });
});
