import { describe, expect, it } from "vitest";
import { addressText, isRemote, parseSerialSpec } from "../../src/serial/serial-spec.ts";

describe("the --serial argument", () => {
  it.each([
    ["stdio", { kind: "stdio" }],
    ["-", { kind: "stdio" }],
    ["/dev/ttyS0", { kind: "tty", path: "/dev/ttyS0", baudRate: 115_200 }],
    ["/dev/serial/by-id/usb-a:b,9600", { kind: "tty", path: "/dev/serial/by-id/usb-a:b", baudRate: 9_600 }],
    ["pty", { kind: "pty", link: undefined }],
    ["pty:/tmp/board", { kind: "pty", link: "/tmp/board" }],
    ["tcp:4001", { kind: "listen", protocol: "raw", address: { host: "127.0.0.1", port: 4001 } }],
    ["tcp:0", { kind: "listen", protocol: "raw", address: { host: "127.0.0.1", port: 0 } }],
    ["telnet:[::1]:4001", { kind: "listen", protocol: "telnet", address: { host: "::1", port: 4001 } }],
    ["rfc2217:0.0.0.0:4001", { kind: "listen", protocol: "rfc2217", address: { host: "0.0.0.0", port: 4001 } }],
    ["ws:8080", { kind: "listen", protocol: "ws", address: { host: "127.0.0.1", port: 8080 } }],
    ["unix:/run/console", { kind: "listen", protocol: "raw", address: { path: "/run/console" } }],
    ["tcp-connect:desk:4001", { kind: "connect", protocol: "raw", address: { host: "desk", port: 4001 } }],
    ["unix-connect:/run/console", { kind: "connect", protocol: "raw", address: { path: "/run/console" } }],
  ])("reads %s", (text, spec) => {
    expect(parseSerialSpec(text)).toEqual(spec);
  });

  it.each([
    ["", "found nothing"],
    ["COM1", "no such kind of port"],
    ["ttyUSB0,9600", "/dev/ttyUSB0"],
    ["/dev/ttyS0,fast", 'found "fast"'],
    ["/dev/ttyS0,0", "a baud rate of 1 to"],
    ["/dev/ttyS0,9600,8n1", "at most one comma"],
    ["tcp:localhost", 'found "localhost"'],
    ["tcp:localhost:70000", "a port of 0 to 65535"],
    ["tcp::4000", "expected tcp:PORT or tcp:HOST:PORT"],
    ["tcp-connect:4000", "expected tcp-connect:HOST:PORT"],
    ["tcp-connect:desk:0", "a port of 1 to 65535"],
    ["pty:", "found no link"],
    ["wss:4000", "expected ws"],
    ["constructor:1", "no such kind of port"],
    ["unix:", "found no path"],
  ])("refuses %j and says why", (text, why) => {
    expect(() => parseSerialSpec(text)).toThrow(expect.objectContaining({ code: "serial-spec-invalid" }));
    expect(() => parseSerialSpec(text)).toThrow(why);
  });

  it.each([
    ["tcp:desk:4001", "raw"],
    ["telnet:desk:4001", "telnet"],
    ["rfc2217:desk:4001", "rfc2217"],
    ["ws:desk:4001", "ws"],
  ])("means with %s a port to connect to, for a terminal", (text, protocol) => {
    const address = { host: "desk", port: 4001 };
    expect(parseSerialSpec(text, "connect")).toEqual({ kind: "connect", protocol, address });
  });

  it.each(["tcp:4001", "pty"])("refuses %s for a terminal", (text) => {
    expect(() => parseSerialSpec(text, "connect")).toThrow(expect.objectContaining({ code: "serial-spec-invalid" }));
  });

  it("writes an address as it is read", () => {
    for (const text of ["tcp:127.0.0.1:1", "telnet:[::1]:2", "ws:desk:3", "unix:/run/x"]) {
      const spec = parseSerialSpec(text);
      if (spec.kind !== "listen") throw new Error(text);
      expect(addressText(spec.protocol, spec.address)).toBe(text);
    }
  });
});

describe("a terminal's whereabouts", () => {
  it.each([
    ["stdio", false],
    ["/dev/ttyUSB0", false],
    ["unix:/run/console", false],
    ["tcp:localhost:4001", false],
    ["tcp:127.0.0.1:4001", false],
    ["tcp:[::1]:4001", false],
    ["tcp:192.0.2.7:4001", true],
    ["tcp:[2001:db8::1]:4001", true],
    ["tcp:localhost.example.org:4001", true],
    ["tcp:127.example.org:4001", true],
    ["tcp:4001", false],
    ["tcp:0.0.0.0:4001", true],
    ["ws:[::]:4001", true],
    ["tcp-connect:192.0.2.7:4001", true],
  ])("%s: another machine: %s", (text, expected) => {
    expect(isRemote(parseSerialSpec(text))).toBe(expected);
  });
});
