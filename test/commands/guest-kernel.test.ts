import { describe, expect, it } from "vitest";
import { kernelOf, openAnew, SteadyLook, setKernelKnowledge } from "../../src/commands/guest-kernel.ts";
import { type Check, finding, passing } from "../../src/ids/index.ts";
import type { GuestCopy } from "../../src/vm/index.ts";
import { SyntheticKernel } from "../linux/synthetic-kernel.ts";
import { ConsoleBench } from "./console-bench.ts";

const AT = 0xc0390000;

/** Looks at one word of the guest: 0 is good, 1 a finding, 2 the middle of a change. */
const check: Check = {
  id: "word",
  title: "a word",
  severity: "low",
  view: "a word",
  needs: [],
  columns: [],
  messages: { bad: "the word is {word}" },
  *run({ space }) {
    const word = space.readU32(AT) ?? 0;
    if (word === 1) yield finding("bad", { word }, { word });
    if (word === 2) yield passing("the word is being changed");
  },
};

/** A guest whose copies have the given words at the moments at which they are at rest. */
function givenGuest(now: number, later: readonly (number | "never")[]) {
  const bench = new ConsoleBench();
  const synthetic = new SyntheticKernel();
  synthetic.word(AT, now);
  bench.board.writeGuest(0, synthetic.image);
  bench.board.core = () => ({
    registers: () => [{ title: "CP15", registers: [{ name: "SCTLR", value: 0x5317f }] }],
  });
  const left = [...later];
  let copies = 0;
  bench.board.copy = (): GuestCopy => {
    copies++;
    const memory = synthetic.image.slice();
    return {
      readGuest: (address, target) => {
        target.set(memory.subarray(address, address + target.length));
        return true;
      },
      viewGuest: (address, sizeBytes) => memory.subarray(address, address + sizeBytes),
      core: () => undefined,
      instructions: () => 1000,
      runToQuietPoint: () => {
        const word = left.shift() ?? "never";
        if (word !== "never") new DataView(memory.buffer).setUint32(AT - synthetic.pageOffset, word, true);
        return word !== "never";
      },
    };
  };
  const kernel = kernelOf(bench.hv, bench.hv.guests[0]);
  const look = () => new SteadyLook(bench.hv, kernel).run(check);
  return { bench, look, count: () => copies };
}

describe("SteadyLook", () => {
  it("makes no copy of a guest that is clean", () => {
    const { look, count } = givenGuest(0, []);
    expect([look().verdict, count()]).toEqual(["clean", 0]);
  });

  it("believes what is still wrong when the kernel is at rest, as the guest itself has it", () => {
    const { look, count } = givenGuest(1, [1, 1, 1]);
    const report = look();
    expect([report.verdict, report.readLater, count()]).toEqual(["finding", undefined, 1]);
  });

  it("forgets what was the middle of a change, and says how much later it looked", () => {
    const { look } = givenGuest(1, [2, 0]);
    expect(look()).toMatchObject({ verdict: "clean", findings: [], readLater: 1000 });
  });

  it("keeps to what it saw of a kernel that is never at rest", () => {
    const { look } = givenGuest(2, ["never"]);
    expect(look()).toMatchObject({ verdict: "cannot-tell", isPassing: true });
  });

  it("reads the guest itself again afterwards", () => {
    const { look } = givenGuest(1, [0]);
    look();
    expect(look().verdict).toBe("finding");
  });
});

describe("what is known of a kernel beside its memory", () => {
  const systemMap = (moved: string) => ({
    name: "System.map",
    kind: "System.map" as const,
    symbols: new SyntheticKernel().symbols.map((symbol) => ({ ...symbol, address: symbol.address + Number(moved) })),
    structures: new Map(),
  });

  it("is the image that was loaded, unless memory alone counts", () => {
    for (const isMemoryAlone of [false, true]) {
      const { bench } = givenGuest(0, []);
      const { image } = new SyntheticKernel();
      bench.board.bootKernel = () => ({ address: 0x8000, data: image.slice(0x8000) });
      setKernelKnowledge(bench.hv, { files: [], isMemoryAlone });
      const { bootImage } = openAnew(bench.hv, bench.hv.guests[0]);
      expect(bootImage.known).toBe(!isMemoryAlone);
      if (!bootImage.known) expect(bootImage.reason).toMatch(/only memory is looked at/);
    }
  });

  it("is a file of its build, and another one is told of", () => {
    for (const [moved, warnings] of [
      ["0", 0],
      ["64", 1],
    ] as const) {
      const { bench } = givenGuest(0, []);
      const before = bench.board.logged.filter(({ level }) => level === "warning").length;
      setKernelKnowledge(bench.hv, { files: [systemMap(moved)], isMemoryAlone: false });
      openAnew(bench.hv, bench.hv.guests[0]);
      const after = bench.board.logged.filter(({ level }) => level === "warning");
      expect(after.length - before).toBe(warnings);
      if (warnings > 0) expect(after.at(-1)?.message).toMatch(/^System.map: of another build/);
    }
  });
});
