import { describe, expect, it } from "vitest";
import { isRemote, parseSerialSpec } from "../../src/serial/serial-spec.ts";

describe("the --serial argument", () => {
  it.each([
    ["stdio", { kind: "stdio" }],
    ["-", { kind: "stdio" }],
    ["/dev/ttyS0", { kind: "tty", path: "/dev/ttyS0", baudRate: 115_200 }],
    ["/dev/serial/by-id/usb-a:b,9600", { kind: "tty", path: "/dev/serial/by-id/usb-a:b", baudRate: 9_600 }],
    ["tcp:localhost:4001", { kind: "tcp", host: "localhost", port: 4001 }],
    ["tcp:[::1]:4001", { kind: "tcp", host: "::1", port: 4001 }],
    ["unix:/run/console", { kind: "unix", path: "/run/console" }],
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
    ["tcp:localhost", "expected tcp:HOST:PORT"],
    ["tcp:localhost:70000", "a port of 1 to 65535"],
    ["unix:", "found no path"],
  ])("refuses %j and says why", (text, why) => {
    expect(() => parseSerialSpec(text)).toThrow(expect.objectContaining({ code: "serial-spec-invalid" }));
    expect(() => parseSerialSpec(text)).toThrow(why);
  });

  it.each(["pty", "pty:link=/run/x", "telnet:4000", "rfc2217://h:1", "ws:x"])(
    "says that %s is not there yet",
    (text) => {
      expect(() => parseSerialSpec(text)).toThrow(expect.objectContaining({ code: "serial-spec-unsupported" }));
    },
  );
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
  ])("%s: another machine: %s", (text, expected) => {
    expect(isRemote(parseSerialSpec(text))).toBe(expected);
  });
});
