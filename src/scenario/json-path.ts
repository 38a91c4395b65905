/** Values inside an answer by a path such as `rows[0].name`, and what a scenario expects of them. */
import { isRegularExpression, parsePattern } from "./pattern.ts";

const PART = /\.?([A-Za-z_$][\w$-]*)|\[(\d{1,6})\]/y;

/** `undefined` where the path leads nowhere, or is none. */
export function valueAtPath(root: unknown, path: string): unknown {
  let value = root;
  for (let at = 0; at < path.length; ) {
    PART.lastIndex = at;
    const part = PART.exec(path);
    if (part === null || value === null || value === undefined) return undefined;
    at = PART.lastIndex;
    const name = part[1] ?? part[2];
    if (Array.isArray(value)) value = name === "length" ? value.length : value[Number(name)];
    else if (typeof value === "object")
      value = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
    else return undefined;
  }
  return value;
}

export type Scalar = string | number | boolean | null;

/** Equal, or matched by a regular expression. */
export function isAsExpected(found: unknown, expected: Scalar): boolean {
  if (typeof expected === "string" && isRegularExpression(expected)) {
    const text = typeof found === "string" ? found : JSON.stringify(found);
    return text !== undefined && parsePattern(expected).find(text) !== undefined;
  }
  return found === expected;
}
