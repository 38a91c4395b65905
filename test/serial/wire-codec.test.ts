import { describe, expect, it } from "vitest";
import { RawCodec } from "../../src/serial/wire-codec.ts";

describe("no protocol", () => {
  it("says nothing of its own and changes nothing", () => {
    const codec = new RawCodec();
    const data = Uint8Array.of(0, 13, 255, 240);
    expect([codec.greeting().length, codec.encode(data), codec.decode(data)]).toEqual([0, data, data]);
  });
});
