import { afterEach, describe, expect, it, vi } from "vitest";
import { measureKomainu } from "../../../tools/bench/komainu-session.ts";
import { fakeKomainu, fakeGuestFiles as files } from "./fake-machines.ts";
import { givenFolder } from "./samples.ts";

function givenKomainu(engine?: string) {
  const folder = givenFolder();
  return {
    nodePath: process.execPath,
    program: fakeKomainu(folder),
    engine,
    files,
    cacheFolder: folder,
    limitSeconds: 60,
  };
}

afterEach(() => vi.unstubAllEnvs());

describe("a session of Komainu", () => {
  it("gives output, status and instructions of each job, and of the boot", async () => {
    const jobs = [
      { name: "first", command: "true" },
      { name: "second", command: "false" },
    ];
    const sample = await measureKomainu(givenKomainu(), jobs);
    expect(sample.boot.instructions).toBe(4000);
    // Commands 0 and 1 are the ready line and the empty shell command.
    expect(sample.workloads).toMatchObject([
      { name: "first", output: "done\n", status: 0, instructions: 200 },
      { name: "second", output: "done\n", status: 1, instructions: 300 },
    ]);
    expect(sample.roundTrip?.wallSeconds).toBeGreaterThanOrEqual(0);
  });

  it("starts the given files and engine, with the given cache folder", async () => {
    const options = givenKomainu("jit");
    const { workloads } = await measureKomainu(options, [{ name: "show", command: "show" }]);
    const { args, cache } = JSON.parse(workloads[0].output) as { args: string[]; cache: string };
    expect(cache).toBe(options.cacheFolder);
    expect(args.slice(0, 6)).toEqual(["exec", "--json", "--stats", "--engine", "jit", "--kernel"]);
    expect(args).toEqual(expect.arrayContaining([files.kernel, files.deviceTree, files.initrd]));
  });

  it("without jobs is the boot alone", async () => {
    const { roundTrip, workloads, boot } = await measureKomainu(givenKomainu(), []);
    expect([roundTrip, workloads, boot.instructions]).toEqual([undefined, [], 4000]);
  });

  it("ends when a command could not be run at all", async () => {
    vi.stubEnv("FAKE_END", "fail");
    await expect(measureKomainu(givenKomainu(), [{ name: "x", command: "true" }])).rejects.toMatchObject({
      code: "bench-answer-malformed",
    });
  });
});
