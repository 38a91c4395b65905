import { describe, expect, it } from "vitest";
import { ByteStream } from "../../src/terminal/byte-stream.ts";

describe("a stream of bytes", () => {
  it("gives them in order, whether they came before or after they were asked for", async () => {
    const stream = new ByteStream();
    stream.push(Uint8Array.of(1, 2));
    expect([await stream.read(0), await stream.read(0)]).toEqual([1, 2]);
    const waiting = stream.read(60_000);
    stream.push(new Uint8Array());
    stream.push(Uint8Array.of(3));
    expect(await waiting).toBe(3);
  });

  it("answers nothing when nothing comes", async () => {
    expect(await new ByteStream().read(1)).toBeUndefined();
  });

  it("keeps no flood", async () => {
    const stream = new ByteStream();
    stream.push(new Uint8Array(1 << 20).fill(7));
    let count = 0;
    while ((await stream.read(0)) !== undefined) count++;
    expect(count).toBe(1 << 16);
  });
});
