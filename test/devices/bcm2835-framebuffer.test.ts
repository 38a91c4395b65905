import { describe, expect, it } from "vitest";
import { Bcm2835Framebuffer } from "../../src/devices/bcm2835-framebuffer.ts";
import { StateReader } from "../../src/devices/state-reader.ts";
import { BenchMemory } from "./test-context.ts";

const BASE = 0x1c000000;
const MIB = 0x100000;

function given({ memoryMiB = 4, sizeMiB = 4 } = {}) {
  const memory = new BenchMemory(memoryMiB * MIB, BASE);
  const framebuffer = new Bcm2835Framebuffer({ memory, baseAddress: BASE, sizeBytes: sizeMiB * MIB });
  framebuffer.reset();
  return framebuffer;
}

describe("Bcm2835Framebuffer", () => {
  it("lies in the VideoCore's memory and is as large as its geometry", () => {
    const framebuffer = given();
    framebuffer.set({ physicalWidth: 800, physicalHeight: 600, virtualWidth: 801, virtualHeight: 1200, depthBits: 16 });
    expect([framebuffer.pitchBytes, framebuffer.sizeBytes]).toEqual([1632, 1632 * 1200]);
    expect([framebuffer.allocate(), framebuffer.isAllocated]).toEqual([BASE, true]);
    framebuffer.release();
    expect(framebuffer.isAllocated).toBe(false);
  });

  it("is refused where it does not fit, or where no memory is", () => {
    const wide = { virtualWidth: 1920, virtualHeight: 1080, depthBits: 32 };
    for (const framebuffer of [given({ sizeMiB: 1 }), given({ memoryMiB: 1 })]) {
      framebuffer.set(wide);
      expect([framebuffer.allocate(), framebuffer.isAllocated]).toEqual([undefined, false]);
    }
    const bare = new Bcm2835Framebuffer({ memory: new BenchMemory(16), baseAddress: BASE, sizeBytes: 0 });
    expect(bare.allocate()).toBeUndefined();
  });

  it("answers a test with what a set would give, and changes nothing by it", () => {
    const framebuffer = given();
    const before = { ...framebuffer.geometry };
    const tested = framebuffer.test({ virtualWidth: 1_000_000, depthBits: 13, alphaMode: 9 });
    expect([tested.virtualWidth, tested.depthBits, tested.alphaMode]).toEqual([4096, 32, 2]);
    expect(framebuffer.geometry).toEqual(before);
    expect(framebuffer.set({ virtualWidth: 1_000_000, depthBits: 13, alphaMode: 9 })).toEqual(tested);
  });

  it("keeps the picture inside the buffer", () => {
    const framebuffer = given();
    framebuffer.set({ physicalWidth: 640, physicalHeight: 480, virtualWidth: 640, virtualHeight: 960 });
    const { offsetX, offsetY } = framebuffer.set({ offsetX: 5, offsetY: 10_000 });
    expect([offsetX, offsetY]).toEqual([0, 480]);
  });

  it("takes palette entries up to the last, and none past it", () => {
    const framebuffer = given();
    expect(framebuffer.setPalette(254, [1, 2])).toBe(true);
    expect(framebuffer.setPalette(255, [3, 4])).toBe(false);
    expect([...framebuffer.palette.slice(253)]).toEqual([0, 1, 2]);
  });

  it("goes on after a restore, and takes no geometry that it could not have", () => {
    const framebuffer = given();
    framebuffer.set({ physicalWidth: 320, physicalHeight: 200, depthBits: 8 });
    framebuffer.setPalette(0, [0xffffffff]);
    framebuffer.allocate();
    const state = structuredClone(framebuffer.save());
    const copy = given();
    copy.restore(new StateReader(state, "fb"));
    expect(copy.save()).toEqual(state);
    const geometry = { ...framebuffer.geometry, virtualWidth: 0xffffffff };
    copy.restore(new StateReader({ ...state, geometry }, "fb"));
    expect(copy.geometry.virtualWidth).toBe(4096);
  });
});
