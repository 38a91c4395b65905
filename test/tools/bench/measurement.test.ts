import { existsSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { measure, type Plan } from "../../../tools/bench/measurement.ts";
import { fakeKomainu, fakeQemu, fakeGuestFiles as files } from "./fake-machines.ts";
import { givenFolder } from "./samples.ts";

function givenPlan(progress: string[]): Plan {
  const folder = givenFolder();
  return {
    jobs: [{ name: "show", command: "show" }],
    repeatCount: 2,
    komainu: { nodePath: process.execPath, program: fakeKomainu(folder), files, limitSeconds: 60 },
    qemu: { program: fakeQemu(folder), files, limitSeconds: 60 },
    onProgress: (text) => progress.push(text),
  };
}

afterEach(() => vi.unstubAllEnvs());

describe("a measurement", () => {
  it("runs the machines turn by turn, and has no warm start where nothing is kept", async () => {
    const progress: string[] = [];
    const { komainu, komainuWarm, qemu } = await measure(givenPlan(progress));
    expect(progress).toEqual(["1 of 2: Komainu", "1 of 2: QEMU", "2 of 2: Komainu", "2 of 2: QEMU"]);
    expect([komainu.length, komainuWarm.length, qemu.length]).toEqual([2, 0, 2]);
  });

  it("gives each cold start a folder of its own, and takes it away", async () => {
    const { komainu } = await measure(givenPlan([]));
    const folders = komainu.map(({ workloads }) => (JSON.parse(workloads[0].output) as { cache: string }).cache);
    expect(new Set(folders).size).toBe(2);
    expect(folders.map((folder) => existsSync(folder))).toEqual([false, false]);
  });

  it("starts warm, boot only, after a start that left something in the cache", async () => {
    vi.stubEnv("FAKE_CACHE", "yes");
    const progress: string[] = [];
    const { komainuWarm } = await measure(givenPlan(progress));
    expect(progress.slice(0, 3)).toEqual(["1 of 2: Komainu", "1 of 2: Komainu, warm start", "1 of 2: QEMU"]);
    expect(komainuWarm.map(({ workloads }) => workloads)).toEqual([[], []]);
  });
});
