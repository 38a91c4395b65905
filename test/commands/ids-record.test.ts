import { describe, expect, it } from "vitest";
import { SyntheticKernel } from "../linux/synthetic-kernel.ts";
import { ConsoleBench } from "./console-bench.ts";

function givenKernel() {
  const bench = new ConsoleBench();
  const kernel = new SyntheticKernel();
  bench.board.writeGuest(0, kernel.image);
  bench.board.core = () => ({
    registers: () => [{ title: "CP15", registers: [{ name: "SCTLR", value: 0x5317f }] }],
  });
  const hook = (slot: number) => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, 0xbf000000, true);
    bench.board.writeGuest(0x9000 + slot * 4, bytes);
  };
  return { bench, hook };
}

describe("ids report", () => {
  it("prints an event a line for each finding of the moment", async () => {
    const { bench, hook } = givenKernel();
    hook(30);
    const { code, text } = await bench.run("ids report");
    const events = text
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as { class_uid: number; finding_info: { types: string[] } });
    expect(code).toBe(-1);
    expect(events.every(({ class_uid }) => class_uid === 2004)).toBe(true);
    expect(events.flatMap(({ finding_info }) => finding_info.types)).toContain("syscall/outside-text");
  });
});

describe("ids schedule", () => {
  it("looks at set times and tells a finding once", async () => {
    const { bench, hook } = givenKernel();
    const startNs = bench.board.nowNs;
    bench.onStep = () => {
      if (bench.board.nowNs - startNs === 3e9) hook(30);
    };
    const { text } = await bench.run("ids schedule 2 4");
    expect(bench.board.nowNs - startNs).toBe(8e9);
    expect(text.split("\n").filter((line) => line.includes("syscall/outside-text"))).toHaveLength(1);
    expect(text).toMatch(/^4 looks, 2 s apart: /m);
  });
});

describe("ids baseline", () => {
  it("says what changed since it was saved", async () => {
    const { bench, hook } = givenKernel();
    expect((await bench.run("ids baseline compare")).text).toContain("there is no baseline");
    expect(await bench.text("ids baseline save")).toContain("syscall 400");
    expect((await bench.run("ids baseline compare")).code).toBe(0);
    hook(30);
    const { code, text } = await bench.run("ids baseline compare");
    expect(code).toBe(-1);
    expect(text).toMatch(/^syscall: new: 30 bf000000$/m);
  });
});
