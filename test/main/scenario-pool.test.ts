import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type PoolOptions, ScenarioPool } from "../../src/main/scenario-pool.ts";
import { parseScenarios } from "../../src/scenario/index.ts";
import { READY_TEXT, TinyBoard } from "./tiny-board.ts";

const folder = mkdtempSync(join(tmpdir(), "komainu-pool-"));
const boards: TinyBoard[] = [];
afterEach(() => {
  for (const board of boards.splice(0)) board.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function given(scenarios: string, options: Partial<PoolOptions> = {}, text = READY_TEXT) {
  const board = new TinyBoard(text, "echo");
  boards.push(board);
  const told: string[] = [];
  const prepared: string[] = [];
  const pool = new ScenarioPool(parseScenarios(`board: ${board.path}\nscenarios:\n${scenarios}`, "t.yaml"), {
    settings: { bootCache: { folder }, bootSeconds: 0.01, engine: "interp", journals: folder },
    env: {},
    jobs: 1,
    isInterrupted: () => false,
    onResult: ({ name }) => told.push(name),
    onPrepare: (name) => prepared.push(name),
    ...options,
  });
  return { results: await pool.run(), told, prepared };
}

describe("ScenarioPool", () => {
  it("boots the board once, runs the scenarios in order and tells each", async () => {
    const { results, told, prepared } = await given(
      "  - { name: a, steps: [{ line: x }] }\n  - { name: b, steps: [{ memory: 0, equals: 1 }] }\n",
    );
    expect(results.map(({ name, verdict }) => [name, verdict])).toEqual([
      ["a", "passed"],
      ["b", "failed"],
    ]);
    expect(told).toEqual(["a", "b"]);
    expect(prepared).toHaveLength(1);
  });

  it("tries again only what asks for it, and says how often it tried", async () => {
    const { results } = await given("  - { name: a, retries: 2, steps: [{ memory: 0, equals: 1 }] }\n");
    expect(results[0]).toMatchObject({ verdict: "failed", attempts: 3 });
  });

  it("fails every scenario of a board that does not come up, at once", async () => {
    const { results } = await given(
      "  - { name: a, steps: [{ wait: 1s }] }\n  - { name: b, steps: [{ wait: 1s }] }\n",
      {},
      "no",
    );
    expect(results.map(({ name, failure }) => [name, failure?.code, failure?.place.line])).toEqual([
      ["a", "guest-not-ready", 3],
      ["b", "guest-not-ready", 4],
    ]);
  });

  it("begins nothing after an interruption", async () => {
    expect((await given("  - { name: a, steps: [{ line: x }] }\n", { isInterrupted: () => true })).results).toEqual([]);
  });
});
