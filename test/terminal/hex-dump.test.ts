import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { HexDump } from "../../src/terminal/hex-dump.ts";

describe("bytes in hex", () => {
  it("are lines of sixteen, as they fill, and the rest when asked for", () => {
    const dump = new HexDump();
    expect(dump.feed(Buffer.from("0123456789"))).toBe("");
    expect(dump.feed(Buffer.from("abcdef\x00~"))).toBe(
      "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\r\n",
    );
    expect(dump.flush()).toBe(`00000010  00 7e${" ".repeat(45)}|.~|\r\n`);
    expect(dump.flush()).toBe("");
  });

  it("look as hexdump(1) has them", () => {
    const data = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const { stdout, status } = spawnSync("hexdump", ["-C", "-v"], { input: data, encoding: "utf8" });
    if (status !== 0) return;
    expect(new HexDump().feed(data).replaceAll("\r", "")).toBe(stdout.replace(/^00000100\n/m, ""));
  });
});
