import { describe, expect, it } from "vitest";
import type { LineEvent } from "../../src/base/index.ts";
import { clientCodec, type StreamProtocol, serverCodec } from "../../src/serial/codecs.ts";

/** Both ends of a protocol, joined; words travel when `flow` is called. */
function givenEnds(protocol: StreamProtocol) {
  const toClient: Uint8Array[] = [];
  const toServer: Uint8Array[] = [];
  const lines: LineEvent[] = [];
  const times: number[] = [];
  const server = serverCodec(protocol, {
    reply: (d) => toClient.push(d),
    line: (event) => lines.push(event),
    time: () => {},
  });
  const client = clientCodec(
    protocol,
    { reply: (d) => toServer.push(d), line: () => {}, time: (ns) => times.push(ns) },
    { baudRate: 9600, dataBits: 8, parity: "none", stopBits: 1 },
  );
  toClient.push(server.greeting());
  toServer.push(client.greeting());
  let rounds = 0;
  const flow = () => {
    while ((toClient.length > 0 || toServer.length > 0) && rounds++ < 100) {
      for (const data of toClient.splice(0)) expect(client.decode(data)).toHaveLength(0);
      for (const data of toServer.splice(0)) expect(server.decode(data)).toHaveLength(0);
    }
    return rounds;
  };
  return { server, client, flow, lines, times };
}

describe.each(["raw", "telnet", "rfc2217"] as const)("both ends of %s", (protocol) => {
  it("come to an end with their words, and carry every byte both ways", () => {
    const { server, client, flow } = givenEnds(protocol);
    expect(flow()).toBeLessThan(10);
    const all = Uint8Array.from({ length: 1024 }, (_, i) => (i * 7) & 0xff);
    expect([...client.decode(server.encode(all))]).toEqual([...all]);
    expect([...server.decode(client.encode(all))]).toEqual([...all]);
  });
});

describe.each(["telnet", "rfc2217"] as const)("%s, spoken by a stranger", (protocol) => {
  it("is a bounded answer to anything", () => {
    let seed = 424242;
    const random = (limit: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
      return (seed >> 8) % limit;
    };
    // Bytes that mean something come more often.
    const words = [255, 250, 240, 251, 252, 253, 254, 243, 44, 0, 1, 3, 5, 224, 13, 10];
    const events: LineEvent[] = [];
    let replied = 0;
    const codec = serverCodec(protocol, {
      reply: (data) => {
        replied += data.length;
      },
      line: (event) => events.push(event),
      time: () => {},
    });
    codec.greeting();
    let received = 0;
    for (let i = 0; i < 5_000; i++) {
      const data = Uint8Array.from({ length: random(64) }, () =>
        random(3) > 0 ? words[random(words.length)] : random(256),
      );
      received += data.length;
      expect(codec.decode(data).length).toBeLessThanOrEqual(data.length);
    }
    expect(replied).toBeLessThan(4 * received);
    for (const event of events) {
      if (event.kind !== "settings") continue;
      const { baudRate = 9600, dataBits = 8 } = event.settings;
      expect(baudRate > 0 && baudRate <= 20_000_000 && dataBits >= 5 && dataBits <= 8).toBe(true);
    }
  });
});

describe("the ends of rfc2217", () => {
  it("have the client's rate at the server, and the server's time at the client", () => {
    const { server, flow, lines, times } = givenEnds("rfc2217");
    flow();
    expect(lines).toContainEqual({ kind: "settings", settings: { baudRate: 9600 } });
    server.stamp(123);
    flow();
    expect(times).toEqual([123]);
  });
});
