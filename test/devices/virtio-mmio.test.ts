import { describe, expect, it } from "vitest";
import { emptyVirtioDevice } from "../../src/devices/virtio-device.ts";
import { VirtioMmio } from "../../src/devices/virtio-mmio.ts";
import { VirtioRng } from "../../src/devices/virtio-rng.ts";
import { bench, copyState } from "./test-context.ts";
import { NEEDS_RESET, NEXT, reg, VirtioDriver, WRITE } from "./virtio-driver.ts";

function givenTransport(queueSize = 8) {
  const around = bench();
  const device = new VirtioMmio(around.context, new VirtioRng(around.context));
  device.reset();
  return { ...around, device, driver: new VirtioDriver(device, around.memory, queueSize) };
}

describe("virtio-mmio transport", () => {
  it("identifies itself as a version 2 virtio device", () => {
    const { driver } = givenTransport();
    expect(driver.read(reg.MagicValue)).toBe(0x74726976);
    expect(driver.read(reg.Version)).toBe(2);
  });

  it("is a placeholder with device ID 0 when nothing is behind it", () => {
    const { context } = bench();
    const device = new VirtioMmio(context, emptyVirtioDevice);
    device.reset();
    expect(device.read(reg.MagicValue, 4)).toBe(0x74726976);
    expect(device.read(reg.DeviceID, 4)).toBe(0);
    expect(device.read(reg.QueueNumMax, 4)).toBe(0);
  });

  it("offers VERSION_1 in the upper feature word and nothing beyond it", () => {
    const { driver } = givenTransport();
    expect(driver.features()[1]).toBe(1);
    driver.write(reg.DeviceFeaturesSel, 2);
    expect(driver.read(reg.DeviceFeatures)).toBe(0);
  });

  it("has queues of up to 256 entries and none behind the last", () => {
    const { driver } = givenTransport();
    driver.write(reg.QueueSel, 0);
    expect(driver.read(reg.QueueNumMax)).toBe(256);
    driver.write(reg.QueueSel, 1);
    expect(driver.read(reg.QueueNumMax)).toBe(0);
    driver.write(reg.QueueSel, 0xffffffff);
    expect(driver.read(reg.QueueNumMax)).toBe(0);
  });

  it("takes FEATURES_OK back when the driver did not accept VERSION_1", () => {
    const { driver } = givenTransport();
    driver.write(reg.Status, 3);
    driver.write(reg.Status, 0xb);
    expect(driver.read(reg.Status)).toBe(3);
  });

  it("takes FEATURES_OK back when the driver accepted what was not offered", () => {
    const { driver } = givenTransport();
    for (const [select, value] of [1 << 28, 1].entries()) {
      driver.write(reg.DriverFeaturesSel, select);
      driver.write(reg.DriverFeatures, value);
    }
    driver.write(reg.Status, 0xb);
    expect(driver.read(reg.Status)).toBe(3);
  });

  it("forgets everything when the driver writes status zero", () => {
    const { driver, irqs } = givenTransport();
    driver.start();
    driver.post([{ address: 0x5000, sizeBytes: 16, flags: WRITE }]);
    driver.notify();
    expect(irqs[0].level).toBe(true);
    driver.write(reg.Status, 0);
    expect([driver.read(reg.Status), driver.read(reg.QueueReady), driver.read(reg.InterruptStatus)]).toEqual([0, 0, 0]);
    expect(irqs[0].level).toBe(false);
  });

  it("does nothing before DRIVER_OK and nothing for a queue that does not exist", () => {
    const { driver, log } = givenTransport();
    driver.start();
    driver.write(reg.Status, 0x0b);
    driver.post([{ address: 0x5000, sizeBytes: 16, flags: WRITE }]);
    driver.notify();
    driver.write(reg.QueueNotify, 99);
    expect(driver.usedIndex).toBe(0);
    expect(log.length).toBe(1);
  });

  it("carries ring indices across 2^16", () => {
    const { driver } = givenTransport(4);
    driver.start();
    for (let i = 0; i < 65540; i++) {
      driver.post([{ address: 0x5000, sizeBytes: 4, flags: WRITE }]);
      driver.notify();
    }
    expect(driver.usedIndex).toBe(4);
    expect(driver.read(reg.Status)).toBe(0x0f);
  });

  it("keeps the settings of a ready queue", () => {
    const { driver } = givenTransport();
    driver.start();
    driver.write(reg.QueueDeviceLow, 0x5550);
    driver.write(reg.QueueNum, 3);
    driver.post([{ address: 0x5000, sizeBytes: 16, flags: WRITE }]);
    driver.notify();
    expect(driver.usedIndex).toBe(1);
  });

  it("runs on after a restore into a new device as the old one does", () => {
    const { driver, context, device, memory } = givenTransport();
    driver.start();
    driver.post([{ address: 0x5000, sizeBytes: 16, flags: WRITE }]);
    driver.notify();
    const state = copyState(device.save());
    const restored = new VirtioMmio(context, new VirtioRng(context));
    restored.restore(state);
    driver.device = restored;
    expect(restored.save()).toEqual(state);
    driver.post([{ address: 0x6000, sizeBytes: 16, flags: WRITE }]);
    driver.notify();
    expect(driver.usedIndex).toBe(2);
    expect(memory.data.slice(0x6000, 0x6010).some((byte) => byte !== 0)).toBe(true);
  });

  it("refuses a state that is not its own", () => {
    const { device } = givenTransport();
    const wrong = expect.objectContaining({ code: "state-invalid" });
    expect(() => device.restore({})).toThrow(wrong);
    expect(() => device.restore({ ...device.save(), status: -1 })).toThrow(wrong);
    const { queues, ...rest } = device.save() as { queues: { queue0: { [key: string]: number | boolean } } };
    const broken = { ...rest, queues: { queue0: { ...queues.queue0, ready: true, size: 5 } } };
    expect(() => device.restore(broken)).toThrow(wrong);
  });
});

describe("a hostile virtio driver", () => {
  type Attack = (driver: VirtioDriver) => void;
  const buffer = { address: 0x5000, sizeBytes: 16, flags: WRITE };
  const attacks: Record<string, Attack> = {
    "an available index further than the queue is long": (d) => d.view.setUint16(d.availAddress + 2, 9, true),
    "a head index outside the table": (d) => d.offer(8),
    "a next index outside the table": (d) => {
      d.setDescriptor(0, { ...buffer, flags: WRITE | NEXT, next: 0xffff });
      d.offer(0);
    },
    "a chain that loops": (d) => {
      d.setDescriptor(0, { ...buffer, flags: WRITE | NEXT, next: 1 });
      d.setDescriptor(1, { ...buffer, flags: WRITE | NEXT, next: 0 });
      d.offer(0);
    },
    "an indirect descriptor, which was not offered": (d) => {
      d.setDescriptor(0, { ...buffer, flags: 4, next: 0 });
      d.offer(0);
    },
    "a readable buffer behind a writable one": (d) => d.post([buffer, { address: 0x5000, sizeBytes: 16 }]),
    "a buffer outside RAM": (d) => d.post([{ ...buffer, address: 0x8000_0000 }]),
    "a buffer above 4 GiB": (d) => d.post([{ ...buffer, address: 0x1_0000_5000 }]),
    "a buffer that wraps around the address space": (d) =>
      d.post([{ ...buffer, address: 0xffff_fff0, sizeBytes: 0x5100 }]),
    "a buffer of 4 GiB less a byte": (d) => d.post([{ ...buffer, address: 0, sizeBytes: 0xffff_ffff }]),
    "one descriptor offered again and again in a batch of long chains": (d) => {
      for (let i = 0; i < 7; i++) d.setDescriptor(i, { ...buffer, flags: WRITE | NEXT, next: i + 1 });
      d.setDescriptor(7, { ...buffer, next: 0 });
      for (let i = 0; i < 8; i++) d.offer(0);
    },
  };

  for (const [what, attack] of Object.entries(attacks)) {
    it(`needs a reset after ${what}, says so once, and works again after it`, () => {
      const { driver, irqs, log } = givenTransport();
      driver.start();
      attack(driver);
      driver.notify();
      expect(driver.read(reg.Status)).toBe(0x0f | NEEDS_RESET);
      expect(driver.read(reg.InterruptStatus) & 2).toBe(2);
      expect(irqs[0].level).toBe(true);
      const usedBefore = driver.usedIndex;
      for (let i = 0; i < 3; i++) driver.notify();
      expect(driver.usedIndex).toBe(usedBefore);
      expect(log.filter((record) => record.message.includes("needs a reset")).length).toBe(1);

      driver.memory.data.fill(0);
      driver.availIndex = 0;
      driver.start();
      driver.post([buffer]);
      driver.notify();
      expect(driver.usedIndex).toBe(1);
      expect(driver.read(reg.Status)).toBe(0x0f);
    });
  }

  const settings: Record<string, Attack> = {
    "a queue size of zero": (d) => d.write(reg.QueueNum, 0),
    "a queue size that is no power of two": (d) => d.write(reg.QueueNum, 6),
    "a queue size above the maximum": (d) => d.write(reg.QueueNum, 512),
    "a descriptor table above 4 GiB": (d) => d.write(reg.QueueDescHigh, 1),
    "a ring that wraps around the address space": (d) => d.write(reg.QueueDriverLow, 0xffff_fffe),
    "a ring that is not aligned": (d) => d.write(reg.QueueDriverLow, 0x2001),
  };

  for (const [what, attack] of Object.entries(settings)) {
    it(`refuses ${what}`, () => {
      const { driver } = givenTransport();
      driver.start();
      driver.write(reg.QueueReady, 0);
      attack(driver);
      driver.write(reg.QueueReady, 1);
      expect(driver.read(reg.QueueReady)).toBe(0);
      expect(driver.read(reg.Status) & NEEDS_RESET).toBe(NEEDS_RESET);
    });
  }

  it("gets no wild access from rings that lie outside RAM", () => {
    const { driver } = givenTransport();
    driver.start();
    driver.write(reg.QueueReady, 0);
    driver.write(reg.QueueDriverLow, 0x8000_0000);
    driver.write(reg.QueueReady, 1);
    driver.notify();
    expect(driver.read(reg.Status) & NEEDS_RESET).toBe(NEEDS_RESET);
  });
});
