import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { runCampaign } from "./campaign.ts";
import { CoreProbe } from "./core-probe.ts";
import { VFP_WORDS } from "./fuzz-case.ts";
import { missingTool } from "./qemu-oracle.ts";
import { makeVfpCase, vfpSubject } from "./vfp-case-generator.ts";

const SHORT_CASES = 10_000;
const seed = Number(process.env.FUZZ_SEED ?? 1);
const cases = Number(process.env.FUZZ_CASES ?? SHORT_CASES);

const FZ = 1 << 24;
const length = (status: number) => (status >>> 16) & 7;

describe("random VFP code", () => {
  it.skipIf(missingTool() !== undefined)(
    `leaves the registers and flags that it leaves under qemu-arm: seed ${seed}, ${cases} cases`,
    async () => {
      const projectFolder = resolve(import.meta.dirname, "../../..");
      const result = await runCampaign({ seed, subject: vfpSubject, cases, projectFolder });
      expect(result.reports.slice(0, 5).join("\n\n")).toBe("");
      expect(result.missedRows).toEqual([]);
      expect(result.compared).toBe(cases);
    },
  );

  it("is the same for the same seed, and other for another", () => {
    const some = (from: number) => Array.from({ length: 50 }, (_, number) => makeVfpCase(from, number));
    expect(some(7)).toEqual(some(7));
    expect(some(8)).not.toEqual(some(7));
  });

  it("meets every mode and every exception", () => {
    const given = Array.from({ length: 2000 }, (_, number) => makeVfpCase(3, number));
    const statuses = given.map(({ vfp }) => vfp?.[VFP_WORDS - 1] ?? 0);
    expect(new Set(statuses.map((status) => (status >>> 22) & 15)).size).toBe(16);
    expect(new Set(statuses.map(length)).size).toBe(8);
    const probe = new CoreProbe(vfpSubject.model);
    let raised = 0;
    for (const [number, each] of given.entries()) {
      const outcome = probe.run(each);
      if (typeof outcome === "object") raised |= (outcome.vfp?.[VFP_WORDS - 1] ?? 0) & ~statuses[number];
    }
    expect(raised & 0x9f).toBe(0x9f);
    expect(statuses.some((status) => (status & FZ) !== 0)).toBe(true);
  });
});
