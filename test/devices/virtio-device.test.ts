import { describe, expect, it } from "vitest";
import { emptyVirtioDevice } from "../../src/devices/virtio-device.ts";
import { VirtioMmio } from "../../src/devices/virtio-mmio.ts";
import { bench } from "./test-context.ts";
import { reg } from "./virtio-driver.ts";

describe("an empty virtio transport", () => {
  it("shows a driver that there is nothing to drive", () => {
    const { context, irqs, log } = bench();
    const device = new VirtioMmio(context, emptyVirtioDevice);
    device.reset();
    const read = (offset: number) => device.read(offset, 4) >>> 0;
    expect([read(reg.MagicValue), read(reg.DeviceID), read(reg.QueueNumMax)]).toEqual([0x74726976, 0, 0]);
    for (const select of [0, 1]) {
      device.write(reg.DeviceFeaturesSel, select, 4);
      expect(read(reg.DeviceFeatures)).toBe(0);
    }
    for (const status of [1, 3, 0xb, 0xf]) device.write(reg.Status, status, 4);
    device.write(reg.QueueNotify, 0, 4);
    expect([irqs[0].level, log.length]).toEqual([false, 1]);
  });
});
