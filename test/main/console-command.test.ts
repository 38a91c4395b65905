import { describe, expect, it } from "vitest";
import { consoleList, consoleTerminal } from "../../src/main/console-command.ts";
import { recordedIo } from "./recorded-io.ts";

describe("komainu console", () => {
  it("refuses to talk to itself, and what it cannot read of its options", async () => {
    const code = (port: string, options = {}) =>
      consoleTerminal(recordedIo(), port, options).catch((error: { code?: string }) => error.code);
    expect(await code("stdio")).toBe("console-needs-port");
    expect(await code("pty")).toBe("serial-spec-invalid");
    expect(await code("tcp:4000")).toBe("serial-spec-invalid");
    expect(await code("tcp:localhost:1", { timestamp: "noon" })).toBe("option-invalid");
    expect(await code("tcp:localhost:1", { protocol: "kermit" })).toBe("option-invalid");
    expect(await code("tcp:localhost:1", { map: "X" })).toBe("map-unknown");
    expect(await code("tcp:localhost:1", { escape: "x" })).toBe("escape-invalid");
    expect(await code("tcp:localhost:1")).toBe("socket-unreachable");
  });

  it("lists ports, as JSON too", () => {
    const [text, json] = [recordedIo(), recordedIo()];
    expect([consoleList(text, {}), consoleList(json, { json: true })]).toEqual([0, 0]);
    const lines = json.stdout.split("\n").filter((line) => line !== "");
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ schema: "komainu.port/1" });
    expect(text.stdout === "" ? text.stderr : text.stdout).not.toBe("");
  });
});
