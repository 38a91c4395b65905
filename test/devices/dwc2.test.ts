import { describe, expect, it } from "vitest";
import { Dwc2 } from "../../src/devices/dwc2.ts";
import { readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const [GOTGCTL, GAHBCFG, GUSBCFG, GRSTCTL, GINTSTS, GINTMSK] = [0, 8, 0xc, 0x10, 0x14, 0x18];
const [GRXFSIZ, GNPTXFSIZ, GSNPSID, HPTXFSIZ, HFNUM, HAINT, HAINTMSK, HPRT0] = [
  0x24, 0x28, 0x40, 0x100, 0x408, 0x414, 0x418, 0x440,
];
const [HCCHAR2, HCINT2, HCINTMSK2] = [0x540, 0x548, 0x54c];
const [FORCE_HOST, FORCE_DEVICE] = [1 << 29, 1 << 30];
const [CURMOD, HCHINT] = [1, 1 << 25];
const AHBIDLE = 0x80000000;

function givenCore(options: Record<string, unknown> = {}) {
  const around = bench({ options });
  const core = new Dwc2(around.context);
  core.reset();
  return { ...around, core };
}

describe("dwc2 with nothing plugged in", () => {
  it("has the release and the configuration of the chip", () => {
    const { core } = givenCore();
    expect([readWord(core, GSNPSID), ...[0x44, 0x48, 0x4c, 0x50].map((offset) => readWord(core, offset))]).toEqual([
      0x4f54280a, 0, 0x228ddd50, 0x0ff000e8, 0x1ff00020,
    ]);
  });

  it("has FIFOs of at least the sizes that drivers of the chip set", () => {
    const { core } = givenCore();
    expect(readWord(core, GRXFSIZ)).toBeGreaterThanOrEqual(774);
    expect([readWord(core, GNPTXFSIZ) >>> 16, readWord(core, HPTXFSIZ) >>> 16]).toEqual([256, 512]);
    const depths = Array.from({ length: 7 }, (_, i) => readWord(core, 0x104 + 4 * i) >>> 16);
    expect(depths).toEqual([256, 256, 512, 512, 512, 768, 768]);
  });

  it("is done with a reset and with flushes at once", () => {
    const { core } = givenCore();
    core.write(GINTMSK, 0x1234, 4);
    core.write(GUSBCFG, readWord(core, GUSBCFG) | FORCE_HOST, 4);
    core.write(GRSTCTL, 1, 4);
    expect(readWord(core, GRSTCTL)).toBe(AHBIDLE);
    expect([readWord(core, GINTMSK), readWord(core, GUSBCFG) & FORCE_HOST]).toEqual([0, FORCE_HOST]);
    core.write(GRSTCTL, (0x10 << 6) | (1 << 5), 4);
    expect((readWord(core, GRSTCTL) & 0x3f) | (readWord(core, GRSTCTL) & AHBIDLE)).toBe(AHBIDLE | 0);
  });

  it("is a host by its connector, and what it is forced to be", () => {
    const { core } = givenCore();
    const mode = () => readWord(core, GINTSTS) & CURMOD;
    expect([mode(), readWord(core, GOTGCTL) & (1 << 16)]).toEqual([1, 0]);
    core.write(GUSBCFG, FORCE_DEVICE, 4);
    expect(mode()).toBe(0);
    core.write(GUSBCFG, FORCE_HOST, 4);
    expect(mode()).toBe(1);
    const other = givenCore({ connector: "b" }).core;
    expect([readWord(other, GINTSTS) & CURMOD, readWord(other, GOTGCTL) & (1 << 16)]).toEqual([0, 1 << 16]);
    expect(() => givenCore({ connector: "c" })).toThrow(expect.objectContaining({ code: "device-option-invalid" }));
  });

  it("powers its port and finds nothing there, also after a bus reset", () => {
    const { core } = givenCore();
    core.write(HPRT0, 1 << 12, 4);
    expect(readWord(core, HPRT0)).toBe(1 << 12);
    core.write(HPRT0, (1 << 12) | (1 << 8), 4);
    expect(readWord(core, HPRT0)).toBe((1 << 12) | (1 << 8));
    core.write(HPRT0, 1 << 12, 4);
    expect(readWord(core, HPRT0) & 0xf).toBe(0);
    core.write(HPRT0, 0x1fe, 4);
    expect(readWord(core, HPRT0)).toBe(0);
  });

  it("counts microframes by virtual time", () => {
    const { core, clock } = givenCore();
    clock.advance(125_000 * 20_000 + 62_500);
    expect([readWord(core, HFNUM) & 0xffff, readWord(core, HFNUM) >>> 16]).toEqual([20_000 % 0x4000, 3749]);
    clock.advance(125_000);
    expect(readWord(core, HFNUM) & 0xffff).toBe(20_001 % 0x4000);
  });

  it("keeps a channel enabled until it is halted, and tells of that by the masks", () => {
    const { core, irqs } = givenCore();
    core.write(GAHBCFG, 1, 4);
    core.write(GINTMSK, HCHINT, 4);
    core.write(HAINTMSK, 1 << 2, 4);
    core.write(HCINTMSK2, 2, 4);
    core.write(HCCHAR2, 0x80000040 | 0, 4);
    expect([readWord(core, HCCHAR2), irqs[0].level]).toEqual([0x80000040, false]);
    core.write(HCCHAR2, 0xc0000040 | 0, 4);
    expect([readWord(core, HCCHAR2), readWord(core, HCINT2), readWord(core, HAINT), irqs[0].level]).toEqual([
      0x40,
      2,
      4,
      true,
    ]);
    core.write(GAHBCFG, 0, 4);
    expect(irqs[0].level).toBe(false);
    core.write(GAHBCFG, 1, 4);
    core.write(HCINT2, 2, 4);
    expect([readWord(core, GINTSTS) & HCHINT, irqs[0].level]).toEqual([0, false]);
  });

  it("raises no interrupt that its driver waits for in vain to clear", () => {
    const { core, irqs } = givenCore();
    core.write(GINTSTS, -1, 4);
    // What the driver enables in host mode: common, port and channel interrupts.
    core.write(GINTMSK, 0xf3000806 | 0, 4);
    core.write(GAHBCFG, 1, 4);
    core.write(HPRT0, 1 << 12, 4);
    expect(irqs[0].level).toBe(false);
  });

  it("says that host registers were used in device mode", () => {
    const { core } = givenCore({ connector: "b" });
    core.write(HPRT0, 1 << 12, 4);
    expect(readWord(core, GINTSTS) & 2).toBe(2);
    core.write(GINTSTS, 2, 4);
    expect(readWord(core, GINTSTS) & 2).toBe(0);
  });

  it("drops what is written to the packet FIFOs, with one message", () => {
    const { core, log } = givenCore();
    for (let i = 0; i < 4; i++) core.write(0x1000 * (i + 1), 5, 4);
    expect([readWord(core, 0x1000), log.length]).toEqual([0, 1]);
  });

  it("goes on after a restore as it was", () => {
    const { core, context, irqs } = givenCore();
    core.write(GAHBCFG, 1, 4);
    core.write(GINTMSK, HCHINT, 4);
    core.write(HAINTMSK, 4, 4);
    core.write(HCINTMSK2, 2, 4);
    core.write(HPRT0, 1 << 12, 4);
    core.write(HCCHAR2, 0x40000000, 4);
    const copy = restored(core, context, Dwc2);
    expect([irqs[0].level, readWord(copy, HPRT0), readWord(copy, HCINT2)]).toEqual([true, 1 << 12, 2]);
    copy.write(HCINT2, 2, 4);
    expect(irqs[0].level).toBe(false);
  });
});
