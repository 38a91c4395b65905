import { describe, expect, it } from "vitest";
import { ConsoleBench } from "./console-bench.ts";

const rule = `${"-".repeat(79)}\n`;

describe("guest", () => {
  it("lists guests in Xvisor's table", async () => {
    const text = await new ConsoleBench().text("guest list");
    expect(text).toBe(
      `${rule} ID     Name              Endianness    Device Path\n${rule} 0      guest0            little        /guests/guest0\n${rule}`,
    );
  });

  it("walks through the states with Xvisor's words", async () => {
    const bench = new ConsoleBench();
    const line = "guest kick guest0; guest pause guest0; guest resume guest0; guest halt guest0; guest reset guest0";
    expect(await bench.text(line)).toBe(
      "guest0: Kicked\nguest0: Paused\nguest0: Resumed\nguest0: Halted\nguest0: Reset\n",
    );
    expect(bench.board.asked.filter((asked) => asked === "reset")).toHaveLength(1);
  });

  it("refuses to kick a halted guest and says from which state", async () => {
    const bench = new ConsoleBench();
    await bench.text("guest kick guest0; guest halt guest0");
    expect(await bench.run("guest kick guest0")).toEqual({
      code: -5,
      text: "vcpu=guest0/vcpu0 current_state=0x20 to new_state=0x4 failed (error -5)\nguest0: Failed to kick\nError: command guest failed (code -5)\n",
    });
  });

  it("destroys and creates again, and refuses a second one and an unknown one", async () => {
    const bench = new ConsoleBench();
    const free = bench.hv.ram.freeFrames;
    expect((await bench.run("guest create guest0")).code).toBe(-10);
    expect((await bench.run("guest create guest0")).text).toContain("Duplicate Guest guest0 detected\n");
    expect(await bench.text("guest destroy guest0")).toBe("guest0: Destroyed\n");
    expect(bench.hv.ram.freeFrames).toBe(free + (128 << 20) / 4096);
    expect((await bench.run("guest kick guest0")).text).toContain("Failed to find guest\n");
    expect(await bench.text("guest create guest0")).toBe("guest0: Created\n");
    expect((await bench.run("guest create guest7")).text).toContain(
      "Error: failed to find guest7 node under /guests\n",
    );
    expect(bench.board.asked.filter((asked) => asked !== "states changed")).toEqual(["destroy", "create guest0"]);
  });

  it("says how much RAM was asked and is free when a guest does not fit", async () => {
    const bench = new ConsoleBench();
    await bench.text("guest destroy guest0; host ram reserve 0x8000000 0x8000000");
    const { code, text } = await bench.run("guest create guest0");
    expect(code).toBe(-7);
    expect(text).toMatch(/expected a free run of \d+ bytes aligned to 2\^21 .*\[ram-exhausted\]\n/);
    expect(text).toContain("guest0: Failed to create\n");
  });

  it("describes a region with its flags and mappings", async () => {
    const text = await new ConsoleBench().text("guest region guest0 0x34001234");
    const lines = text.split("\n");
    expect(lines.slice(0, 9)).toEqual([
      "Region node name             : nor_flash0",
      "Region guest physical address: 0x34000000",
      "Region alias physical address: 0x34000000",
      "Region physical size         : 32 MB",
      "Region flags                 : 0x00001289",
      "Region align order           : 21",
      "Region map order             : 21",
      "Region maps count            : 16",
      "Region mappings              :",
    ]);
    expect(lines[9]).toBe("\t0x34000000 => 0x06A00000 (2 MB)");
    expect(lines.slice(25)).toEqual(["", ""]);
  });

  it("lists regions by address", async () => {
    const names = (await new ConsoleBench().data("guest region_list guest0")) as { region: string }[];
    expect(names.map(({ region }) => region)).toEqual(["mem0", "uart0", "nor_flash0"]);
  });

  it("knows where no region is", async () => {
    const { code, text } = await new ConsoleBench().run("guest region guest0 0x50000000");
    expect([code, text]).toEqual([-1, "Memory region not found\nError: command guest failed (code -1)\n"]);
  });

  it("dumps guest memory in words, rounded up to 16 bytes", async () => {
    const bench = new ConsoleBench();
    bench.board.writeGuest(0x8000, Uint8Array.of(0x08, 0, 0x4f, 0xe2, 0, 0x80, 0xa0, 0xe3));
    expect(await bench.text("guest dumpmem guest0 0x8000 4")).toBe(
      "guest0 physical memory 0x00008000 - 0x00008010:\n0x00008000: e24f0008 e3a08000 00000000 00000000\n",
    );
    expect((await bench.text("guest dumpmem guest0 0x8000")).split("\n")).toHaveLength(6);
    expect((await bench.run("guest dumpmem guest0 0x50000000")).code).toBe(-1);
    expect((await bench.run("guest dumpmem guest0 0 0x7fffffff")).code).toBe(-18);
  });
});
