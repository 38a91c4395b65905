import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { LineEvent } from "../../src/base/index.ts";
import { silentLogger } from "../../src/base/index.ts";
import { SharedPort } from "../../src/serial/shared-port.ts";
import { WsTransport } from "../../src/serial/ws-transport.ts";
import { until } from "./socat-pair.ts";

describe("a console on a WebSocket", () => {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });

  async function given() {
    const port = new SharedPort({ protocol: "ws", address: { host: "127.0.0.1", port: 0 }, log: silentLogger() });
    const heard = { text: "", lines: [] as LineEvent[] };
    port.onData = (data) => {
      heard.text += Buffer.from(data).toString();
    };
    port.onLine = (event) => heard.lines.push(event);
    await port.start();
    stops.push(() => port.stop());
    const number = Number(/:(\d+)$/.exec(port.description)?.[1]);
    return { port, heard, number };
  }

  async function givenBoth() {
    const { port, heard, number } = await given();
    const client = new WsTransport({ host: "127.0.0.1", port: number });
    const seen = { text: "", lines: [] as LineEvent[], times: [] as number[], closed: [] as string[] };
    client.onData = (data) => {
      seen.text += Buffer.from(data).toString();
    };
    client.onLine = (event) => seen.lines.push(event);
    client.onTime = (virtualNs) => seen.times.push(virtualNs);
    client.onClose = ({ reason }) => seen.closed.push(reason);
    await client.start();
    stops.push(() => client.stop());
    return { port, heard, client, seen };
  }

  it("carries bytes both ways, the line's events, and virtual time", async () => {
    const { port, heard, client, seen } = await givenBoth();
    const text = "x".repeat(1_000_000);
    client.write(text);
    await until(() => heard.text.length === text.length, "what the client sends");
    port.write(text, 77);
    await until(() => seen.text.length === text.length, "what the port sends");
    expect([heard.text === text, seen.text === text, seen.times]).toEqual([true, true, [77]]);
    client.setLine({ kind: "settings", settings: { baudRate: 9600 } });
    port.setLine({ kind: "modem", lines: { dtr: false } });
    await until(() => heard.lines.length === 1 && seen.lines.length === 1, "the events");
    expect([heard.lines, seen.lines]).toEqual([
      [{ kind: "settings", settings: { baudRate: 9600 } }],
      [{ kind: "modem", lines: { dtr: false } }],
    ]);
    await port.stop();
    await until(() => seen.closed.length === 1, "the end");
  });

  it("serves a plain client, takes its text as typed, and tells it no times", async () => {
    const { port, heard, number } = await given();
    const plain = new WebSocket(`ws://127.0.0.1:${number}/`);
    const messages: string[] = [];
    plain.on("message", (data) => messages.push(String(data)));
    await new Promise((resolve) => plain.once("open", resolve));
    plain.send("help\r");
    plain.send('{"type":"line","event":{"kind":"settings","settings":{"baudRate":-5}}}');
    await until(() => heard.text.includes("-5"), "what it types");
    expect([heard.text.slice(0, 5), heard.lines]).toEqual(["help\r", []]);
    port.write("XVisor# ", 5);
    await until(() => messages.length > 0, "the prompt");
    expect(messages).toEqual(["XVisor# "]);
    plain.close();
  });

  it.each([
    ["a page of another host", { origin: "http://evil.example" }],
    ["a page under another name of this machine", { origin: "http://evil.example", host: "evil.example" }],
  ])("refuses %s", async (_, headers) => {
    const { number } = await given();
    const page = new WebSocket(`ws://127.0.0.1:${number}/`, { headers });
    const error = await new Promise<Error>((resolve) => page.once("error", resolve));
    expect(error.message).toContain("403");
  });

  it("says that nobody listens", async () => {
    const nobody = new WsTransport({ host: "127.0.0.1", port: 1 });
    await expect(nobody.start()).rejects.toMatchObject({ code: "socket-unreachable", exitCode: 3 });
  });
});
