import { afterEach, describe, expect, it, vi } from "vitest";
import { keptCaches, measureKomainu } from "../../../tools/bench/komainu-session.ts";
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
      { name: "first", round: 1, command: "true" },
      { name: "second", round: 2, command: "false" },
    ];
    const sample = await measureKomainu(givenKomainu(), jobs);
    expect(sample.boot.instructions).toBe(4000);
    // Commands 0 and 1 are the ready line and the empty shell command.
    expect(sample.workloads).toMatchObject([
      { name: "first", round: 1, output: "done\n", status: 0, instructions: 200 },
      { name: "second", round: 2, output: "done\n", status: 1, instructions: 300 },
    ]);
    expect(sample.roundTrip?.wallSeconds).toBeGreaterThanOrEqual(0);
  });

  it("starts the given files and engine, with the given cache folder", async () => {
    const options = givenKomainu("jit");
    const { workloads } = await measureKomainu(options, [{ name: "show", round: 1, command: "show" }]);
    const { args, cache } = JSON.parse(workloads[0].output) as { args: string[]; cache: string };
    expect(cache).toBe(options.cacheFolder);
    expect(args.slice(0, 5)).toEqual(["exec", "--json", "--stats", "--engine", "jit"]);
    expect(args).not.toContain("--translation-cache");
    expect(args).toEqual(expect.arrayContaining([files.kernel, files.deviceTree, files.initrd]));
  });

  it("says where translations are kept, when that is asked for", async () => {
    const options = { ...givenKomainu(), translations: "/some/folder" };
    const { workloads } = await measureKomainu(options, [{ name: "show", round: 1, command: "show" }]);
    const { args } = JSON.parse(workloads[0].output) as { args: string[] };
    expect(args.slice(3, 5)).toEqual(["--translation-cache", "/some/folder"]);
  });

  it("has the boot executed where an earlier one could be gone on from", async () => {
    const options = { ...givenKomainu(), bootCache: "off" as const };
    const { workloads } = await measureKomainu(options, [{ name: "show", round: 1, command: "show" }]);
    const { args } = JSON.parse(workloads[0].output) as { args: string[] };
    expect(args.slice(3, 5)).toEqual(["--boot-cache", "off"]);
  });

  it("knows from the help what can be kept", () => {
    expect(keptCaches(givenKomainu())).toEqual({ translations: false, boot: false });
    vi.stubEnv("FAKE_CACHE", "yes");
    expect(keptCaches(givenKomainu())).toEqual({ translations: true, boot: true });
    const missing = { ...givenKomainu(), nodePath: "/nonexistent/node" };
    expect(() => keptCaches(missing)).toThrow(expect.objectContaining({ code: "bench-program-missing" }));
  });

  it("without jobs is the boot alone", async () => {
    const { roundTrip, workloads, boot } = await measureKomainu(givenKomainu(), []);
    expect([roundTrip, workloads, boot.instructions]).toEqual([undefined, [], 4000]);
  });

  it("ends when a command could not be run at all", async () => {
    vi.stubEnv("FAKE_END", "fail");
    await expect(measureKomainu(givenKomainu(), [{ name: "x", round: 1, command: "true" }])).rejects.toMatchObject({
      code: "bench-answer-malformed",
    });
  });
});
