/** Reads a scenario file; every complaint names file, line and column. */

import type { z } from "zod";
import { nameHint } from "../base/index.ts";
import { type Place, type ScenarioFinding, scenarioInvalid } from "./errors.ts";
import { fileSchema, type StepOf, type scenarioSchema, stepSchemas, type Verb, verbs } from "./language.ts";
import { parseYaml, type YamlPath, type YamlSource } from "./yaml-source.ts";

/** One step as its verb reads it. */
export type Step = {
  readonly [V in Verb]: { readonly verb: V; readonly options: StepOf<V>; readonly place: Place };
}[Verb];

export interface Scenario {
  readonly name: string;
  readonly place: Place;
  readonly board: string;
  readonly append: string | undefined;
  readonly start: "prompt" | "off";
  readonly timeoutNs: number;
  readonly hostTimeoutMs: number;
  readonly forbid: readonly string[];
  readonly retries: number;
  readonly seed: number | "random" | undefined;
  readonly diskBytes: number | undefined;
  readonly steps: readonly Step[];
}

const DEFAULT_TIMEOUT_NS = 10e9;
const DEFAULT_HOST_TIMEOUT_NS = 120e9;
/** A kernel that says one of these is not well, whatever the scenario is about. */
export const DEFAULT_FORBIDDEN: readonly string[] = ["Kernel panic - not syncing", "/Internal error: Oops/"];

type Issue = z.core.$ZodIssue;

const typeNames: Readonly<Record<string, string>> = {
  array: "a list",
  object: "an object",
  record: "an object",
  string: "a text",
  int: "a whole number",
  number: "a number",
};

/** A value in few words, for "found ...". */
function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

const valueAt = (root: unknown, path: YamlPath): unknown =>
  path.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null ? (value as Record<string, unknown>)[String(part)] : undefined,
    root,
  );

function expectedBy(issue: Issue): string {
  if (issue.message.startsWith("expected ")) return issue.message;
  if (issue.code === "invalid_type") return `expected ${typeNames[issue.expected] ?? issue.expected}`;
  if (issue.code === "invalid_value")
    return `expected ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}`;
  if (issue.code === "too_small") return `expected at least ${issue.minimum}`;
  if (issue.code === "too_big") return `expected at most ${issue.maximum}`;
  // Of a choice, the branch that came furthest says most.
  const nested =
    issue.code === "invalid_union"
      ? issue.errors.flat().find(({ message }) => message.startsWith("expected "))
      : undefined;
  return nested?.message ?? issue.message;
}

/** The findings of one part of the file, whose place is `base`. */
function findingsOf(issue: Issue, base: YamlPath, source: YamlSource, known: readonly string[]): ScenarioFinding[] {
  const path = [...base, ...issue.path.filter((part): part is string | number => typeof part !== "symbol")];
  const where =
    path.length === 0
      ? "the file"
      : path
          .map((part) => (typeof part === "number" ? `[${part}]` : part))
          .join(".")
          .replaceAll(".[", "[");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      ...source.keyPlaceOf([...path, key]),
      message: `${where}: expected no member "${key}"`,
      hint: nameHint("members", key, known),
    }));
  }
  const found = valueAt(source.value, path);
  const message =
    found === undefined && path.length > 0 && issue.code === "invalid_type"
      ? `${where}: expected it to be there, found nothing`
      : `${where}: ${expectedBy(issue)}${issue.message.includes(", found ") ? "" : `, found ${describe(found)}`}`;
  return [{ ...source.placeOf(path), message }];
}

type Parsed<T> = { readonly data: T } | { readonly findings: readonly ScenarioFinding[] };

function check<T>(
  schema: z.ZodType<T> & { shape?: object },
  value: unknown,
  base: YamlPath,
  source: YamlSource,
): Parsed<T> {
  const result = schema.safeParse(value);
  if (result.success) return { data: result.data };
  const known = Object.keys(schema.shape ?? {});
  const { issues } = result.error;
  // A misspelt member also leaves a required one missing; the misspelling is the news, so it comes first.
  const isUnknown = (issue: Issue): boolean => issue.code === "unrecognized_keys";
  const ordered = [...issues.filter(isUnknown), ...issues.filter((issue) => !isUnknown(issue))];
  return { findings: ordered.flatMap((issue) => findingsOf(issue, base, source, known)) };
}

function parseStep(value: Record<string, unknown>, path: YamlPath, source: YamlSource): Parsed<Step> {
  const place = source.placeOf(path);
  const named = verbs.filter((verb) => Object.hasOwn(value, verb));
  if (named.length !== 1) {
    const keys = Object.keys(value);
    const found =
      named.length === 0
        ? keys[0] === undefined
          ? "nothing"
          : `"${keys[0]}"`
        : named.map((n) => `"${n}"`).join(" and ");
    const hint =
      named.length === 0 ? nameHint("steps", keys[0] ?? "", verbs) : "Each step does one thing; make two of them.";
    return { findings: [{ ...place, message: `expected a step with one verb, found ${found}`, hint }] };
  }
  const [verb] = named;
  const checked = check(stepSchemas[verb] as unknown as z.ZodType<StepOf<Verb>>, value, path, source);
  return "findings" in checked ? checked : { data: { verb, options: checked.data, place } as Step };
}

/** The scenarios of one file. Throws `scenario-syntax` and `scenario-invalid`. */
export function parseScenarios(text: string, path: string): Scenario[] {
  const source = parseYaml(text, path);
  const checked = check(fileSchema, source.value, [], source);
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
    const steps = scenario.steps.flatMap((step, at): Step[] => {
      const result = parseStep(step, ["scenarios", index, "steps", at], source);
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
    timeoutNs: scenario.timeout ?? file.timeout ?? DEFAULT_TIMEOUT_NS,
    hostTimeoutMs: (scenario.hostTimeout ?? file.hostTimeout ?? DEFAULT_HOST_TIMEOUT_NS) / 1e6,
    forbid: scenario.forbid ?? file.forbid ?? DEFAULT_FORBIDDEN,
    retries: scenario.retries ?? file.retries ?? 0,
    seed: scenario.seed ?? file.seed,
  };
}
