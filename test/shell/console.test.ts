import { describe, expect, it } from "vitest";
import { BufferConsole, TerminalConsole, withCarriageReturns } from "../../src/shell/console.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array): string => new TextDecoder().decode(data);

const given = (usesCarriageReturn = false) => {
  let shown = "";
  let inputs = 0;
  const terminal = new TerminalConsole({
    output: (data) => {
      shown += text(data);
    },
    usesCarriageReturn,
    onInput: () => {
      inputs++;
    },
  });
  return { terminal, shown: () => shown, inputs: () => inputs };
};

describe("a terminal's console", () => {
  it("ends lines with CR LF in raw mode only, and doubles no CR", () => {
    const raw = given(true);
    raw.terminal.write("one\ntwo\r\n");
    expect(raw.shown()).toBe("one\r\ntwo\r\n");
    const cooked = given();
    cooked.terminal.write("one\n");
    expect(cooked.shown()).toBe("one\n");
    expect(text(withCarriageReturns(bytes("\n\n")))).toBe("\r\n\r\n");
  });

  it("gives typed bytes in order, those typed ahead first", async () => {
    const { terminal } = given();
    terminal.input(bytes("ab"));
    expect([await terminal.readByte(), await terminal.readByte()]).toEqual([0x61, 0x62]);
    const next = terminal.readByte();
    terminal.input(bytes("cd"));
    expect(await next).toBe(0x63);
    expect([terminal.pollByte(), terminal.pollByte()]).toEqual([0x64, undefined]);
  });

  it("tells of each batch of input once", () => {
    const { terminal, inputs } = given();
    terminal.input(bytes("abc"));
    terminal.input(bytes("d"));
    expect(inputs()).toBe(2);
  });

  it("drops what was typed before Ctrl-C, and tells of it once", () => {
    const { terminal } = given();
    terminal.input(bytes("ls\x03x"));
    expect([terminal.takeInterrupt(), terminal.takeInterrupt()]).toEqual([true, false]);
    expect(terminal.pollByte()).toBe("x".charCodeAt(0));
  });

  it("keeps no more than a person types ahead", () => {
    const { terminal } = given();
    terminal.input(new Uint8Array(100_000).fill(0x61));
    let count = 0;
    while (terminal.pollByte() !== undefined) count++;
    expect(count).toBe(65_536);
  });

  it("can be read to its end after the terminal is gone", async () => {
    const { terminal } = given();
    terminal.input(bytes("a"));
    terminal.close();
    expect([await terminal.readByte(), await terminal.readByte()]).toEqual([0x61, undefined]);
    const other = given().terminal;
    const waiting = other.readByte();
    other.close();
    expect(await waiting).toBeUndefined();
  });
});

describe("a terminal that sends faster than commands read", () => {
  it("is told to wait and to go on, and nothing of what it sent is lost", async () => {
    const told: boolean[] = [];
    const terminal = new TerminalConsole({
      output: () => {},
      usesCarriageReturn: false,
      onPressure: (isHigh) => told.push(isHigh),
    });
    const sent = Uint8Array.from({ length: 40_000 }, (_, i) => 0x20 + (i % 64));
    terminal.input(sent.subarray(0, 10_000));
    expect(told).toEqual([]);
    terminal.input(sent.subarray(10_000));
    expect(told).toEqual([true]);
    const read: (number | undefined)[] = [];
    while (told.length < 2) read.push(await terminal.readByte());
    expect(told).toEqual([true, false]);
    while (read.length < sent.length) read.push(terminal.pollByte());
    expect(read).toEqual([...sent]);
  });
});

describe("a script's console", () => {
  it("keeps what is written, whatever becomes of the writer's buffer, and has no input", async () => {
    const console = new BufferConsole();
    const data = bytes("two");
    console.write("one ");
    console.writeBytes(data);
    data.fill(0);
    expect(console.text).toBe("one two");
    expect([console.hasInput, await console.readByte(), console.pollByte(), console.takeInterrupt()]).toEqual([
      false,
      undefined,
      undefined,
      false,
    ]);
  });
});
