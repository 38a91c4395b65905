import { describe, expect, it } from "vitest";
import { snapshotMemory } from "../../src/vm/index.ts";
import { encodeSnapshot } from "../../src/vm/snapshot-format.ts";

const PAGE = 4096;
const page = (value: number): Uint8Array => new Uint8Array(PAGE).fill(value);
const taken = [
  { address: 0, sizeBytes: PAGE, owner: "hypervisor image" },
  { address: 4 * PAGE, sizeBytes: 2 * PAGE, owner: "guest0/mem0" },
];
const state = { profile: "someboard", machine: { hypervisor: { ram: { taken } } } };

describe("snapshotMemory", () => {
  it("has the guest's regions as it sees them, pages that were not saved being zero", () => {
    const pages = new Map([
      [0, page(9)],
      [5, page(7)],
    ]);
    const { profile, regions } = snapshotMemory(encodeSnapshot({ state, pages }), "guest0");
    expect(profile).toBe("someboard");
    expect([...regions.keys()]).toEqual(["mem0"]);
    const memory = regions.get("mem0") ?? new Uint8Array();
    expect([memory.length, memory[0], memory[PAGE], memory.at(-1)]).toEqual([2 * PAGE, 0, 7, 7]);
  });

  it("refuses a damaged file, and one without the guest", () => {
    const file = encodeSnapshot({ state, pages: new Map() });
    expect(() => snapshotMemory(file.subarray(0, 40), "guest0")).toThrow(
      expect.objectContaining({ code: "snapshot-invalid" }),
    );
    expect(() => snapshotMemory(file, "guest1")).toThrow(expect.objectContaining({ code: "snapshot-invalid" }));
  });
});
