import { describe, expect, it } from "vitest";
import type { LineEvent } from "../../src/base/index.ts";
import { ComPortClient, ComPortServer } from "../../src/serial/com-port.ts";

/** A client and a server whose words reach each other at once. */
function givenPair() {
  const atServer: LineEvent[] = [];
  const atClient: LineEvent[] = [];
  const words: number[][] = [];
  const server: ComPortServer = new ComPortServer({
    send: (payload) => {
      words.push([...payload]);
      client.received(Uint8Array.from(payload));
    },
    line: (event) => atServer.push(event),
  });
  const client: ComPortClient = new ComPortClient({
    send: (payload) => server.received(Uint8Array.from(payload)),
    line: (event) => atClient.push(event),
  });
  return { server, client, atServer, atClient, words };
}

function givenServer() {
  const sent: number[][] = [];
  const lines: LineEvent[] = [];
  const server = new ComPortServer({ send: (p) => sent.push([...p]), line: (event) => lines.push(event) });
  server.agreed();
  sent.length = 0;
  const say = (...payload: number[]) => {
    server.received(Uint8Array.from(payload));
    return sent.splice(0);
  };
  return { server, say, lines };
}

describe("the COM port option", () => {
  it("sets rate and format, and answers with what is now", () => {
    const { say, lines } = givenServer();
    expect(say(1, 0, 0, 0x25, 0x80)).toEqual([[101, 0, 0, 0x25, 0x80]]);
    expect([say(2, 7), say(3, 3), say(4, 2)]).toEqual([[[102, 7]], [[103, 3]], [[104, 2]]]);
    expect(lines).toEqual([
      { kind: "settings", settings: { baudRate: 9600 } },
      { kind: "settings", settings: { dataBits: 7 } },
      { kind: "settings", settings: { parity: "even" } },
      { kind: "settings", settings: { stopBits: 2 } },
    ]);
    // Zero asks.
    expect([say(1, 0, 0, 0, 0), say(2, 0), say(3, 0), say(4, 0)]).toEqual([
      [[101, 0, 0, 0x25, 0x80]],
      [[102, 7]],
      [[103, 3]],
      [[104, 2]],
    ]);
  });

  it("takes nonsense for a question", () => {
    const { say, lines } = givenServer();
    expect([say(1), say(1, 255, 255, 255, 255), say(2, 99), say(3, 9), say(77), say()].map((a) => a.length)).toEqual([
      1, 1, 1, 1, 0, 0,
    ]);
    expect(lines).toEqual([]);
  });

  it("sets DTR, RTS and a break, and says how they are", () => {
    const { say, lines } = givenServer();
    expect([say(5, 7), say(5, 9), say(5, 7), say(5, 12), say(5, 5), say(5, 4), say(5, 6)]).toEqual([
      [[105, 8]],
      [[105, 9]],
      [[105, 9]],
      [[105, 12]],
      [[105, 5]],
      [[105, 5]],
      [[105, 6]],
    ]);
    expect(lines).toEqual([
      { kind: "modem", lines: { dtr: false } },
      { kind: "modem", lines: { rts: false } },
      { kind: "break", isOn: true },
      { kind: "break", isOn: false },
    ]);
  });

  it("tells the client what the guest's side does, as the client asked to hear", () => {
    const { server, client, atServer, atClient } = givenPair();
    // What comes before the option is agreed on is not lost.
    server.setLine({ kind: "modem", lines: { dtr: false } });
    server.agreed();
    client.agreed();
    expect(atClient.at(-1)).toEqual({ kind: "modem", lines: { dtr: false, rts: true } });
    server.setLine({ kind: "modem", lines: { dtr: true, rts: false } });
    expect(atClient.at(-1)).toEqual({ kind: "modem", lines: { dtr: true, rts: false } });
    server.setLine({ kind: "break", isOn: true });
    expect(atClient.slice(-2)).toEqual([
      { kind: "break", isOn: true },
      { kind: "break", isOn: false },
    ]);
    client.setLine({ kind: "settings", settings: { baudRate: 300, parity: "odd" } });
    client.setLine({ kind: "break", isOn: true });
    client.setLine({ kind: "modem", lines: { dtr: false } });
    expect(atServer.slice(-4)).toEqual([
      { kind: "settings", settings: { baudRate: 300 } },
      { kind: "settings", settings: { parity: "odd" } },
      { kind: "break", isOn: true },
      { kind: "modem", lines: { dtr: false } },
    ]);
  });
});
