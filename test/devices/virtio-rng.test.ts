import { describe, expect, it } from "vitest";
import { VirtioMmio } from "../../src/devices/virtio-mmio.ts";
import { VirtioRng } from "../../src/devices/virtio-rng.ts";
import { bench } from "./test-context.ts";
import { NEEDS_RESET, reg, VirtioDriver, WRITE } from "./virtio-driver.ts";

function givenRng() {
  const around = bench();
  const device = new VirtioMmio(around.context, new VirtioRng(around.context));
  device.reset();
  return { ...around, driver: new VirtioDriver(device, around.memory).start() };
}

describe("virtio-rng", () => {
  it("fills the driver's buffer from the entropy back end", () => {
    const { driver, memory } = givenRng();
    const expected = new Uint8Array(64);
    bench().context.entropy.fill(expected);
    driver.post([{ address: 0x5000, sizeBytes: 64, flags: WRITE }]);
    driver.notify();
    expect(driver.read(reg.DeviceID)).toBe(4);
    expect(driver.used(0)).toEqual({ id: 0, sizeBytes: 64 });
    expect(memory.data.slice(0x5000, 0x5040)).toEqual(expected);
    expect(memory.data[0x5040]).toBe(0);
  });

  it("fills at most a page of a large buffer and says how much it was", () => {
    const { driver } = givenRng();
    driver.post([{ address: 0x5000, sizeBytes: 0x8000, flags: WRITE }]);
    driver.notify();
    expect(driver.used(0).sizeBytes).toBe(4096);
  });

  it("needs a reset after a request without room for a byte", () => {
    const { driver } = givenRng();
    driver.post([{ address: 0x5000, sizeBytes: 64 }]);
    driver.notify();
    expect(driver.read(reg.Status) & NEEDS_RESET).toBe(NEEDS_RESET);
    expect(driver.usedIndex).toBe(0);
  });
});
