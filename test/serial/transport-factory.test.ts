import { describe, expect, it } from "vitest";
import { silentLogger } from "../../src/base/index.ts";
import { parseSerialSpec } from "../../src/serial/serial-spec.ts";
import { createTransport } from "../../src/serial/transport-factory.ts";

describe("the transport of a spec", () => {
  it.each([
    ["stdio", "stdio"],
    ["/dev/ttyS9,9600", "/dev/ttyS9 at 9600 baud"],
    ["pty:/tmp/board", "/tmp/board (a pseudo-terminal)"],
    ["tcp:4001", "tcp:127.0.0.1:4001"],
    ["ws:4001", "ws:127.0.0.1:4001"],
    ["tcp-connect:localhost:4001", "tcp:localhost:4001"],
    ["ws-connect:localhost:4001", "ws:localhost:4001"],
    ["unix-connect:/run/console", "unix:/run/console"],
  ])("of %s says what it is and is not started", (spec, description) => {
    const transport = createTransport(parseSerialSpec(spec), { log: silentLogger() });
    expect(transport.description).toBe(description);
    expect(transport.isConnected).toBe(false);
  });
});
