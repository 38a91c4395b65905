import { describe, expect, it } from "vitest";
import { VirtioRequest, VirtQueue } from "../../src/devices/virtio-queue.ts";
import { BenchMemory } from "./test-context.ts";

describe("virtio request", () => {
  function givenRequest() {
    const memory = new BenchMemory(0x1000);
    for (let i = 0; i < 0x100; i++) memory.data[i] = i;
    const request = new VirtioRequest(3, memory);
    for (const [address, sizeBytes] of [
      [0x10, 4],
      [0x00, 0],
      [0x40, 2],
    ])
      expect(request.append({ address, sizeBytes }, false)).toBe(true);
    for (const [address, sizeBytes] of [
      [0x200, 3],
      [0x300, 5],
    ])
      expect(request.append({ address, sizeBytes }, true)).toBe(true);
    return { memory, request };
  }

  const read = (request: VirtioRequest, offset: number, sizeBytes: number): number[] | false => {
    const target = new Uint8Array(sizeBytes);
    return request.read(offset, target) && [...target];
  };

  it("reads across segments from any offset", () => {
    const { request } = givenRequest();
    expect(request.readableSizeBytes).toBe(6);
    expect(read(request, 0, 6)).toEqual([0x10, 0x11, 0x12, 0x13, 0x40, 0x41]);
    expect(read(request, 3, 2)).toEqual([0x13, 0x40]);
    expect(read(request, 4, 2)).toEqual([0x40, 0x41]);
    expect(read(request, 6, 0)).toEqual([]);
  });

  it("writes across segments from any offset", () => {
    const { memory, request } = givenRequest();
    expect(request.writableSizeBytes).toBe(8);
    expect(request.write(2, Uint8Array.of(1, 2, 3))).toBe(true);
    expect([...memory.data.slice(0x200, 0x204), ...memory.data.slice(0x300, 0x303)]).toEqual([0, 0, 1, 0, 2, 3, 0]);
  });

  it("refuses to go behind its end", () => {
    const { request } = givenRequest();
    expect(read(request, 0, 7)).toBe(false);
    expect(read(request, 7, 0)).toBe(false);
    expect(request.write(8, Uint8Array.of(1))).toBe(false);
  });

  it("refuses segments that make it larger than a request may be", () => {
    const request = new VirtioRequest(0, new BenchMemory(0x1000));
    expect(request.append({ address: 0, sizeBytes: 4 << 20 }, true)).toBe(true);
    expect(request.append({ address: 0, sizeBytes: 1 }, true)).toBe(false);
  });
});

describe("virtqueue", () => {
  it("can be made ready in the sizes and places of the specification only", () => {
    const ready = (size: number, desc = 0x100, driver = 0x200, device = 0x300) => {
      const queue = new VirtQueue(new BenchMemory());
      queue.size = size;
      Object.assign(queue.low, { desc, driver, device });
      return queue.enable();
    };
    expect([1, 2, 256].map((size) => ready(size))).toEqual([true, true, true]);
    expect([0, 3, 255, 257, 512, 0xffffffff].map((size) => ready(size))).toEqual(new Array(6).fill(false));
    expect([ready(8, 0x108), ready(8, 0x100, 0x201), ready(8, 0x100, 0x200, 0x302)]).toEqual([false, false, false]);
    expect([ready(16, 0xffffff00), ready(32, 0xffffff00)]).toEqual([true, false]);
  });
});
