import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runTo, type SnapshotOptions, SnapshotPoints, stateLine } from "../../src/main/snapshot-option.ts";
import { saveMachine } from "../../src/vm/index.ts";
import { countingProgram, givenMachine, programs } from "../vm/machine-bench.ts";

const folder = mkdtempSync(join(tmpdir(), "komainu-snapshot-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string): string => join(folder, name);

const slice = { skipIdle: true };
const going = { isInterrupted: () => false };
const code = (expected: string, exitCode: number) => expect.objectContaining({ code: expected, exitCode });

const given = (options: SnapshotOptions, program: readonly number[] = countingProgram) => {
  const bench = givenMachine(program);
  return { ...bench, points: new SnapshotPoints(options) };
};

describe("--save-at", () => {
  it("saves at exactly that instruction, in the middle of a slice that looks whole from outside", () => {
    const file = path("middle.snap");
    const { machine, points } = given({ save: file, saveAt: 12_345 });
    points.begin(machine);
    expect(points.runSlice(machine, 10_000, slice)).toEqual({ executed: 10_000, end: "budget" });
    expect(existsSync(file)).toBe(false);
    expect(points.runSlice(machine, 10_000, slice)).toEqual({ executed: 10_000, end: "budget" });
    const straight = givenMachine(countingProgram);
    straight.runTo(12_345);
    expect(readFileSync(file).equals(saveMachine(straight.machine))).toBe(true);
    straight.runTo(20_000);
    expect(stateLine(machine)).toBe(stateLine(straight.machine));
  });

  it("saves at once where the machine is there already, and leaves no partial file", () => {
    const first = path("first.snap");
    const { machine, points, runTo: run } = given({ save: first });
    run(500);
    points.finish(machine);
    const second = path("second.snap");
    const again = given({ restore: first, save: second, saveAt: 500 });
    again.points.begin(again.machine);
    expect(readFileSync(second).equals(readFileSync(first))).toBe(true);
    expect(existsSync(`${second}.partial`)).toBe(false);
  });

  it("refuses a count that lies before the restored machine's", () => {
    const file = path("late.snap");
    const { machine, points, runTo: run } = given({ save: file });
    run(500);
    points.finish(machine);
    const again = given({ restore: file, save: path("never.snap"), saveAt: 499 });
    expect(() => again.points.begin(again.machine)).toThrow(code("save-at-past", 2));
  });

  it("says at the end when the instruction never came", () => {
    const { machine, points } = given({ save: path("never.snap"), saveAt: 1e9 });
    points.runSlice(machine, 1_000, slice);
    expect(() => points.finish(machine)).toThrow(code("instruction-unreached", 1));
    expect(existsSync(path("never.snap"))).toBe(false);
  });

  it("keeps the old file when the new one cannot be written", () => {
    const { machine, points } = given({ save: path("no/such/folder.snap") });
    expect(() => points.finish(machine)).toThrow(code("snapshot-unwritable", 3));
  });
});

describe("--restore", () => {
  it("reads the file before anything is built, and says what is wrong with it", () => {
    expect(() => new SnapshotPoints({ restore: path("nowhere") })).toThrow(code("snapshot-unreadable", 3));
    writeFileSync(path("text"), "hello");
    expect(() => new SnapshotPoints({ restore: path("text") })).toThrow(code("snapshot-invalid", 2));
  });

  it("brings the time of power-on along", () => {
    const file = path("time.snap");
    const { machine, points } = given({ save: file });
    points.finish(machine);
    const again = new SnapshotPoints({ restore: file });
    expect([again.isRestoring, again.epochSeconds]).toEqual([true, 1_767_225_600]);
    expect(new SnapshotPoints({}).isRestoring).toBe(false);
  });
});

describe("--run-to", () => {
  it("comes to exactly that instruction", async () => {
    const { machine, points } = given({});
    await runTo(machine, points, { runTo: 1_234_567, ...going });
    expect(JSON.parse(stateLine(machine))).toMatchObject({ schema: "komainu.state/1", instructions: 1_234_567 });
  });

  it.each([
    ["is past", countingProgram, 10],
    ["waits for ever", programs.wait, 2_000],
    ["halts itself", programs.halt, 2_000_000],
  ])("says where the machine stands when it %s", async (_what, program, target) => {
    const { machine, points, runTo: run } = given({}, program);
    if (program === countingProgram) run(100);
    await expect(runTo(machine, points, { runTo: target, ...going })).rejects.toThrow(code("instruction-unreached", 1));
  });

  it("ends when it is interrupted", async () => {
    const { machine, points } = given({});
    let asked = 0;
    await runTo(machine, points, { runTo: 1e12, isInterrupted: () => ++asked > 2 });
    expect(machine.instructions()).toBeLessThan(1e7);
  });
});
