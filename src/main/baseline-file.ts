/**
 * A baseline as a file: a line of JSON with everything, and a line with the SHA-256 of the first. The digest tells damage,
 * not intent: a baseline is to be trusted as far as the place where it lay.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { type Baseline, baselineChecks } from "../ids/index.ts";
import { baselineDamaged } from "./errors.ts";

const SCHEMA = "komainu.baseline/1";
export const BASELINE_NAME = /^[\w.-]{1,64}$/;
/** Hundreds of thousands of rows; a guest with more has no baseline. */
export const MAX_BASELINE_BYTES = 16 << 20;
const MAX_TEXT = 8192;

export interface SavedBaseline {
  readonly name: string;
  /** Version line of the kernel's build. */
  readonly kernel: string;
  readonly baseline: Baseline;
}

/** Made when the first file is read: most runs read none. */
function makeSchema() {
  const text = z.string().max(MAX_TEXT);
  return z.strictObject({
    schema: z.literal(SCHEMA),
    name: z.string().regex(BASELINE_NAME),
    kernel: text,
    checks: z
      .array(z.strictObject({ check: z.enum(baselineChecks), rows: z.array(text).max(1 << 20) }))
      .max(baselineChecks.length),
  });
}
let schema: ReturnType<typeof makeSchema> | undefined;

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

export function encodeBaseline({ name, kernel, baseline }: SavedBaseline): string {
  const checks = [...baseline].map(([check, rows]) => ({ check, rows: [...rows] }));
  const text = JSON.stringify({ schema: SCHEMA, name, kernel, checks });
  return `${text}\n${JSON.stringify({ sha256: digestOf(text) })}\n`;
}

/** Throws `baseline-damaged`; nothing is taken from a file whose digest is wrong. `path` is for the message. */
export function decodeBaseline(file: string, path: string): SavedBaseline {
  const [text, digest, end, ...more] = file.split("\n");
  if (digest === undefined || end !== "" || more.length > 0) {
    throw baselineDamaged(path, "two lines", `${file.length} characters in others`);
  }
  if (digest !== JSON.stringify({ sha256: digestOf(text) })) {
    throw baselineDamaged(path, "contents that match their SHA-256", "others");
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw baselineDamaged(path, "a line of JSON", "something else");
  }
  schema ??= makeSchema();
  const result = schema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw baselineDamaged(path, `a baseline of ${SCHEMA}`, `${issue.message} at ${issue.path.map(String).join(".")}`);
  }
  const { name, kernel, checks } = result.data;
  const baseline = new Map(checks.map(({ check, rows }) => [check, new Set(rows)] as const));
  if (baseline.size !== checks.length) throw baselineDamaged(path, "each check once", "one twice");
  return { name, kernel, baseline };
}
