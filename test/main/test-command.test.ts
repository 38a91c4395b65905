import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type TestOptions, test } from "../../src/main/test-command.ts";
import { recordedIo } from "./recorded-io.ts";
import { READY_TEXT, TinyBoard } from "./tiny-board.ts";

const folder = mkdtempSync(join(tmpdir(), "komainu-test-"));
const boards: TinyBoard[] = [];
afterEach(() => {
  for (const board of boards.splice(0)) board.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function given(scenarios: string, options: Partial<TestOptions> = {}, env: NodeJS.ProcessEnv = {}) {
  const board = new TinyBoard(READY_TEXT, "echo");
  boards.push(board);
  const path = join(board.folder, "t.test.yaml");
  writeFileSync(path, `board: ./tiny.json\nscenarios:\n${scenarios}`);
  const io = recordedIo(env);
  const base: TestOptions = {
    bootCache: "off",
    engine: "interp",
    timeout: 1,
    jobs: 1,
    journals: join(board.folder, "journals"),
  };
  return { io, board, code: await test(io, [path], { ...base, ...options }) };
}

const GOOD = "  - { name: good, steps: [{ line: x }, { expect: x }] }\n";
const BAD = "  - { name: bad, steps: [{ memory: 0, equals: 1 }] }\n";

describe("komainu test", () => {
  it("exits with 0 when all passed, and ends with a line of totals", async () => {
    const { code, io } = await given(GOOD);
    expect(code).toBe(0);
    expect(io.stdout).toMatch(/^pass {2}\.\/tiny\.json: good .*\n1 scenario: 1 passed, in /);
    expect(io.stderr).toBe("");
  });

  it("exits with 1 when one failed, and names the journal", async () => {
    const { code, io } = await given(GOOD + BAD, { quiet: true });
    expect(code).toBe(1);
    expect(io.stdout).not.toContain("good");
    expect(io.stdout).toMatch(/FAIL .*bad[\s\S]*journal: komainu replay .*bad\.journal/);
  });

  it("exits with 3 when the guest is missing", async () => {
    const { board } = await given(GOOD);
    const path = join(board.folder, "other.yaml");
    writeFileSync(path, "board: versatilepb\nscenarios: [{ name: a, steps: [{ wait: 1s }] }]");
    const env = { XDG_CACHE_HOME: folder };
    const options: TestOptions = { bootCache: "off", engine: "interp", timeout: 1, jobs: 1, journals: folder };
    expect(await test(recordedIo(env), [path], options)).toBe(3);
  });

  it("gives JSON, JUnit, annotations and a summary", async () => {
    const summary = join(tmpdir(), `komainu-summary-${process.pid}`);
    const junit = join(tmpdir(), `komainu-junit-${process.pid}.xml`);
    try {
      const { io } = await given(GOOD + BAD, { json: true, junit, github: true }, { GITHUB_STEP_SUMMARY: summary });
      const lines = io.stdout.trimEnd().split("\n");
      expect(JSON.parse(lines[0])).toMatchObject({ event: "scenario", name: "good" });
      expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ event: "result", passed: 1, failed: 1 });
      expect(lines.some((line) => line.startsWith("::error file="))).toBe(true);
      expect(readFileSync(junit, "utf8")).toContain('tests="2" failures="1"');
      expect(readFileSync(summary, "utf8")).toContain("1 of 2 scenarios passed");
    } finally {
      rmSync(summary, { force: true });
      rmSync(junit, { force: true });
    }
  });

  it("lists scenarios, chooses by name, and says when none is left", async () => {
    const { io } = await given(GOOD + BAD, { list: true });
    expect(io.stdout.split("\n")[1]).toMatch(/t\.test\.yaml:4: \.\/tiny\.json: bad$/);
    expect((await given(GOOD + BAD, { grep: "GOO" })).code).toBe(0);
    await expect(given(GOOD, { grep: "nothing" })).rejects.toMatchObject({ code: "scenarios-missing", exitCode: 2 });
    await expect(test(recordedIo(), ["/nowhere.yaml"], {} as TestOptions)).rejects.toMatchObject({
      code: "scenario-unreadable",
      exitCode: 3,
    });
  });
});
