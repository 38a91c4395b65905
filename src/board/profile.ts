/** Reads a board profile from its text; every complaint names file, line and column. */
import type { z } from "zod";
import { nameHint } from "../base/index.ts";
import { checkedProfile } from "./checked-profiles.ts";
import { type Finding, profileFinding } from "./errors.ts";
import { type JsonPath, type JsonSource, JsonSyntaxError, lateJson, parseJson } from "./json-source.ts";
import { checkShape, type Profile, profileMembersAt } from "./profile-schema.ts";

/** A profile together with its text, so that later findings can point into it. */
export interface Board {
  readonly path: string;
  readonly profile: Profile;
  readonly source: JsonSource;
}

type Issue = z.core.$ZodIssue;

const valueAt = (root: unknown, path: JsonPath): unknown =>
  path.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null ? (value as Record<string, unknown>)[String(part)] : undefined,
    root,
  );

/** A value in few words, for "found ...". */
function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return "an object";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

const typeNames: Readonly<Record<string, string>> = {
  array: "a list",
  object: "an object",
  string: "a text",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
};

function expectedBy(issue: Issue): string {
  // The schema's own words, where it has any.
  if (issue.message.startsWith("expected ")) return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return `expected ${typeNames[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `expected ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}`;
    case "too_small":
      return `expected at least ${issue.minimum}${issue.origin === "string" ? " character(s)" : ""}`;
    case "too_big":
      return `expected at most ${issue.maximum}${issue.origin === "string" ? " character(s)" : ""}`;
    default:
      return issue.message;
  }
}

function findingsOf(issue: Issue, source: JsonSource): Finding[] {
  const path = issue.path.filter((part): part is string | number => typeof part !== "symbol");
  const where = path.length === 0 ? "the profile" : path.join(".");
  if (issue.code === "unrecognized_keys") {
    const known = profileMembersAt(path);
    return issue.keys.map((key) => ({
      code: "profile-invalid",
      severity: "error",
      message: `${where}: expected no member "${key}"`,
      hint: nameHint("members", key, known),
      ...source.keyPositionOf([...path, key]),
    }));
  }
  const found = valueAt(source.value, path);
  const isMissing = found === undefined && path.length > 0;
  return [
    {
      code: "profile-invalid",
      severity: "error",
      message: isMissing
        ? `${path.slice(0, -1).join(".") || "the profile"}: expected a member "${path.at(-1)}", found none`
        : `${where}: ${expectedBy(issue)}, found ${describe(found)}`,
      ...source.positionOf(path),
    },
  ];
}

/** The JSON of a profile; throws `profile-syntax`. */
function parseSource(text: string, path: string): JsonSource {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const { position, message } = error;
    throw profileFinding(path, [{ code: "profile-syntax", severity: "error", message, ...position }]);
  }
}

/**
 * The profile in `text`; `path` is only for messages and for image paths.
 *
 * Throws `profile-syntax` where it is no JSON, `profile-invalid` where it does not fit the schema.
 */
export function parseProfile(text: string, path: string): Board {
  const known = checkedProfile(text);
  return known === undefined ? checkProfile(text, path) : { path, profile: known, source: lateJson(text) };
}

/** The same without regard to what the build of the program knows. */
export function checkProfile(text: string, path: string): Board {
  const source = parseSource(text, path);
  const result = checkShape(source.value);
  if (result.success) return { path, profile: result.data, source };
  // A misspelt member also leaves a required one missing; the misspelling is the news, so it comes first.
  const isUnknownMember = (issue: Issue): boolean => issue.code === "unrecognized_keys";
  const { issues } = result.error;
  const findings = [...issues.filter(isUnknownMember), ...issues.filter((issue) => !isUnknownMember(issue))].flatMap(
    (issue) => findingsOf(issue, source),
  );
  throw profileFinding(path, findings);
}
