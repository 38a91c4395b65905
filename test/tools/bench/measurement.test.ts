import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { measure, type Plan } from "../../../tools/bench/measurement.ts";
import type { SessionSample } from "../../../tools/bench/sample.ts";
import { fakeKomainu, fakeQemu, fakeGuestFiles as files } from "./fake-machines.ts";
import { givenFolder } from "./samples.ts";

function givenPlan(progress: string[]): Plan {
  const folder = givenFolder();
  return {
    jobs: [{ name: "show", round: 1, command: "show" }],
    repeatCount: 2,
    komainu: { nodePath: process.execPath, program: fakeKomainu(folder), files, limitSeconds: 60 },
    qemu: { program: fakeQemu(folder), files, limitSeconds: 60 },
    onProgress: (text) => progress.push(text),
  };
}

afterEach(() => vi.unstubAllEnvs());

/** What each life of Komainu with a job was started with. */
const startsOf = (sessions: readonly SessionSample[]) =>
  sessions.map(({ workloads }) => JSON.parse(workloads[0].output) as { args: string[]; cache: string });

describe("a measurement", () => {
  it("runs the machines turn by turn, and has no warm start where nothing can be kept", async () => {
    const progress: string[] = [];
    const { komainu, komainuWarm, qemu } = await measure(givenPlan(progress));
    expect(progress).toEqual(["1 of 2: Komainu", "1 of 2: QEMU", "2 of 2: Komainu", "2 of 2: QEMU"]);
    expect([komainu.length, komainuWarm.length, qemu.length]).toEqual([2, 0, 2]);
    expect(startsOf(komainu).some(({ args }) => args.includes("--translation-cache"))).toBe(false);
  });

  it("keeps away from the user's cache, and takes its folder away", async () => {
    const { komainu } = await measure(givenPlan([]));
    for (const { cache } of startsOf(komainu)) {
      expect(cache).toContain("komainu-bench-");
      expect(existsSync(dirname(cache))).toBe(false);
    }
  });

  it("starts cold without a translation cache, and warm, boot only, with that of a start that is not timed", async () => {
    vi.stubEnv("FAKE_CACHE", "yes");
    const progress: string[] = [];
    const { komainu, komainuWarm, komainuRestored = [] } = await measure(givenPlan(progress));
    expect(progress.slice(0, 6)).toEqual([
      "Komainu, not timed, for the warm starts",
      "Komainu, not timed, for the starts from a kept boot",
      "1 of 2: Komainu",
      "1 of 2: Komainu, warm start",
      "1 of 2: Komainu, start from a kept boot",
      "1 of 2: QEMU",
    ]);
    const caches = startsOf(komainu).map(({ args }) => args[args.indexOf("--translation-cache") + 1]);
    expect(caches).toEqual(["off", "off"]);
    const boots = startsOf(komainu).map(({ args }) => args[args.indexOf("--boot-cache") + 1]);
    expect(boots).toEqual(["off", "off"]);
    for (const samples of [komainuWarm, komainuRestored]) {
      expect(samples.map(({ workloads }) => workloads)).toEqual([[], []]);
    }
  });
});
