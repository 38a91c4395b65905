import { describe, expect, it } from "vitest";
import { Bcm2835DmaBus } from "../../src/devices/bcm2835-dma-bus.ts";
import { BenchMemory } from "./test-context.ts";

function givenBus() {
  const memory = new BenchMemory(0x1000);
  for (let i = 0; i < 0x1000; i++) memory.data[i] = i & 0xff;
  const accesses: [string, number, number][] = [];
  const handler = {
    read: (offset: number) => {
      accesses.push(["read", offset, 0]);
      return 0x04030201 + offset;
    },
    write: (offset: number, value: number) => {
      accesses.push(["write", offset, value]);
    },
  };
  memory.devices.set(0x3f000100, { sizeBytes: 0x10, handler });
  return { memory, accesses, bus: new Bcm2835DmaBus(memory, 0x3f000000) };
}

const always = () => true;

describe("the DMA controller's bus", () => {
  it("finds registers at the peripherals' bus address, a word at a time", () => {
    const { bus, accesses } = givenBus();
    const target = new Uint8Array(6);
    expect(bus.read(0x7e000100, target, true, always)).toBe(6);
    expect(target).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 2));
    expect(bus.write(0x7e000104, Uint8Array.of(1, 2, 3, 4, 5), false)).toBe(true);
    expect(accesses).toEqual([
      ["read", 0, 0],
      ["read", 4, 0],
      ["write", 4, 0x04030201],
      ["write", 4, 5],
    ]);
  });

  it("reads registers only while there is something to read", () => {
    const { bus, accesses } = givenBus();
    let words = 2;
    expect(bus.read(0x7e000100, new Uint8Array(16), false, () => words-- > 0)).toBe(8);
    expect(accesses).toHaveLength(2);
  });

  it("repeats one word where the address stays", () => {
    const { bus, memory } = givenBus();
    const target = new Uint8Array(10);
    expect(bus.read(0xc0000010, target, false, always)).toBe(10);
    expect([...target]).toEqual([16, 17, 18, 19, 16, 17, 18, 19, 16, 17]);
    expect(bus.write(0x40000020, Uint8Array.of(1, 2, 3, 4, 5, 6), false)).toBe(true);
    expect([...memory.data.subarray(0x20, 0x25)]).toEqual([5, 6, 3, 4, 0x24]);
  });

  it("tells where nothing answers", () => {
    const { bus } = givenBus();
    expect(bus.read(0xffe, new Uint8Array(4), true, always)).toBe(-1);
    expect(bus.read(0x7e000200, new Uint8Array(4), true, always)).toBe(-1);
    expect(bus.write(0x1000, new Uint8Array(4), true)).toBe(false);
    expect(bus.write(0x7e000200, new Uint8Array(4), true)).toBe(false);
    // The CPU's own addresses of the peripherals are not the bus's.
    expect(bus.read(0x3f000100, new Uint8Array(4), true, always)).toBe(-1);
  });
});
