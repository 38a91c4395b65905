import { describe, expect, it } from "vitest";
import type { LineEvent } from "../../src/base/index.ts";
import { TelnetCodec, type TelnetRole } from "../../src/serial/telnet-codec.ts";

const role: TelnetRole = { ours: [1, 0, 224], theirs: [0], theirsIfOffered: [1] };
const IAC = 255;
const [SE, BREAK, SB, WILL, WONT, DO, DONT] = [240, 243, 250, 251, 252, 253, 254];

function given(its: TelnetRole = role) {
  const replies: number[] = [];
  const lines: LineEvent[] = [];
  const times: number[] = [];
  const codec = new TelnetCodec(its, {
    reply: (data) => replies.push(...data),
    line: (event) => lines.push(event),
    time: (ns) => times.push(ns),
  });
  const decode = (...data: number[]) => [...codec.decode(Uint8Array.from(data))];
  return { codec, replies, lines, times, decode };
}

describe("TELNET on a stream", () => {
  it("offers and asks at first, and answers no answer", () => {
    const { codec, decode, replies } = given();
    const said = [IAC, WILL, 1, IAC, WILL, 0, IAC, WILL, 224, IAC, DO, 0];
    expect([...codec.greeting()]).toEqual(said);
    decode(IAC, DO, 1, IAC, DONT, 224, IAC, DO, 0, IAC, WILL, 0);
    expect(replies).toEqual([]);
    expect([codec.isAgreed("ours", 1), codec.isAgreed("ours", 224), codec.isAgreed("theirs", 0)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it("agrees to what it can when asked first, once, and greets with the rest alone", () => {
    const { codec, decode, replies } = given();
    decode(IAC, DO, 0, IAC, DO, 0, IAC, WILL, 1);
    expect(replies).toEqual([IAC, WILL, 0, IAC, DO, 1]);
    expect([...codec.greeting()]).toEqual([IAC, WILL, 1, IAC, WILL, 224, IAC, DO, 0]);
  });

  it("declines what it does not know, and takes a withdrawal", () => {
    const { decode, replies } = given();
    decode(IAC, DO, 31, IAC, WILL, 31, IAC, DO, 1, IAC, DONT, 1, IAC, WONT, 7);
    expect(replies).toEqual([IAC, WONT, 31, IAC, DONT, 31, IAC, WILL, 1, IAC, WONT, 1]);
  });

  it("is transparent for all bytes once binary is agreed on", () => {
    const { codec, decode } = given();
    decode(IAC, WILL, 0, IAC, DO, 0);
    const all = Array.from({ length: 256 }, (_, i) => i);
    const encoded = codec.encode(Uint8Array.from(all));
    expect(encoded).toHaveLength(257);
    expect(decode(...encoded)).toEqual(all);
    expect(decode(13, 0, 13, 10)).toEqual([13, 0, 13, 10]);
  });

  it("keeps the rules of text lines without it", () => {
    const { codec, decode } = given();
    expect([...codec.encode(Buffer.from("a\rb\r\n"))]).toEqual([...Buffer.from("a\r\0b\r\n")]);
    expect(decode(97, 13, 0, 13, 10, 10)).toEqual([97, 13, 13, 10]);
  });

  it("finds commands that arrive byte by byte", () => {
    const { decode, lines, replies } = given();
    const out = [65, IAC, DO, 1, 66, IAC, BREAK, IAC, IAC].flatMap((byte) => decode(byte));
    expect([out, replies]).toEqual([
      [65, 66, 255],
      [IAC, WILL, 1],
    ]);
    expect(lines).toEqual([
      { kind: "break", isOn: true },
      { kind: "break", isOn: false },
    ]);
  });

  it("bounds a word without end, and goes on after it", () => {
    const { decode } = given();
    expect(decode(IAC, SB, 44, ...new Array(100_000).fill(65), IAC, SE, 66)).toEqual([66]);
    expect(decode(IAC, SB, IAC, SE, 67)).toEqual([67]);
  });

  it("tells the virtual time to a peer that wants it", () => {
    const server = given();
    server.codec.stamp(5);
    expect(server.replies).toEqual([]);
    server.decode(IAC, DO, 224);
    server.codec.stamp(0xff * 2 ** 32 + 7);
    const client = given({ ours: [], theirs: [], theirsIfOffered: [224] });
    client.decode(...server.replies);
    expect(client.times).toEqual([0xff * 2 ** 32 + 7]);
  });
});
