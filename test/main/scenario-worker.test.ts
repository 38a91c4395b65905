import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { boardOf, ScenarioWorker } from "../../src/main/scenario-worker.ts";
import { parseJournal, parseScenarios, type Scenario } from "../../src/scenario/index.ts";
import { READY_TEXT, TinyBoard } from "./tiny-board.ts";

const folder = mkdtempSync(join(tmpdir(), "komainu-worker-"));
const boards: TinyBoard[] = [];
afterEach(() => {
  for (const board of boards.splice(0)) board.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function given(step: string, text = READY_TEXT): { scenario: Scenario; worker: ScenarioWorker } {
  const board = new TinyBoard(text, "echo");
  boards.push(board);
  const [scenario] = parseScenarios(
    `board: ${board.path}\nscenarios: [{ name: One / two, steps: [{ ${step} }] }]`,
    "t.yaml",
  );
  return {
    scenario,
    worker: new ScenarioWorker({ bootCache: "off", bootSeconds: 0.01, engine: "interp", journals: folder }, {}),
  };
}

describe("ScenarioWorker", () => {
  it("leaves the journal of a failure in its folder, by a name that a shell takes as it is", async () => {
    const { scenario, worker } = given("memory: 0, equals: 1");
    const { result } = await worker.do({ kind: "run", scenario });
    const path = result?.failure?.journal ?? "";
    expect(path).toMatch(/-one-two\.journal$/);
    expect(parseJournal(readFileSync(path, "utf8"), path).end.failure).toBe(result?.failure?.message);
    expect(result).not.toHaveProperty("journal");
  });

  it("leaves none of a scenario that passed", async () => {
    const { scenario, worker } = given("line: x");
    expect((await worker.do({ kind: "run", scenario })).result?.verdict).toBe("passed");
    expect(existsSync(folder)).toBe(false);
  });

  it("prepares a board, or says why it cannot be", async () => {
    const good = given("line: x");
    expect(await good.worker.do({ kind: "prepare", scenario: good.scenario })).toEqual({});
    const bad = given("line: x", "no prompt");
    const { result } = await bad.worker.do({ kind: "prepare", scenario: bad.scenario });
    expect(result?.failure?.code).toBe("guest-not-ready");
  });

  it("looks for a profile beside the scenario file", () => {
    const place = { path: "tests/a.yaml", line: 1, column: 1 };
    expect(boardOf({ board: "mine.json", place } as Scenario)).toBe(resolve("tests/mine.json"));
    expect(boardOf({ board: "versatilepb", place } as Scenario)).toBe("versatilepb");
  });
});
