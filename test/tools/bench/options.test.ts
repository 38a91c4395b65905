import { describe, expect, it } from "vitest";
import { parseBenchOptions, parseOnly } from "../../../tools/bench/options.ts";
import { workloads } from "../../../tools/bench/workload.table.ts";

describe("options of npm run bench", () => {
  it("measure everything three times by default, with this Node", () => {
    expect(parseBenchOptions([])).toEqual({
      names: workloads.map(({ name }) => name),
      isQuick: false,
      board: { name: "versatilepb", machine: "versatilepb" },
      repeatCount: 3,
      roundCount: 3,
      engine: undefined,
      nodePath: process.execPath,
      qemu: "qemu-system-arm",
      jsonFile: undefined,
      note: "",
      isMarkdown: false,
      isRecorded: false,
    });
  });

  it("take the boot alone, or workloads by name", () => {
    expect(parseOnly("boot")).toEqual([]);
    expect(parseOnly("md5, awk")).toEqual(["md5", "awk"]);
    expect(parseOnly("workloads")).toHaveLength(8);
  });

  it("take the other board, with its machine in QEMU", () => {
    expect(parseBenchOptions(["--board", "raspberrypi"]).board).toMatchObject({ machine: "raspi1ap" });
    expect(() => parseBenchOptions(["--board", "virt"])).toThrow(/versatilepb or raspberrypi, found "virt"/);
  });

  it("pass the engine on and keep the note", () => {
    const options = parseBenchOptions(["--engine", "jit", "--note", "two words", "--repeat", "5", "--record"]);
    expect(options).toMatchObject({ engine: "jit", note: "two words", repeatCount: 5, isRecorded: true });
  });

  it("name what is expected where a value is wrong", () => {
    expect(() => parseBenchOptions(["--only", "sha512"])).toThrow(/boot, workloads, or of sha256.*found "sha512"/);
    expect(() => parseBenchOptions(["--repeat", "0"])).toThrow(/1 to 100, found "0"/);
    expect(() => parseBenchOptions(["--repeat", "1.5"])).toThrow(/found "1.5"/);
    expect(() => parseBenchOptions(["--rounds", "many"])).toThrow(/--rounds: .*1 to 100, found "many"/);
    expect(() => parseBenchOptions(["--engine", "turbo"])).toThrow(/interp or jit, found "turbo"/);
  });
});

describe("the workloads", () => {
  it("are eight lines that fit the guest shell's line editor when quoted", () => {
    expect(workloads).toHaveLength(8);
    for (const { command, fullSize, quickSize } of workloads) {
      expect(command(fullSize)).toMatch(/^[\x20-\x7e]{10,400}$/);
      expect(quickSize).toBeLessThanOrEqual(fullSize);
    }
  });

  it("have names that can be columns of the history", () => {
    expect(new Set(workloads.map(({ name }) => name)).size).toBe(8);
    for (const { name } of workloads) expect(name).toMatch(/^[a-z0-9]+$/);
  });
});
