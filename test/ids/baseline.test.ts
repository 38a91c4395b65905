import { describe, expect, it } from "vitest";
import { type CheckReport, compareBaselines, takeBaseline } from "../../src/ids/index.ts";

const report = (id: string, rows: readonly Record<string, string | number>[]): CheckReport => ({
  id,
  title: id,
  verdict: "clean",
  columns: [
    { name: "slot", type: "number" },
    { name: "address", type: "address" },
    { name: "name", type: "text" },
    { name: "refcount", type: "number" },
  ],
  rows: rows.map((values) => ({ values })),
  findings: [],
  cannotTell: [],
  loads: 0,
  isPassing: false,
});

describe("a baseline", () => {
  const before = takeBaseline([
    report("syscall", [{ slot: 20, address: 0xc0034ea8 }]),
    report("lsmod", [{ name: "virtio", refcount: 1 }]),
    report("plist", [{ name: "sh" }]),
  ]);

  it("differs in nothing from the same guest, though counts and processes come and go", () => {
    const now = takeBaseline([
      report("syscall", [{ slot: 20, address: 0xc0034ea8 }]),
      report("lsmod", [{ name: "virtio", refcount: 2 }]),
      report("plist", []),
    ]);
    expect(compareBaselines(before, now)).toEqual({ differences: [], notCompared: [] });
  });

  it("names what is new and what is gone", () => {
    const now = takeBaseline([report("syscall", [{ slot: 20, address: 0xbf000000 }]), report("lsmod", [])]);
    expect(compareBaselines(before, now).differences).toEqual([
      { check: "lsmod", change: "gone", row: "virtio" },
      { check: "syscall", change: "new", row: "20 bf000000" },
      { check: "syscall", change: "gone", row: "20 c0034ea8" },
    ]);
  });

  it("compares nothing of a check that one of them could not tell", () => {
    const now = takeBaseline([
      report("syscall", [{ slot: 20, address: 0xc0034ea8 }]),
      { ...report("lsmod", []), verdict: "cannot-tell", cannotTell: ["modules: the list is damaged"] },
    ]);
    expect(compareBaselines(before, now)).toEqual({ differences: [], notCompared: ["lsmod"] });
    expect(compareBaselines(now, before)).toEqual({ differences: [], notCompared: ["lsmod"] });
  });
});
