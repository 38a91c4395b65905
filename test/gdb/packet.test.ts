import { describe, expect, it } from "vitest";
import { encodePacket, MAX_PACKET_BYTES, PacketReader } from "../../src/gdb/packet.ts";

const textsOf = (reader: PacketReader, bytes: string | Buffer): string[] =>
  reader
    .take(Buffer.from(bytes as string, "latin1"))
    .map((r) => (r.kind === "packet" ? r.data.toString("latin1") : r.kind));

describe("packets", () => {
  it("carry their checksum", () => {
    expect(encodePacket("OK").toString()).toBe("$OK#9a");
    expect(encodePacket("").toString()).toBe("$#00");
  });

  it("come through with every byte, escapes and all", () => {
    const data = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    expect(textsOf(new PacketReader(), encodePacket(data.toString("latin1")))).toEqual([data.toString("latin1")]);
  });

  it("come through in pieces of any size", () => {
    const stream = Buffer.concat([Buffer.from("+"), encodePacket("m0,4"), Buffer.from("\x03-"), encodePacket("?")]);
    for (let size = 1; size <= stream.length; size++) {
      const reader = new PacketReader();
      const found: string[] = [];
      for (let at = 0; at < stream.length; at += size) {
        found.push(...textsOf(reader, stream.subarray(at, at + size).toString("latin1")));
      }
      expect(found).toEqual(["m0,4", "interrupt", "nack", "?"]);
    }
  });

  it("with a wrong checksum are told from good ones", () => {
    expect(textsOf(new PacketReader(), "$OK#9b$OK#zz$OK#9a")).toEqual(["damaged", "damaged", "OK"]);
  });

  it("that never end are forgotten", () => {
    const reader = new PacketReader();
    expect(textsOf(reader, `$${"a".repeat(MAX_PACKET_BYTES + 1)}`)).toEqual([]);
    expect(textsOf(reader, "$OK#9a")).toEqual(["OK"]);
  });
});
