import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readlinkSync,
  readSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LineEvent, LogRecord } from "../../src/base/index.ts";
import { Logger } from "../../src/base/index.ts";
import { PtyTransport } from "../../src/serial/pty-transport.ts";
import { TtyTransport } from "../../src/serial/tty-transport.ts";
import { until } from "./socat-pair.ts";

describe("a virtual serial port", () => {
  let folder: string;
  let link: string;
  let said: LogRecord[];
  const stops: (() => Promise<void>)[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "komainu-pty-"));
    link = join(folder, "board");
    said = [];
  });
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const log = () => new Logger("serial", (record) => said.push(record));

  async function given() {
    const port = new PtyTransport({ link, log: log() });
    const heard = { text: "", opened: 0, closed: 0, lines: [] as LineEvent[] };
    port.onData = (data) => {
      heard.text += Buffer.from(data).toString("latin1");
    };
    port.onOpen = () => {
      heard.opened++;
    };
    port.onClose = () => {
      heard.closed++;
    };
    port.onLine = (event) => heard.lines.push(event);
    stops.push(() => port.stop());
    await port.start();
    return { port, heard };
  }

  /** A client by the package serialport, as any program of a user would be. */
  async function givenClient(baudRate = 115_200) {
    const client = new TtyTransport({ path: link, baudRate, log: log() });
    const heard = { text: "", closed: [] as string[] };
    client.onData = (data) => {
      heard.text += Buffer.from(data).toString("latin1");
    };
    client.onClose = ({ reason }) => heard.closed.push(reason);
    await client.start();
    stops.push(() => client.stop());
    return { client, heard };
  }

  it("carries 1 MB each way at the same time", async () => {
    const { port, heard } = await given();
    const { client, heard: theirs } = await givenClient();
    const text = Array.from({ length: 1 << 20 }, (_, i) => String.fromCharCode((i * 131) & 0xff)).join("");
    const data = Buffer.from(text, "latin1");
    // A producer that can wait does.
    for (let at = 0; at < data.length; at += 65_536) {
      port.write(data.subarray(at, at + 65_536));
      client.write(data.subarray(at, at + 65_536));
      await until(() => port.pendingBytes < 65_536 && client.pendingBytes < 65_536, "room");
    }
    await until(() => heard.text.length >= text.length && theirs.text.length >= text.length, "all of it");
    expect([heard.text === text, theirs.text === text]).toEqual([true, true]);
  });

  it("waits at its end for a client to read what was said last, and not for ever", async () => {
    for (const reads of [true, false]) {
      const { port, heard } = await given();
      const client = openSync(link, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
      await until(() => heard.opened === 1, "the client");
      port.write("goodbye\n");
      const stopping = port.stop();
      await new Promise((resolve) => setTimeout(resolve, 20));
      const buffer = Buffer.alloc(100);
      if (reads) expect(buffer.toString("latin1", 0, readSync(client, buffer))).toBe("goodbye\n");
      await stopping;
      closeSync(client);
    }
  });

  it("sees clients come and go, with the rate they set, and keeps what nobody heard", async () => {
    const { port, heard } = await given();
    port.write("while you were out\n");
    const first = await givenClient(9600);
    await until(() => first.heard.text !== "" && heard.lines.length > 0, "the client");
    expect([heard.opened, first.heard.text, heard.lines]).toEqual([
      1,
      "while you were out\n",
      [{ kind: "settings", settings: { baudRate: 9600 } }],
    ]);
    await first.client.stop();
    await until(() => heard.closed === 1, "its end");
    expect(port.isConnected).toBe(false);
    port.write("again\n");
    const second = await givenClient(12_345);
    await until(() => second.heard.text === "again\n" && heard.lines.length === 2, "the second client");
    expect(heard.lines[1]).toEqual({ kind: "settings", settings: { baudRate: 12_345 } });
  });

  it("takes what a client wrote that came and went in between", async () => {
    const { heard } = await given();
    const fd = openSync(link, constants.O_RDWR | constants.O_NOCTTY);
    writeFileSync(fd, "quick\n");
    closeSync(fd);
    await until(() => heard.text === "quick\n", "the text");
  });

  it("bounds what a client does not read, and goes on when it reads again", async () => {
    const { port } = await given();
    const { client, heard } = await givenClient();
    await until(() => port.isConnected, "the client");
    client.pause();
    const part = Buffer.alloc(65_536, "y");
    for (let i = 0; i < 20; i++) port.write(part);
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (let i = 0; i < 20; i++) port.write(part);
    expect(port.pendingBytes).toBeLessThanOrEqual(1 << 20);
    expect(said.some(({ message }) => message.includes("does not read"))).toBe(true);
    client.resume();
    port.write("end");
    await until(() => heard.text.endsWith("end"), "the end");
  });

  it("holds a client up while it is paused, and loses nothing", async () => {
    const { port, heard } = await given();
    const { client } = await givenClient();
    await until(() => port.isConnected, "the client");
    port.pause();
    const text = "z".repeat(300_000);
    client.write(text);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(heard.text.length).toBeLessThan(100_000);
    port.resume();
    await until(() => heard.text.length === text.length, "the text");
  });

  it("has the name the user wants, which goes with it, and never replaces a file", async () => {
    symlinkSync("/dev/pts/99999", link);
    const { port } = await given();
    expect(port.description).toBe(`${link} (${readlinkSync(link)})`);
    await port.stop();
    expect(existsSync(link)).toBe(false);
    writeFileSync(link, "mine");
    await expect(new PtyTransport({ link, log: log() }).start()).rejects.toMatchObject({ code: "link-taken" });
    const nowhere = new PtyTransport({ link: join(folder, "no/such"), log: log() });
    await expect(nowhere.start()).rejects.toMatchObject({ code: "link-unusable", exitCode: 3 });
  });

  it("tells its client that it has gone", async () => {
    const { port } = await given();
    const { heard } = await givenClient();
    await port.stop();
    await until(() => heard.closed.length > 0, "the client to see it");
    expect(heard.closed[0]).toMatch(/the device is gone|hung up/);
  });
});
