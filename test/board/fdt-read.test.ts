import { describe, expect, it } from "vitest";
import { HvError } from "../../src/base/index.ts";
import { isFdt, MAX_FDT_BYTES, readFdt } from "../../src/board/index.ts";
import { makeDtb } from "./samples.ts";

function errorOf(data: Uint8Array): HvError {
  try {
    readFdt(data);
  } catch (error) {
    if (error instanceof HvError) return error;
    throw error;
  }
  throw new Error("expected an error");
}

/** The tree with one big-endian word changed. */
function withWord(at: number, word: number): Uint8Array {
  const data = makeDtb();
  new DataView(data.buffer).setUint32(at, word);
  return data;
}

describe("readFdt", () => {
  it("reads nodes, properties and their order", () => {
    const { root, reservations, bootCpuId } = readFdt(makeDtb());
    expect([...root.properties.keys()]).toEqual(["#address-cells", "#size-cells", "model"]);
    expect(root.children.map(({ name }) => name)).toEqual(["chosen", "memory", "amba"]);
    expect(root.children[2].children[0].properties.get("interrupt-controller")).toEqual(new Uint8Array(0));
    expect({ reservations, bootCpuId }).toEqual({ reservations: [], bootCpuId: 0 });
  });

  it("ignores bytes behind the tree and skips NOP tokens", () => {
    const data = makeDtb();
    const longer = new Uint8Array(data.length + 100).fill(0xaa);
    longer.set(data);
    expect(readFdt(longer)).toEqual(readFdt(data));
  });

  it.each([
    ["text", new TextEncoder().encode("/dts-v1/;\n/ { };"), "found device tree source text (.dts)"],
    ["nothing", new Uint8Array(0), "found an empty file"],
    ["something else", Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, 0), "found 0x7f454c46 as its first bytes"],
  ])("says what it found instead of a tree: %s", (_, data, message) => {
    const error = errorOf(data);
    expect(error.code).toBe("fdt-invalid");
    expect(error.message).toContain("expected 0xd00dfeed as its first bytes");
    expect(error.message).toContain(message);
  });

  it("says how much is missing of a tree that was cut", () => {
    const data = makeDtb();
    const error = errorOf(data.subarray(0, data.length - 5));
    expect(error.code).toBe("fdt-truncated");
    expect(error.facts).toEqual({ expectedBytes: data.length, foundBytes: data.length - 5 });
    expect(errorOf(data.subarray(0, 20)).code).toBe("fdt-truncated");
  });

  it("refuses sections outside the tree, unknown versions and sizes no kernel takes", () => {
    expect(errorOf(withWord(8, 0xfffffff0)).message).toContain("the structure block inside");
    expect(errorOf(withWord(12, 0xfffffff0)).message).toContain("the strings block inside");
    expect(errorOf(withWord(16, 0xfffffff0)).message).toContain("the reservation block inside");
    expect(errorOf(withWord(36, 0xffffffff)).message).toContain("the structure block inside");
    expect(errorOf(withWord(20, 3)).message).toContain("version 3");
    expect(errorOf(withWord(4, MAX_FDT_BYTES + 1)).message).toContain(`at most ${MAX_FDT_BYTES} bytes`);
  });

  it("refuses a reservation block without an end", () => {
    const data = makeDtb();
    const view = new DataView(data.buffer);
    for (let at = 40; at + 4 <= data.length; at += 4) view.setUint32(at, 1);
    expect(errorOf(data).code).toBe("fdt-invalid");
  });

  it("refuses nodes nested without bound", () => {
    const depth = 5000;
    const data = new Uint8Array(56 + depth * 8 + 4);
    const view = new DataView(data.buffer);
    const header = [0xd00dfeed, data.length, 56, data.length, 40, 17, 16, 0, 0, depth * 8];
    for (const [index, word] of header.entries()) view.setUint32(index * 4, word);
    for (let index = 0; index < depth; index++) view.setUint32(56 + index * 8, 1);
    expect(errorOf(data).message).toContain("nodes at most 64 deep");
  });

  it("never fails but with an error of its own, whatever word of a tree is changed", () => {
    const size = makeDtb().length;
    let refused = 0;
    for (let at = 0; at + 4 <= size; at += 4) {
      for (const word of [0, 1, 2, 3, 9, 0x7fffffff, 0xffffffff]) {
        try {
          readFdt(withWord(at, word));
        } catch (error) {
          expect(error).toBeInstanceOf(HvError);
          refused++;
        }
      }
    }
    expect(refused).toBeGreaterThan(size / 4);
  });
});

describe("isFdt", () => {
  it("looks at the first four bytes", () => {
    expect(isFdt(makeDtb())).toBe(true);
    expect(isFdt(new Uint8Array(3))).toBe(false);
    expect(isFdt(new Uint8Array(40))).toBe(false);
  });
});
