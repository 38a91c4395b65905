import { describe, expect, it } from "vitest";
import { Host, lastPart } from "../../src/vm/host.ts";
import { benchFacts } from "./hypervisor-bench.ts";

describe("the host board", () => {
  it("has an interrupt for each device that raises one, by line", () => {
    const { irqs } = new Host(benchFacts);
    expect(irqs.map(({ line, name, chip }) => [line, name, chip])).toEqual([
      [10, "rtc0", "VIC"],
      [12, "uart0", "VIC"],
    ]);
  });

  it("groups its devices by bus and by class", () => {
    const host = new Host(benchFacts);
    expect(host.buses).toEqual([{ name: "platform", devices: ["uart0", "rtc0"] }]);
    expect(host.classes).toEqual([
      { name: "char", devices: ["uart0"] },
      { name: "rtc", devices: ["rtc0"] },
    ]);
    expect(lastPart("/motherboard/amba/uart0")).toBe("uart0");
  });

  it("goes on counting interrupts after a restore", () => {
    const host = new Host(benchFacts);
    host.irqNamed("uart0")?.raise();
    host.irqNamed("uart0")?.raise();
    const copy = new Host(benchFacts);
    copy.restore(structuredClone(host.save()));
    copy.irqNamed("uart0")?.raise();
    expect([copy.irqNamed("uart0")?.count, copy.irqNamed("rtc0")?.count, copy.irqNamed("none")]).toEqual([
      3,
      0,
      undefined,
    ]);
  });

  it("allocates virtual pages behind the hypervisor's image", () => {
    const { virtualPool } = new Host(benchFacts);
    const { baseAddress, reservedBytes } = benchFacts.layout.virtualPool;
    const first = virtualPool.allocate(0x1000);
    expect(first).toBeGreaterThanOrEqual(baseAddress + reservedBytes);
    expect(virtualPool.allocate(0x1000)).not.toBe(first);
    expect(virtualPool.recordCount).toBe(1536);
  });
});
