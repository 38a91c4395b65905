/** Programs of others at our ports: 1 MB each way at the same time, against a port that sends back what it gets. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { afterEach, describe, expect, it } from "vitest";
import { type LineEvent, silentLogger } from "../../src/base/index.ts";
import type { Protocol } from "../../src/serial/serial-spec.ts";
import { SharedPort } from "../../src/serial/shared-port.ts";
import { until } from "./socat-pair.ts";

const MEGABYTE = Buffer.from(Array.from({ length: 1 << 20 }, (_, i) => (i * 131 + (i >> 8)) & 0xff));
const hasTelnet = spawnSync("telnet", ["--version"]).status === 0;
const PYTHON = "/usr/bin/python3";
const hasPySerial = spawnSync(PYTHON, ["-c", "import serial.rfc2217"]).status === 0;
const hasSocat = spawnSync("socat", ["-V"]).status === 0;
for (const [has, name] of [
  [hasTelnet, "telnet"],
  [hasPySerial, "python3-serial"],
  [hasSocat, "socat"],
] as const) {
  if (!has) console.warn(`a test is skipped, ${name} is not installed: apt-get install ${name}`);
}

/** A client of a test, in Python with pySerial: the settings, the lines, a break, and the megabyte. */
const PYSERIAL = `
import hashlib, sys, threading, serial
port = serial.serial_for_url("rfc2217://127.0.0.1:" + sys.argv[1] + "?timeout=30", 9600, parity="E", bytesize=7, timeout=30)
assert (port.cts, port.dsr, port.cd) == (False, True, True), (port.cts, port.dsr, port.cd)
port.baudrate, port.parity, port.bytesize = 230400, "N", 8
port.dtr = False
port.send_break(0.01)
data = bytes((i * 131 + (i >> 8)) & 0xff for i in range(1 << 20))
writer = threading.Thread(target=lambda: [port.write(data[at:at + 8192]) for at in range(0, len(data), 8192)])
writer.start()
got = bytearray()
while len(got) < len(data):
    part = port.read(min(65536, len(data) - len(got)))
    if not part: break
    got += part
writer.join()
print("same" if bytes(got) == data else "different %d" % len(got))
port.close()
`;

describe("programs of others at our ports", () => {
  const children: ChildProcess[] = [];
  let port: SharedPort | undefined;
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    await port?.stop();
  });

  async function givenEcho(protocol: Protocol) {
    const echo = new SharedPort({ protocol, address: { host: "127.0.0.1", port: 0 }, log: silentLogger() });
    port = echo;
    const lines: LineEvent[] = [];
    echo.onLine = (event) => lines.push(event);
    echo.onData = (data) => {
      echo.write(data);
      if (echo.pendingBytes > 65_536) echo.pause();
    };
    echo.onDrain = () => echo.resume();
    await echo.start();
    return { echo, lines, number: /:(\d+)$/.exec(echo.description)?.[1] ?? "" };
  }

  function start(...words: string[]) {
    const child = spawn(words[0], words.slice(1), { stdio: "pipe" });
    children.push(child);
    const heard: Buffer[] = [];
    let bytes = 0;
    child.stdout.on("data", (data: Buffer) => {
      heard.push(data);
      bytes += data.length;
    });
    child.stdin.on("error", () => {});
    return { child, output: () => Buffer.concat(heard), length: () => bytes };
  }

  it.skipIf(!hasSocat)("socat on tcp", async () => {
    const { number } = await givenEcho("raw");
    const { child, output, length } = start("socat", "-", `TCP:127.0.0.1:${number}`);
    child.stdin.write(MEGABYTE);
    await until(() => length() >= MEGABYTE.length, "the megabyte back");
    expect(output().equals(MEGABYTE)).toBe(true);
  });

  it.skipIf(!hasTelnet)("telnet", async () => {
    const { number } = await givenEcho("telnet");
    const { child, output, length } = start("telnet", "-E", "-8", "127.0.0.1", number);
    await until(() => output().includes("Connected to"), "the connection");
    // Its own words come first, then BINARY has to be agreed on.
    child.stdin.write("?");
    await until(() => output().at(-1) === 0x3f, "an echo");
    const before = length();
    child.stdin.write(MEGABYTE);
    await until(() => length() >= before + MEGABYTE.length, `the megabyte back, so far ${length()}`);
    expect(output().subarray(before).equals(MEGABYTE)).toBe(true);
  });

  it.skipIf(!hasPySerial)("pySerial by RFC 2217, with settings, lines and a break", async () => {
    const { echo, lines, number } = await givenEcho("rfc2217");
    echo.setLine({ kind: "modem", lines: { dtr: true, rts: false } });
    const { child, output } = start(PYTHON, "-c", PYSERIAL, number);
    let errors = "";
    child.stderr.on("data", (data) => {
      errors += data;
    });
    await new Promise((resolve) => child.once("close", resolve));
    expect(output().toString().trim(), errors).toBe("same");
    expect(lines).toEqual(
      expect.arrayContaining([
        { kind: "settings", settings: { baudRate: 9600 } },
        { kind: "settings", settings: { parity: "even" } },
        { kind: "settings", settings: { dataBits: 7 } },
        { kind: "settings", settings: { baudRate: 230_400 } },
        { kind: "modem", lines: { dtr: false } },
        { kind: "break", isOn: true },
        { kind: "break", isOn: false },
      ]),
    );
  });
});
