import { describe, expect, it } from "vitest";
import { ConsoleBench } from "./console-bench.ts";

describe("stdio and chardev", () => {
  it("shows and changes the message level", async () => {
    const bench = new ConsoleBench();
    expect(await bench.text("stdio loglevel")).toBe("Current Log Level : 6\n");
    await bench.text("stdio change_loglevel 3");
    expect(bench.hv.stdio.logLevel).toBe(3);
    expect((await bench.run("stdio change_loglevel 7")).code).toBe(-18);
  });

  it("knows its one console device", async () => {
    const bench = new ConsoleBench();
    expect(await bench.text("stdio device; stdio change_device uart0")).toBe(
      "Current Device : uart0\nNew I/O Device: uart0\n",
    );
    expect((await bench.run("stdio change_device x")).text).toContain("Device x not found\n");
    expect(await bench.data("chardev list")).toEqual([{ name: "uart0", devicePath: "/motherboard/amba/uart0" }]);
  });
});
