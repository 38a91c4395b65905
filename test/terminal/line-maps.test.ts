import { describe, expect, it } from "vitest";
import { parseLineMaps } from "../../src/terminal/line-maps.ts";

const text = (data: Uint8Array): string => Buffer.from(data).toString("latin1");
const bytes = (words: string): Uint8Array => Buffer.from(words, "latin1");

describe("maps of line ends and keys", () => {
  it.each([
    ["INLCRNL", "a\nb\r", "a\r\nb\r"],
    ["ICRNL", "a\r", "a\n"],
    ["IGNCR", "a\r\n", "a\n"],
    ["INLCR", "a\n", "a\r"],
    ["IFFESCC", "\f", "\x1bc"],
  ])("%s changes what arrives", (name, from, to) => {
    const maps = parseLineMaps(name);
    expect([text(maps.incoming(bytes(from))), text(maps.outgoing(bytes(from)))]).toEqual([to, from]);
  });

  it.each([
    ["ODELBS", "\x7f", "\b"],
    ["OBSDEL", "\b", "\x7f"],
    ["OCRNL", "\r", "\n"],
    ["ONLCRNL", "\n", "\r\n"],
  ])("%s changes what is typed", (name, from, to) => {
    const maps = parseLineMaps(name);
    expect([text(maps.outgoing(bytes(from))), text(maps.incoming(bytes(from)))]).toEqual([to, from]);
  });

  it("work together, and an unknown name is told with the known ones", () => {
    const maps = parseLineMaps("INLCRNL,ODELBS,OCRNL");
    expect([text(maps.incoming(bytes("\n"))), text(maps.outgoing(bytes("\x7f\r")))]).toEqual(["\r\n", "\b\n"]);
    for (const name of ["ICRLF", "constructor"]) {
      expect(() => parseLineMaps(name)).toThrow(expect.objectContaining({ code: "map-unknown" }));
    }
  });
});
