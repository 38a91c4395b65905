import { describe, expect, it } from "vitest";
import { HostMemory, RAM_OFFSET } from "../../src/memory/index.ts";

describe("host memory", () => {
  it("shows the same bytes through every view, RAM behind the engine's area", () => {
    const host = new HostMemory(65536);
    host.i32[RAM_OFFSET >> 2] = -2;
    expect([host.ram()[0], host.ram().length, host.u16[RAM_OFFSET >> 1], host.i8[RAM_OFFSET]]).toEqual([
      0xfe, 65536, 0xfffe, -2,
    ]);
    expect(host.memory.buffer.byteLength).toBe(RAM_OFFSET + 65536);
  });

  it("never moves: it cannot grow under the views", () => {
    const host = new HostMemory(65536);
    const memory = host.memory as WebAssembly.Memory & { grow(pages: number): number };
    expect(() => memory.grow(1)).toThrow();
  });

  it("is whole 64 KiB pages", () => {
    expect(() => new HostMemory(4096)).toThrow("64 KiB");
  });
});
