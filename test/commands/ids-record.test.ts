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

describe("the file of findings", () => {
  it("gets each finding that the console gets, once in a schedule, before the next look", async () => {
    const { bench, hook } = givenKernel();
    const written: { text: string; nowNs: number }[] = [];
    bench.findings = { append: (text) => written.push({ text, nowNs: bench.board.nowNs }) };
    await bench.run("ids report");
    const before = written.length;
    hook(30);
    const startNs = bench.board.nowNs;
    const { text } = await bench.run("ids schedule 2 3");
    const lines = text.split("\n").filter((line) => line.startsWith("{"));
    const added = written.slice(before);
    expect(added.map((one) => one.text).join("")).toBe(`${lines.join("\n")}\n`);
    expect(added[0].nowNs - startNs).toBe(2e9);
    expect(added.some((one) => one.text.includes("syscall/outside-text"))).toBe(true);
  });

  it("is not touched at a look that finds nothing new", async () => {
    const { bench } = givenKernel();
    const atNs: number[] = [];
    bench.findings = { append: () => atNs.push(bench.board.nowNs) };
    const startNs = bench.board.nowNs;
    await bench.run("ids schedule 1 3");
    expect(atNs.map((ns) => ns - startNs)).toEqual([1e9]);
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
