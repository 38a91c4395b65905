import { describe, expect, it } from "vitest";
import { EventClock, silentLogger } from "../../src/base/index.ts";
import type { IrqLine } from "../../src/device/index.ts";
import { DeviceSet } from "../../src/vm/machine-devices.ts";
import { versatile } from "./machine-bench.ts";

class Pin implements IrqLine {
  level = false;

  set(level: boolean): void {
    this.level = level;
  }
}

function given(profile = versatile()) {
  const time = { ns: 0 };
  const irq = new Pin();
  const fiq = new Pin();
  const asked: string[] = [];
  const devices = new DeviceSet(profile, {
    clock: new EventClock(() => time.ns),
    log: silentLogger(),
    memory: {
      read: () => false,
      writeMemory: () => false,
      readU32: () => undefined,
      readRegister: () => undefined,
      writeRegister: () => false,
    },
    backends: {
      serial: (name) => {
        asked.push(name);
        return undefined;
      },
      block: () => undefined,
      entropy: { fill: () => {} },
      wallClock: { epochSeconds: 0 },
    },
    cpuPins: { irq, fiq },
    requestReset: () => asked.push("reset"),
    requestPowerOff: () => asked.push("power off"),
  });
  devices.reset();
  const write = (name: string, offset: number, value: number): void =>
    devices.byName.get(name)?.write(offset, value, 4);
  const read = (name: string, offset: number): number | undefined => devices.byName.get(name)?.read(offset, 4);
  return { devices, irq, fiq, asked, write, read };
}

/** Raises the watchdog's interrupt and the second interrupt controller's own, by test registers. */
const VIC = { enable: 0x10, soft: 0x18, softClear: 0x1c, select: 0x0c } as const;
const SIC = { status: 0x00, enableSet: 0x08, softSet: 0x10, softClear: 0x14 } as const;

describe("the devices of a board", () => {
  it("are all of the profile, by name", () => {
    const { devices } = given();
    expect([...devices.byName.keys()]).toEqual(versatile().devices.map(({ name }) => name));
  });

  it("drive the CPU's pins through the interrupt controller", () => {
    const { irq, fiq, write } = given();
    write("pic", VIC.soft, 1 << 4);
    expect([irq.level, fiq.level]).toEqual([false, false]);
    write("pic", VIC.enable, 1 << 4);
    expect([irq.level, fiq.level]).toEqual([true, false]);
    write("pic", VIC.select, 1 << 4);
    expect([irq.level, fiq.level]).toEqual([false, true]);
    write("pic", VIC.softClear, 1 << 4);
    expect([irq.level, fiq.level]).toEqual([false, false]);
  });

  it("reach the CPU from the second controller through line 31 of the first", () => {
    const { irq, write } = given();
    write("pic", VIC.enable, 2 ** 31);
    write("sic", SIC.enableSet, 1 << 3);
    write("sic", SIC.softSet, 1);
    expect(irq.level).toBe(false);
    write("sic", SIC.enableSet, 1);
    expect(irq.level).toBe(true);
    write("sic", SIC.softClear, 1);
    expect(irq.level).toBe(false);
  });

  it("hold a shared line high as long as one of them drives it, after a restore too", () => {
    const profile = versatile();
    for (const { name, irqs } of profile.devices) {
      if (name === "uart0" || name === "uart1") Object.assign(irqs[0], { line: 12, shared: true });
    }
    const { devices, irq, write } = given(profile);
    const uart = { control: 0x30, mask: 0x38 };
    write("pic", VIC.enable, 1 << 12);
    // Transmitters that are empty raise their interrupt once loopback has sent a character.
    for (const name of ["uart0", "uart1"]) {
      write(name, uart.control, 0x381);
      write(name, uart.mask, 0x70);
      write(name, 0, 0x41);
    }
    const quiet = (name: string): void => write(name, uart.mask, 0);
    devices.byName.get("uart0")?.write(uart.mask, 0x7f0, 4);
    const isHigh = irq.level;
    const saved = devices.save();
    quiet("uart0");
    expect(irq.level).toBe(isHigh);
    quiet("uart1");
    expect(irq.level).toBe(false);
    devices.restore(saved);
    expect([isHigh, irq.level]).toEqual([true, true]);
  });

  it("are asked for back ends where the profile says serial, and nowhere else", () => {
    expect(given().asked).toEqual(["uart3", "uart0", "uart1", "uart2"]);
  });

  it("take a saved state each, and refuse a state that lacks one", () => {
    const saved = given();
    saved.write("pic", VIC.enable, 1 << 4);
    saved.write("uart1", 0x24, 13);
    const restored = given();
    restored.devices.restore(saved.devices.save());
    expect([restored.read("uart1", 0x24), restored.devices.save()]).toEqual([13, saved.devices.save()]);
    const { uart2: _gone, ...without } = saved.devices.save();
    expect(() => restored.devices.restore(without)).toThrow(expect.objectContaining({ code: "state-invalid" }));
  });

  it("go back to their reset values together", () => {
    const bench = given();
    const fresh = bench.devices.save();
    bench.write("uart1", 0x24, 13);
    bench.write("pic", VIC.enable, 1 << 4);
    expect(bench.devices.save()).not.toEqual(fresh);
    bench.devices.reset();
    expect(bench.devices.save()).toEqual(fresh);
  });
});
