import { describe, expect, it } from "vitest";
import { type TimestampFormat, Timestamps } from "../../src/terminal/timestamps.ts";

function given(format: TimestampFormat | undefined) {
  const clock = { ms: Date.UTC(2026, 0, 2, 3, 4, 5, 678) };
  const stamps = new Timestamps(format, () => clock.ms);
  const mark = (text: string) => Buffer.from(stamps.mark(Buffer.from(text))).toString();
  return { clock, stamps, mark };
}

describe("times before lines", () => {
  it("stand before each line that begins, not within one that goes on", () => {
    const { mark } = given("iso8601");
    const time = "[2026-01-02T03:04:05.678Z] ";
    expect(mark("one\r\ntw")).toBe(`${time}one\r\n${time}tw`);
    expect(mark("o\r\n")).toBe("o\r\n");
    expect(mark("three")).toBe(`${time}three`);
  });

  it.each([
    ["24hour-start", "[01:01:01.500] x"],
    ["24hour-delta", "[01:01:01.500] x"],
    ["epoch", "[1767326706.178] x"],
    ["virtual", "[           ?] x"],
  ] as const)("as %s", (format, expected) => {
    const { mark, clock } = given(format);
    clock.ms += 3_661_500;
    if (format === "epoch") clock.ms -= 3_661_000;
    expect(mark("x")).toBe(expected.replace("1767326706.178", (clock.ms / 1000).toFixed(3)));
  });

  it("are the guest's own where the other end says them", () => {
    const { mark, stamps } = given("virtual");
    stamps.virtualNs = 1_234_567_890;
    expect(mark("booting\n")).toBe("[    1.234568] booting\n");
  });

  it("can be switched on and off at any moment", () => {
    const { mark, stamps } = given(undefined);
    expect(mark("half a ")).toBe("half a ");
    stamps.format = "epoch";
    expect(mark("line\n")).toBe("line\n");
    expect(mark("next")).toMatch(/^\[\d+\.\d{3}\] next$/);
  });
});
