import { describe, expect, it } from "vitest";
import { ConsoleBench } from "./console-bench.ts";

describe("host", () => {
  it("tells of the board with labels of 25 characters", async () => {
    expect(await new ConsoleBench().text("host info")).toBe(
      "Host Name                : versatile-pb\nBoot CPU Hardware ID     : 0x0\nTotal Online CPUs        : 1\n" +
        "Total VAPOOL             : 12 MB\nTotal RAM                : 256 MB\n",
    );
    expect(await new ConsoleBench().text("host cpu info")).toContain("\nCPU0 Estimated Speed     : 100.000 MHz\n\n");
  });

  it("shows frames as they are in use, before and after a reservation", async () => {
    const bench = new ConsoleBench();
    const free = bench.hv.ram.freeFrames;
    await bench.text("host ram reserve 0f000000 3000");
    const hex = (free - 3).toString(16).padStart(8, "0");
    expect(await bench.text("host ram info")).toContain(`Total Free Frames   : ${free - 3} (0x${hex})\n`);
    expect(await bench.text("host ram bitmap 16")).toContain("0x0F000000: 1110000000000000\n");
    const { code, text } = await bench.run("host ram reserve 0x0f000000 1000");
    expect(code).toBe(-1);
    expect(text).toContain("[ram-reserved]");
  });

  it("shows the virtual pool with its bins and house-keeping", async () => {
    const text = await new ConsoleBench().text("host vapool state");
    expect(text).toMatch(/^VAPOOL State\n {2}\[BLOCK {4}4K\]: /);
    expect(text).toMatch(/ {2}Buddy Areas: \d+ free out of 1536\n$/);
    expect(await new ConsoleBench().text("host vapool bitmap 64")).toContain("0xFF400000: 1111");
  });

  it("counts interrupts of the console's UART", async () => {
    const bench = new ConsoleBench();
    bench.hv.host.irqNamed("uart0")?.raise();
    expect(await bench.text("host irq stats")).toContain(" 12    uart0                VIC           1\n");
  });

  it("reports the CPU's share of time that was not idle", async () => {
    const bench = new ConsoleBench();
    const [vcpu] = bench.hv.guests[0].vcpus;
    vcpu.kick();
    vcpu.dispatch();
    bench.board.nowNs = 5e8;
    vcpu.waitForInterrupt();
    bench.board.nowNs = 1e9;
    expect(await bench.data("host cpu stats")).toMatchObject([{ cpu: "0", util: "50.0" }]);
  });

  it("lists resources by address, buses and classes", async () => {
    const bench = new ConsoleBench();
    expect(await bench.text("host resources")).toContain(
      "   [0x00000000101F1000-0x00000000101F1FFF] (0x80000200) PL011 UART\n",
    );
    expect(await bench.data("host class_device_list char")).toEqual([
      { num: 0, deviceName: "uart0", parentName: "---" },
    ]);
    expect((await bench.run("host bus_device_list i2c")).text).toContain("Failed to find i2c bus\n");
  });

  it("refuses a bitmap without columns", async () => {
    expect((await new ConsoleBench().run("host ram bitmap 0")).code).toBe(-5);
  });
});
