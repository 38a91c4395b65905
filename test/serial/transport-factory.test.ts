import { describe, expect, it } from "vitest";
import { silentLogger } from "../../src/base/index.ts";
import { parseSerialSpec } from "../../src/serial/serial-spec.ts";
import { createTransport } from "../../src/serial/transport-factory.ts";

describe("the transport of a spec", () => {
  it.each([
    ["stdio", "stdio"],
    ["/dev/ttyS9,9600", "/dev/ttyS9 at 9600 baud"],
    ["tcp:localhost:4001", "tcp:localhost:4001"],
    ["unix:/run/console", "unix:/run/console"],
  ])("of %s says what it is and is not started", (spec, description) => {
    const transport = createTransport(parseSerialSpec(spec), silentLogger());
    expect(transport.description).toBe(description);
    expect(transport.isConnected).toBe(false);
  });
});
