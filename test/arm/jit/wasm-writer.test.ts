import { describe, expect, it } from "vitest";
import { functionBody, I32, I64, Op, VOID, WasmWriter, wasmModule } from "../../../src/arm/jit/wasm-writer.ts";

const bytes = (write: (w: WasmWriter) => void): number[] => {
  const writer = new WasmWriter();
  write(writer);
  return [...writer.bytes];
};

/** A module of one function (i32, i32) -> i32 over one page of memory. */
function functionOf(write: (w: WasmWriter) => void, locals: { count: number; type: number }[] = []) {
  const writer = new WasmWriter();
  write(writer);
  const parts = {
    types: [{ params: [I32, I32], results: [I32] }],
    imports: [{ name: "add", type: 0 }],
    type: 0,
    functions: [functionBody({ locals, code: [writer] })],
  };
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const add = (a: number, b: number) => a + b;
  const instance = new WebAssembly.Instance(new WebAssembly.Module(wasmModule(parts, 1)), { e: { m: memory, add } });
  return { run: instance.exports.f0 as (a: number, b: number) => number, words: new Int32Array(memory.buffer) };
}

describe("the encoding of numbers", () => {
  it.each([
    [0, [0]],
    [127, [0x7f]],
    [128, [0x80, 0x01]],
    [624485, [0xe5, 0x8e, 0x26]],
    [0xffffffff, [0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])("unsigned %i", (value, expected) => {
    expect(bytes((w) => w.u32(value))).toEqual(expected);
  });

  it.each([
    [0, [0]],
    [63, [0x3f]],
    [64, [0xc0, 0x00]],
    [-1, [0x7f]],
    [-64, [0x40]],
    [-65, [0xbf, 0x7f]],
    [-123456, [0xc0, 0xbb, 0x78]],
    [0x7fffffff, [0xff, 0xff, 0xff, 0xff, 0x07]],
    [-0x80000000, [0x80, 0x80, 0x80, 0x80, 0x78]],
    [0xffffffff, [0x7f]],
  ])("signed %i", (value, expected) => {
    expect(bytes((w) => w.s32(value))).toEqual(expected);
  });

  it("is read by the engine as it was written, for constants of every size", () => {
    for (let bit = 0; bit < 32; bit++) {
      for (const value of [1 << bit, (1 << bit) - 1, -(1 << bit), ~(1 << bit)]) {
        expect(functionOf((w) => w.const(value)).run(0, 0)).toBe(value | 0);
      }
    }
  });
});

describe("a module", () => {
  it("has its locals, memory, blocks and imported functions", () => {
    // Adds the first argument to itself as often as the second says, and stores the sum at 4096.
    const { run, words } = functionOf(
      (w) => {
        w.op(Op.block, VOID, Op.loop, VOID);
        w.get(1).op(Op.eqz).brIf(1);
        w.get(2).get(0).call(0).set(2);
        w.get(1).const(1).op(Op.sub).set(1).br(0);
        w.op(Op.end, Op.end);
        w.const(0).get(2).memory(Op.store, 4096, 2);
        w.loadAt(4096);
      },
      [
        { count: 1, type: I32 },
        { count: 2, type: I64 },
      ],
    );
    expect(run(7, 6)).toBe(42);
    expect(words[1024]).toBe(42);
  });

  it("may be larger than any guess of its size", () => {
    const { run } = functionOf((w) => {
      w.get(0);
      for (let i = 0; i < 20_000; i++) w.const(1_000_000 + i).op(Op.add);
    });
    expect(run(1, 0)).toBe((1 + 20_000 * 1_000_000 + (20_000 * 19_999) / 2) | 0);
  });

  it("keeps what was written when more is appended than there was room for", () => {
    const w = new WasmWriter().op(1, 2, 3).append(new Uint8Array(5000).fill(9)).op(4);
    expect([w.length, ...w.bytes.subarray(0, 4), w.bytes[5002], w.bytes[5003]]).toEqual([5004, 1, 2, 3, 9, 9, 4]);
  });
});
