/** Values of a scenario file against their schemas; every complaint names line and column, and says what was expected. */
import type { z } from "zod";
import { nameHint } from "../base/index.ts";
import type { Place, ScenarioFinding } from "./errors.ts";
import type { YamlPath, YamlSource } from "./yaml-source.ts";

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

export type Parsed<T> = { readonly data: T } | { readonly findings: readonly ScenarioFinding[] };

export function checkValue<T>(
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

/** The verbs of one kind of file. */
export interface StepLanguage {
  readonly schemas: Readonly<Record<string, z.ZodType>>;
  /** What to say of a verb that belongs to another kind of file. */
  readonly elsewhere: (verb: string) => { code?: string; expected: string; hint: string } | undefined;
}

interface AnyStep {
  readonly verb: string;
  readonly options: unknown;
  readonly place: Place;
}

/** One step: an object with one verb, and that verb's options. */
export function parseStep<S extends AnyStep>(
  value: Record<string, unknown>,
  path: YamlPath,
  source: YamlSource,
  { schemas, elsewhere }: StepLanguage,
): Parsed<S> {
  const place = source.placeOf(path);
  const verbs = Object.keys(schemas);
  const keys = Object.keys(value);
  const named = verbs.filter((verb) => Object.hasOwn(value, verb));
  const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(" and ");
  if (named.length > 1) {
    const hint = "Each step does one thing; make two of them.";
    return { findings: [{ ...place, message: `expected a step with one verb, found ${quoted(named)}`, hint }] };
  }
  if (named.length === 0) {
    const foreign = keys.find((key) => elsewhere(key) !== undefined);
    const other = foreign === undefined ? undefined : elsewhere(foreign);
    const found = keys.length === 0 ? "nothing" : quoted([foreign ?? keys[0]]);
    const message = `expected ${other?.expected ?? "a step with one verb"}, found ${found}`;
    return {
      findings: [
        { ...place, message, code: other?.code, hint: other?.hint ?? nameHint("steps", keys[0] ?? "", verbs) },
      ],
    };
  }
  const [verb] = named;
  const checked = checkValue(schemas[verb], value, path, source);
  return "findings" in checked ? checked : { data: { verb, options: checked.data, place } as unknown as S };
}
