import { describe, expect, it } from "vitest";
import { SyntheticKernel } from "../linux/synthetic-kernel.ts";
import { ConsoleBench } from "./console-bench.ts";

function givenKernel(): ConsoleBench {
  const bench = new ConsoleBench();
  bench.board.writeGuest(0, new SyntheticKernel({ processes: ["sh", "sleep"] }).image);
  bench.board.core = () => ({
    registers: () => [{ title: "CP15", registers: [{ name: "SCTLR", value: 0x5317f }] }],
  });
  return bench;
}

const HASH = /[0-9a-f]{64}/;

describe("ids cost", () => {
  it("says what a look takes, and that the guest is the same after it", async () => {
    const text = await givenKernel().text("ids cost plist");
    expect(text.split("\n")).toEqual([
      expect.stringMatching(/^plist: 4 rows, \d+ translated loads, 0 guest instructions$/),
      "time: not measured",
      expect.stringMatching(new RegExp(`^guest memory: ${HASH.source}, unchanged$`)),
      expect.stringMatching(new RegExp(`^CPU, devices, time: ${HASH.source}, unchanged$`)),
      "",
    ]);
  });

  it("times several looks and tells the best and the median of them", async () => {
    const bench = givenKernel();
    const takenMs = [9, 1, 8, 2, 7, 3, 6, 4, 5];
    let nowMs = 0;
    let asked = 0;
    bench.nowMs = () => {
      if (asked++ % 2 === 1) nowMs += takenMs[(asked - 2) / 2];
      return nowMs;
    };
    expect(await bench.text("ids cost plist")).toContain("time: best 1000 and median 5000 microseconds of 9 looks\n");
    expect(asked).toBe(18);
  });

  it("has loads that are those of the check itself", async () => {
    const bench = givenKernel();
    await bench.text("ids plist");
    const { loads } = (await bench.data("ids plist")) as { loads: number };
    expect(await bench.data("ids cost plist")).toMatchObject({ check: "plist", rows: 4, loads, microseconds: null });
  });

  it.each([
    ["memory", "guest memory"],
    ["time", "CPU, devices, time"],
  ])("fails when the guest's %s is not what it was", async (what, line) => {
    const bench = givenKernel();
    const { hashes } = bench.board;
    let looks = 0;
    bench.board.hashes = () => {
      if (looks++ > 0 && what === "memory") bench.board.writeGuest(0x300000, Uint8Array.of(1));
      else if (looks > 1) bench.board.nowNs += 1e3;
      return hashes.call(bench.board);
    };
    const { code, text } = await bench.run("ids cost plist");
    expect(code).toBe(-1);
    expect(text).toMatch(new RegExp(`^${line}: was ${HASH.source}, is ${HASH.source}$`, "m"));
    expect(text).toContain("Error: expected a guest that a look leaves as it was, found it changed\n");
    if (what === "time") expect(text).toMatch(/, 100 guest instructions$/m);
  });

  it("knows the checks that it can tell of", async () => {
    const bench = givenKernel();
    expect((await bench.run("ids cost maps")).code).toBe(-14);
    expect((await bench.run("ids cost plits")).text).toContain("expected a check (");
    expect((await new ConsoleBench().run("ids cost plist")).text).toContain("[kernel-not-found]");
  });
});
