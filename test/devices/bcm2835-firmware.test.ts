import { describe, expect, it } from "vitest";
import { Bcm2835Firmware } from "../../src/devices/bcm2835-firmware.ts";
import { StateReader } from "../../src/devices/state-reader.ts";
import { bench } from "./test-context.ts";

const ARM = 3;
const CORE = 4;

function given(options: Record<string, unknown> = {}) {
  const board = bench({ options });
  const firmware = new Bcm2835Firmware(board.context);
  firmware.reset();
  return { ...board, firmware };
}

describe("Bcm2835Firmware", () => {
  it("is by default that of a Raspberry Pi 1 B+ with 64 MiB for the VideoCore", () => {
    const { firmware } = given();
    expect(firmware.boardRevision).toBe(0x900032);
    expect([firmware.armMemoryBytes, firmware.vcMemoryBytes]).toEqual([0x1c000000, 0x4000000]);
    expect(new Date(firmware.firmwareRevision * 1000).getUTCFullYear()).toBe(2024);
    expect([firmware.clocks[ARM]?.rateHz, firmware.clocks[CORE]?.rateHz]).toEqual([700_000_000, 250_000_000]);
  });

  it("derives the MAC address from the serial number, as the boards do, unless the profile gives one", () => {
    expect(given({ serialNumber: 0x12abcdef }).firmware.macAddress).toEqual([0xb8, 0x27, 0xeb, 0xab, 0xcd, 0xef]);
    expect(given({ macAddress: "02:00:00:00:0a:Ff" }).firmware.macAddress).toEqual([2, 0, 0, 0, 10, 255]);
  });

  it.each([
    { macAddress: "b8:27:eb:00:00" },
    { macAddress: 5 },
    { commandLine: 5 },
    { armMemoryMiB: 0 },
    { armHz: 1_000_000_000, armMinHz: 1_000_000_001 },
  ])("refuses the option %j with a stable code", (options) => {
    expect(() => given(options)).toThrowError(expect.objectContaining({ code: "device-option-invalid" }));
  });

  it("keeps a clock within its limits", () => {
    const { firmware } = given({ armHz: 1_000_000_000 });
    const arm = firmware.clocks[ARM];
    expect(arm).toBeDefined();
    if (arm === undefined) return;
    expect([5, 800_000_000, 4_000_000_000].map((rate) => firmware.setClockRate(arm, rate))).toEqual([
      700_000_000, 800_000_000, 1_000_000_000,
    ]);
    firmware.reset();
    expect(firmware.clocks[ARM]?.rateHz).toBe(1_000_000_000);
  });

  it("counts microseconds of virtual time", () => {
    const { firmware, clock } = given();
    clock.advance(1_234_999);
    expect(firmware.microseconds).toBe(1234);
  });

  it("goes on after a restore", () => {
    const { firmware } = given({ armHz: 1_000_000_000 });
    const arm = firmware.clocks[ARM];
    if (arm !== undefined) firmware.setClockRate(arm, 900_000_000);
    firmware.powerDevices = 0b1011;
    firmware.powerDomains = 1 << 22;
    firmware.expanderLevels = 0x81;
    firmware.framebuffer.set({ depthBits: 16 });
    const state = structuredClone(firmware.save());
    const copy = given({ armHz: 1_000_000_000 }).firmware;
    copy.restore(new StateReader(state, "firmware"));
    expect(copy.save()).toEqual(state);
    expect([copy.clocks[ARM]?.rateHz, copy.framebuffer.geometry.depthBits]).toEqual([900_000_000, 16]);
  });
});
