import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ConsoleBench } from "./console-bench.ts";

describe("memory", () => {
  it("dumps what was changed, by bytes, half words and words", async () => {
    const bench = new ConsoleBench();
    await bench.text("memory modify32 0x0A000000 0xdeadbeef 0x11223344; memory modify16 0x0A000008 0x5566");
    expect(await bench.text("memory dump8 0x0A000000 20")).toBe(
      "Host physical memory 0x0A000000 - 0x0A000014:\n" +
        "0A000000: ef be ad de 44 33 22 11 66 55 00 00 00 00 00 00\n0A000010: 00 00 00 00\n",
    );
    expect(await bench.text("memory dump16 0xa000000 2")).toContain("0A000000: beef dead\n");
    expect(await bench.text("memory dump32 0xa000000 2")).toContain("0A000000: deadbeef 11223344\n");
  });

  it("tells the machine which bytes changed", async () => {
    const bench = new ConsoleBench();
    await bench.text("memory modify8 0xa00000 1 2 3; memory copy 0xa01000 0xa00000 3");
    expect(bench.board.asked).toEqual(["host written a00000+3", "host written a01000+3"]);
  });

  it("copies overlapping ranges", async () => {
    const bench = new ConsoleBench();
    await bench.text("memory modify8 0xa00000 1 2 3 4");
    expect(await bench.text("memory copy 0xa00001 0xa00000 16")).toBe("Copied 16 (0x10) bytes.\n");
    expect(await bench.text("memory dump8 0xa00000 6")).toContain("00A00000: 01 01 02 03 04 00\n");
  });

  it("computes digests with all their zeros", async () => {
    const bench = new ConsoleBench();
    const zeros = new Uint8Array(256);
    expect(await bench.text("memory crc32 0x0A000000 0x100")).toBe("CRC32 for 0x0A000000 - 0x0A000100:\n0d968558\n");
    expect(await bench.data("memory sha256 0x0A000000 0x100")).toBe(createHash("sha256").update(zeros).digest("hex"));
    expect(await bench.data("memory md5 0x0A000000 0x100")).toBe(createHash("md5").update(zeros).digest("hex"));
  });

  it.each([
    ["memory dump8 0x10000000 1", -18],
    ["memory dump8 0x0fffffff 2", -18],
    ["memory dump32 0xa000002 1", -5],
    ["memory dump8 0 0x10000000", -18],
    ["memory modify8 0xa000000 0x100", -18],
    ["memory modify16 0xa000001 1", -5],
    ["memory modify32 0x0fffffff 1", -5],
    ["memory modify32 0x10000000 1", -18],
    ["memory copy 0x0ffffff0 0 0x20", -18],
    ["memory crc32 0x20000000 1", -18],
    ["memory dump8 zero 1", -1],
  ])("%s fails with %i and changes nothing", async (line, code) => {
    const bench = new ConsoleBench();
    expect((await bench.run(line)).code).toBe(code);
    expect(bench.board.asked).toEqual([]);
  });
});
