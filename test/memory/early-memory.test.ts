import { describe, expect, it } from "vitest";
import { memoryOf } from "../../src/memory/early-memory.ts";
import { HostMemory, makeEarly, RAM_OFFSET } from "../../src/memory/index.ts";

const RAM_BYTES = 65536;

describe("memory made at the start", () => {
  it("is the first machine's of that size, and no other's", () => {
    makeEarly(3 * 65536);
    const first = memoryOf(3);
    new Uint8Array(first.buffer)[5] = 1;
    const second = memoryOf(3);
    expect(second).not.toBe(first);
    expect(new Uint8Array(second.buffer)[5]).toBe(0);
  });

  it("is not used by a machine of another size", () => {
    makeEarly(2 * 65536);
    expect(memoryOf(3).buffer.byteLength).toBe(3 * 65536);
    expect(memoryOf(2).buffer.byteLength).toBe(2 * 65536);
  });

  it("is a machine's whole memory, which cannot grow", () => {
    makeEarly(RAM_OFFSET + RAM_BYTES);
    const host = new HostMemory(RAM_BYTES);
    expect(host.ram().length).toBe(RAM_BYTES);
    const memory = host.memory as WebAssembly.Memory & { grow(pages: number): number };
    expect(() => memory.grow(1)).toThrow();
  });

  it("is none where there is no room", () => {
    makeEarly(2 ** 60);
    expect(memoryOf(1).buffer.byteLength).toBe(65536);
  });
});
