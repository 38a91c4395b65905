import { describe, expect, it } from "vitest";
import { isLineEvent } from "../../src/serial/ws-link.ts";

describe("an event of the line that a client sends as JSON", () => {
  it.each([
    [{ kind: "break", isOn: true }],
    [{ kind: "modem", lines: {} }],
    [{ kind: "modem", lines: { dtr: false, rts: true } }],
    [{ kind: "settings", settings: { baudRate: 9600, dataBits: 7, parity: "even", stopBits: 2 } }],
  ])("is taken: %j", (event) => {
    expect(isLineEvent(event)).toBe(true);
  });

  it.each([
    [null],
    ["break"],
    [{ kind: "break" }],
    [{ kind: "break", isOn: 1 }],
    [{ kind: "modem" }],
    [{ kind: "modem", lines: { dtr: "yes" } }],
    [{ kind: "settings", settings: { baudRate: 0 } }],
    [{ kind: "settings", settings: { baudRate: Number.NaN } }],
    [{ kind: "settings", settings: { baudRate: 1e300 } }],
    [{ kind: "settings", settings: { dataBits: 9 } }],
    [{ kind: "settings", settings: { parity: "__proto__" } }],
    [{ kind: "settings", settings: { stopBits: 1.5 } }],
    [{ kind: "reset" }],
  ])("is refused: %j", (event) => {
    expect(isLineEvent(event)).toBe(false);
  });
});
