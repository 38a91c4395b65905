/** Reads a script for a line: a list of steps, or the scenarios of a test file; complaints name file, line and column. */
import { type Place, type ScenarioFinding, scenarioInvalid } from "./errors.ts";
import {
  type LineStepOf,
  type LineVerb,
  lineFileSchema,
  lineStepSchemas,
  lineVerbs,
  machineVerbs,
  scriptSchema,
} from "./line-language.ts";
import { DEFAULT_FORBIDDEN, DEFAULT_TIMEOUT_NS } from "./parse-scenario.ts";
import { checkValue, parseStep, type StepLanguage } from "./schema-check.ts";
import { parseYaml, type YamlPath } from "./yaml-source.ts";

/** One step as its verb reads it. */
export type LineStep = {
  readonly [V in LineVerb]: { readonly verb: V; readonly options: LineStepOf<V>; readonly place: Place };
}[LineVerb];

export interface LineScript {
  readonly name: string;
  readonly place: Place;
  readonly timeoutNs: number;
  /** Without one, each step has its own time-out and the whole has none. */
  readonly hostTimeoutMs: number | undefined;
  readonly forbid: readonly string[];
  readonly steps: readonly LineStep[];
}

const language: StepLanguage = {
  schemas: lineStepSchemas,
  elsewhere: (verb) =>
    machineVerbs.includes(verb)
      ? {
          code: "step-needs-machine",
          expected: `a step that works on a line alone (${lineVerbs.join(", ")})`,
          hint: `${verb} looks into a machine or moves it, which a real line does not let us: komainu test FILE does it on a modelled board.`,
        }
      : undefined,
};

interface Settings {
  readonly timeout?: number;
  readonly hostTimeout?: number;
  readonly forbid?: readonly string[];
}

interface Part extends Settings {
  readonly name: string;
  readonly path: YamlPath;
  readonly steps: readonly Record<string, unknown>[];
}

/** Throws `scenario-syntax`, `scenario-invalid`, and `step-needs-machine`. */
export function parseScript(text: string, path: string): LineScript[] {
  const source = parseYaml(text, path);
  const { value } = source;
  const hasScenarios = typeof value === "object" && value !== null && Object.hasOwn(value, "scenarios");
  let file: Settings;
  let parts: Part[];
  if (hasScenarios) {
    const checked = checkValue(lineFileSchema, value, [], source);
    if ("findings" in checked) throw scenarioInvalid(checked.findings);
    file = checked.data;
    parts = checked.data.scenarios.map((scenario, index) => ({ ...scenario, path: ["scenarios", index] }));
  } else {
    const checked = checkValue(scriptSchema, value, [], source);
    if ("findings" in checked) throw scenarioInvalid(checked.findings);
    file = checked.data;
    parts = [{ ...checked.data, name: path, path: [] }];
  }
  const findings: ScenarioFinding[] = [];
  const scripts = parts.map((part): LineScript => {
    const steps = part.steps.flatMap((step, at): LineStep[] => {
      const result = parseStep<LineStep>(step, [...part.path, "steps", at], source, language);
      if ("data" in result) return [result.data];
      findings.push(...result.findings);
      return [];
    });
    const hostTimeout = part.hostTimeout ?? file.hostTimeout;
    return {
      name: part.name,
      place: source.placeOf(part.path),
      timeoutNs: part.timeout ?? file.timeout ?? DEFAULT_TIMEOUT_NS,
      hostTimeoutMs: hostTimeout === undefined ? undefined : hostTimeout / 1e6,
      forbid: part.forbid ?? file.forbid ?? DEFAULT_FORBIDDEN,
      steps,
    };
  });
  if (findings.length > 0) throw scenarioInvalid(findings);
  return scripts;
}
