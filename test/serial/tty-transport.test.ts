import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Logger, type LogRecord } from "../../src/base/index.ts";
import { findPortHolders } from "../../src/serial/port-holders.ts";
import type { Disconnection } from "../../src/serial/transport.ts";
import { TtyTransport } from "../../src/serial/tty-transport.ts";
import { hasSocat, NO_SOCAT, SocatPair, until } from "./socat-pair.ts";

if (!hasSocat) console.warn(`serial device tests are skipped, ${NO_SOCAT}`);

describe.skipIf(!hasSocat)("a console on a serial device", () => {
  let pair: SocatPair;
  let transports: TtyTransport[];
  let said: LogRecord[];

  beforeEach(async () => {
    pair = new SocatPair();
    transports = [];
    said = [];
    await pair.plug();
  });

  afterEach(async () => {
    for (const transport of transports) await transport.stop();
    await pair.dispose();
  });

  const given = (path: string) => {
    const transport = new TtyTransport({ path, baudRate: 115_200, log: new Logger("serial", (r) => said.push(r)) });
    const heard = { text: "", opened: 0, closed: [] as Disconnection[] };
    transport.onData = (data) => {
      heard.text += Buffer.from(data).toString("utf8");
    };
    transport.onOpen = () => {
      heard.opened++;
    };
    transport.onClose = (disconnection) => heard.closed.push(disconnection);
    transports.push(transport);
    return { transport, heard };
  };

  it("carries bytes both ways, in order and whole", async () => {
    const a = given(pair.ours);
    const b = given(pair.theirs);
    await a.transport.start();
    await b.transport.start();
    const text = Array.from({ length: 4_000 }, (_, i) => `line ${i}\r\n`).join("");
    a.transport.write(text);
    b.transport.write("help\r");
    await until(() => b.heard.text.length >= text.length && a.heard.text.length >= 5, "all bytes");
    expect(b.heard.text).toBe(text);
    expect(a.heard.text).toBe("help\r");
    expect(a.transport.pendingBytes).toBe(0);
  });

  it("tells when what was written has gone out", async () => {
    const a = given(pair.ours);
    const b = given(pair.theirs);
    await a.transport.start();
    await b.transport.start();
    let drained = 0;
    a.transport.onDrain = () => {
      drained++;
    };
    a.transport.write("x".repeat(100_000));
    expect(a.transport.pendingBytes).toBe(100_000);
    await until(() => drained > 0 && b.heard.text.length === 100_000, "the drain");
  });

  it("keeps what the other end does not read within bounds", async () => {
    const a = given(pair.ours);
    await a.transport.start();
    for (let i = 0; i < 40; i++) a.transport.write("y".repeat(65_536));
    expect(a.transport.pendingBytes).toBeLessThanOrEqual(1 << 20);
    expect(said.map((r) => r.message).join()).toContain("output is dropped");
  });

  it("survives unplug and replug, and gives what was written in between to the device that comes back", async () => {
    const a = given(pair.ours);
    await a.transport.start();
    await pair.unplug();
    await until(() => a.heard.closed.length === 1, "the disconnection");
    expect(a.heard.closed[0].final).toBe(false);
    expect(a.transport.isConnected).toBe(false);
    a.transport.write("meanwhile\n");
    await pair.plug();
    await until(() => a.heard.opened === 2, "the connection to come back");
    // Not by serialport, which throws away at its opening what has arrived before.
    const b = pair.peer("socat", "-", `FILE:${pair.theirs},raw,echo=0`);
    let theirs = "";
    b.stdout?.on("data", (data) => {
      theirs += data;
    });
    a.transport.write("back\n");
    b.stdin?.write("again\n");
    await until(() => theirs.length >= 15 && a.heard.text.length >= 6, "bytes after the replug");
    expect(theirs).toBe("meanwhile\nback\n");
    expect(a.heard.text).toBe("again\n");
    expect(said.map((r) => r.message)).toEqual([
      expect.stringContaining("disconnected"),
      expect.stringContaining("connected again"),
    ]);
  });

  it("lets go of the device when stopped", async () => {
    const first = given(pair.ours);
    await first.transport.start();
    await first.transport.stop();
    expect(first.heard.closed).toEqual([{ reason: "stopped", final: true }]);
    const second = given(pair.ours);
    await second.transport.start();
    expect(second.transport.isConnected).toBe(true);
  });

  it("names the process that holds a busy port", async () => {
    const holder = pair.peer("flock", "--exclusive", "--no-fork", pair.ours, "sleep", "600");
    await until(() => findPortHolders(pair.ours).some(({ hasLock }) => hasLock), "the other program to lock the port");
    const a = given(pair.ours);
    const error = await a.transport.start().catch((e) => e);
    expect(error).toMatchObject({ code: "port-busy", exitCode: 3 });
    expect(error.message).toMatch(/held by sleep \(pid \d+\)/);
    expect(error.facts.holders.map((h: { pid: number }) => h.pid)).toContain(holder.pid);
  });

  it("says which port is missing", async () => {
    const a = given("/dev/ttyNOSUCH7");
    await expect(a.transport.start()).rejects.toMatchObject({ code: "port-missing", exitCode: 3 });
  });

  it("refuses a file that is no serial device", async () => {
    const a = given("/dev/null");
    await expect(a.transport.start()).rejects.toMatchObject({ code: "port-unusable", exitCode: 3 });
  });
});
