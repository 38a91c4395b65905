/** Reads a scenario file; every complaint names file, line and column. */
import type { z } from "zod";
import { type Place, type ScenarioFinding, scenarioInvalid } from "./errors.ts";
import { fileSchema, type StepOf, type scenarioSchema, stepSchemas, type Verb } from "./language.ts";
import { lineOnlyVerbs } from "./line-language.ts";
import { checkValue, parseStep, type StepLanguage } from "./schema-check.ts";
import { parseYaml } from "./yaml-source.ts";

/** One step as its verb reads it. */
export type Step = {
  readonly [V in Verb]: { readonly verb: V; readonly options: StepOf<V>; readonly place: Place };
}[Verb];

export interface Scenario {
  readonly name: string;
  readonly place: Place;
  readonly board: string;
  readonly append: string | undefined;
  /** Name of a root file system; the initrd alone without it. */
  readonly rootfs: string | undefined;
  readonly start: "prompt" | "off";
  readonly timeoutNs: number;
  readonly hostTimeoutMs: number;
  readonly forbid: readonly string[];
  readonly retries: number;
  readonly seed: number | "random" | undefined;
  readonly diskBytes: number | undefined;
  readonly steps: readonly Step[];
}

const language: StepLanguage = {
  schemas: stepSchemas,
  elsewhere: (verb) =>
    lineOnlyVerbs.includes(verb)
      ? {
          expected: "a step of a modelled board",
          hint: `${verb} works on a real line: komainu console PORT --script FILE`,
        }
      : undefined,
};

export const DEFAULT_TIMEOUT_NS = 10e9;
const DEFAULT_HOST_TIMEOUT_NS = 120e9;
/** A kernel that says one of these is not well, whatever the scenario is about. */
export const DEFAULT_FORBIDDEN: readonly string[] = ["Kernel panic - not syncing", "/Internal error: Oops/"];

/** The scenarios of one file. Throws `scenario-syntax` and `scenario-invalid`. */
export function parseScenarios(text: string, path: string): Scenario[] {
  const source = parseYaml(text, path);
  const checked = checkValue(fileSchema, source.value, [], source);
  if ("findings" in checked) throw scenarioInvalid(checked.findings);
  const { scenarios, ...file } = checked.data;
  const findings: ScenarioFinding[] = [];
  const names = new Set<string>();
  const parsed = scenarios.map((scenario, index): Scenario => {
    const place = source.placeOf(["scenarios", index]);
    if (names.has(scenario.name)) {
      findings.push({
        ...source.placeOf(["scenarios", index, "name"]),
        message: `expected each name once, found "${scenario.name}" again`,
      });
    }
    names.add(scenario.name);
    if (file.rootfs !== undefined && scenario.disk !== undefined) {
      findings.push({
        ...source.placeOf(["scenarios", index, "disk"]),
        message: `expected no disk beside the root file system ${file.rootfs}, which is the board's first disk, found one`,
        hint: "Give the scenario a file of its own.",
      });
    }
    const steps = scenario.steps.flatMap((step, at): Step[] => {
      const result = parseStep<Step>(step, ["scenarios", index, "steps", at], source, language);
      if ("data" in result) return [result.data];
      findings.push(...result.findings);
      return [];
    });
    return {
      ...mergeSettings(file, scenario),
      name: scenario.name,
      place,
      start: scenario.start,
      diskBytes: scenario.disk,
      steps,
    };
  });
  if (findings.length > 0) throw scenarioInvalid(findings);
  return parsed;
}

type FileSettings = Omit<z.output<typeof fileSchema>, "scenarios">;

/** A scenario's own settings, else the file's, else the usual ones. */
function mergeSettings(file: FileSettings, scenario: z.output<typeof scenarioSchema>) {
  return {
    board: file.board,
    append: file.append,
    rootfs: file.rootfs,
    timeoutNs: scenario.timeout ?? file.timeout ?? DEFAULT_TIMEOUT_NS,
    hostTimeoutMs: (scenario.hostTimeout ?? file.hostTimeout ?? DEFAULT_HOST_TIMEOUT_NS) / 1e6,
    forbid: scenario.forbid ?? file.forbid ?? DEFAULT_FORBIDDEN,
    retries: scenario.retries ?? file.retries ?? 0,
    seed: scenario.seed ?? file.seed,
  };
}
