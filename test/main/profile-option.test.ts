import { afterEach, describe, expect, it } from "vitest";
import { silentLogger } from "../../src/base/index.ts";
import { exec } from "../../src/main/exec-command.ts";
import type { ExecutionReport } from "../../src/main/execution-report.ts";
import { ProfileOption } from "../../src/main/profile-option.ts";
import { recordedIo } from "./recorded-io.ts";
import { READY_TEXT, TinyBoard } from "./tiny-board.ts";

const boards: TinyBoard[] = [];
afterEach(() => {
  for (const board of boards.splice(0)) board.dispose();
});

async function profiled({ json }: { json: boolean }) {
  const board = new TinyBoard(`${"x".repeat(5_000)}${READY_TEXT}`, "spin");
  boards.push(board);
  const io = recordedIo();
  const log = silentLogger();
  const common = { board: board.path, clock: "virtual", log, env: {}, stats: false, timeoutSeconds: 5 } as const;
  await exec(io, { ...common, commands: ["sleep msecs 200"], json, profile: true });
  return io;
}

describe("--profile", () => {
  it("says on standard error where time and instructions went, by address where the guest is no Linux", async () => {
    const { stdout, stderr } = await profiled({ json: false });
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^Tier +seconds +% +M instructions +% +MIPS\ninterpreter /);
    expect(stderr).toMatch(/\nExits: .*miss \d/);
    expect(stderr).toMatch(/\n0x[0-9A-F]{8} +\d/);
  });

  it("is one line of JSON with --json, whose tiers add up", async () => {
    const { stderr } = await profiled({ json: true });
    expect(stderr.trimEnd()).not.toContain("\n");
    const report = JSON.parse(stderr) as ExecutionReport;
    expect(report.schema).toBe("komainu.profile/1");
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    expect(sum(report.tiers.map(({ instructions }) => instructions))).toBe(report.instructions);
    expect(sum(report.tiers.map(({ seconds }) => seconds))).toBeCloseTo(report.seconds, 6);
    // 200 ms of the guest's time are 40 million instructions, and almost all are the loop's.
    expect(report.regions[0].instructions).toBeGreaterThan(report.instructions / 2);
  });

  it("wants the engine that compiles", () => {
    expect(() => new ProfileOption("interp")).toThrow(/--profile: expected the engine jit, found interp/);
  });
});
