/**
 * A machine saved at any instruction and restored in a new process goes on exactly as the one that was never stopped.
 *
 * The points are random, from a seed that the report shows; `KOMAINU_SEED` chooses another.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exec, guestFolder, reportOf, Scratch } from "./program.ts";
import type { Point } from "./straight-run.ts";

const seed = Number(process.env.KOMAINU_SEED ?? 20_261_121);

interface StateReport {
  readonly instructions: number;
  readonly virtualNs: number;
  readonly stateHash: string;
}

describe(`a snapshot, at points of seed ${seed}`, () => {
  const scratch = new Scratch();
  let points: readonly Point[] = [];

  beforeAll(() => {
    guestFolder();
    const args = ["--import", "tsx", "test/e2e/straight-run.ts", String(seed), scratch.folder];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`the straight run failed: ${stderr}`);
    const lines = stdout.trimEnd().split("\n");
    points = lines.map((line) => JSON.parse(line) as Point);
  });
  afterAll(() => scratch.dispose());

  const pointOf = (when: string): Point => {
    const point = points.find((p) => p.when === when);
    if (point === undefined) throw new Error(`there is a point ${when}`);
    return point;
  };
  const kernelPoint = () => pointOf("in the middle of the kernel");
  const expectedOf = ({ runTo: instructions, virtualNs, stateHash }: Point) => ({ instructions, virtualNs, stateHash });

  it.each([
    "in the first instructions, with the MMU off",
    "while the kernel sets up its memory",
    "in the middle of the kernel",
    "late in the kernel",
    "in user land",
    "while the serial port is busy both ways",
  ])("goes on exactly when it was saved %s", async (when) => {
    const point = pointOf(when);
    const { code, stderr } = await exec("--restore", point.file, "--run-to", String(point.runTo));
    expect(reportOf<StateReport>(stderr, "komainu.state/1"), JSON.stringify(point)).toMatchObject(expectedOf(point));
    expect(code).toBe(0);
  });

  it.each(["in the middle of the kernel", "in user land"])(
    "goes on exactly in the other engine, saved %s",
    async (when) => {
      const point = pointOf(when);
      const { stderr } = await exec("--engine", "jit", "--restore", point.file, "--run-to", String(point.runTo));
      expect(reportOf<StateReport>(stderr, "komainu.state/1"), JSON.stringify(point)).toMatchObject(expectedOf(point));
    },
  );

  it("changes nothing in the machine that is saved: a run that was never stopped has the same state", async () => {
    const point = pointOf("late in the kernel");
    const { stderr } = await exec("--run-to", String(point.runTo));
    expect(reportOf<StateReport>(stderr, "komainu.state/1")).toMatchObject(expectedOf(point));
  });

  it("is written by the command line at the same instruction, and has the same bytes", async () => {
    const [first, second] = [scratch.path("once.snap"), scratch.path("again.snap")];
    const { file, saveAt, runTo } = kernelPoint();
    await exec("--save", first, "--save-at", String(saveAt), "--run-to", String(runTo));
    await exec("--restore", first, "--save", second, "--save-at", String(saveAt), "--run-to", String(saveAt));
    expect(readFileSync(first).equals(readFileSync(file))).toBe(true);
    expect(readFileSync(second).equals(readFileSync(file))).toBe(true);
  });

  it("of a guest that waits at its shell takes commands after a restore", async () => {
    const file = scratch.path("ready.snap");
    expect((await exec("--save", file, "ids banner")).code).toBe(0);
    const { code, stdout } = await exec("--restore", file, "vserial exec guest0/uart0 echo $((6*7))", "ids banner");
    expect(stdout).toMatch(/^42\nLinux version /);
    expect(code).toBe(0);
  });

  it("of the middle of a boot goes on to the shell", async () => {
    const { code, stdout } = await exec("--restore", kernelPoint().file, "vserial exec guest0/uart0 cat /proc/1/comm");
    expect([stdout, code]).toEqual(["init\n", 0]);
  });

  it("refuses to run to an instruction that is past", async () => {
    const { code, stderr } = await exec("--restore", kernelPoint().file, "--run-to", "1000");
    expect(stderr).toMatch(/--run-to: expected .* instruction 1000, found it at \d+ \[instruction-unreached\]/);
    expect(code).toBe(1);
  });
});
