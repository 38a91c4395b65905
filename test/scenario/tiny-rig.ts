/** Scenarios on the tiny board, whose guest is a few instructions: a run takes milliseconds. */
import { rigPower } from "../../src/main/prompt-rig.ts";
import { parseScenarios } from "../../src/scenario/parse-scenario.ts";
import { runScenario, type ScenarioResult } from "../../src/scenario/runner.ts";
import type { RunnerOptions } from "../../src/scenario/scenario-run.ts";
import { READY_TEXT, TinyBoard } from "../main/tiny-board.ts";

export type TinyEnding = ConstructorParameters<typeof TinyBoard>[1];

export class TinyRig {
  readonly board: TinyBoard;
  readonly power = rigPower({ env: {}, engine: "interp", bootCache: "off", bootSeconds: 5 });

  constructor(ending: TinyEnding = "echo", text = READY_TEXT) {
    this.board = new TinyBoard(text, ending);
  }

  /** Runs the one scenario of these steps, each a line of YAML such as `line: hello`. */
  async run(
    steps: readonly string[],
    { settings = "", ...options }: Partial<RunnerOptions> & { settings?: string } = {},
  ): Promise<ScenarioResult> {
    const list = steps.map((step) => `      - { ${step} }\n`).join("");
    const head = `board: ${this.board.path}\nscenarios:\n  - name: tiny\n${settings === "" ? "" : `    ${settings}\n`}    steps:\n`;
    const [scenario] = parseScenarios(head + list, "tiny.test.yaml");
    let clockMs = 0;
    return runScenario(scenario, {
      power: this.power,
      version: "0",
      hostNowMs: () => clockMs++,
      randomSeed: () => 99,
      folder: this.board.folder,
      ...options,
    });
  }

  dispose(): void {
    this.board.dispose();
  }
}
