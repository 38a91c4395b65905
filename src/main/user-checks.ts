/** Checks of the user's own, from a folder of modules: `docs/writing-checks.md`. */
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import type { Check } from "../ids/index.ts";
import { checks as builtIn } from "../ids/index.ts";
import { checkInvalid, checksUnreadable } from "./errors.ts";

const MODULE = /\.(mjs|js)$/;
const ID = /^[a-z][a-z0-9-]*$/;
const COLUMN_TYPES = new Set(["address", "number", "text", "boolean"]);

function problemOf(value: unknown, taken: ReadonlySet<string>): string | undefined {
  if (value === null || typeof value !== "object")
    return "an object as default export, as docs/writing-checks.md shows";
  const { id, title, severity, view, needs, columns, messages, run } = value as Partial<Check>;
  if (typeof id !== "string" || !ID.test(id)) return "an id of small letters, digits and hyphens";
  if (taken.has(id)) return `an id that no other check has, found "${id}" twice`;
  for (const [name, text] of Object.entries({ title, severity, view })) {
    if (typeof text !== "string") return `a text as ${name}`;
  }
  if (!Array.isArray(needs) || !Array.isArray(columns)) return "lists as needs and columns";
  if (!columns.every((column) => typeof column?.name === "string" && COLUMN_TYPES.has(column.type))) {
    return `columns with a name and a type of ${[...COLUMN_TYPES].join(", ")}`;
  }
  if (messages === null || typeof messages !== "object") return "an object of messages";
  return typeof run === "function" ? undefined : "a generator function run";
}

/** The checks of a folder, by file name. Throws `checks-unreadable` and `check-invalid`. */
export function loadChecks(folder: string): Check[] {
  let names: string[];
  try {
    names = readdirSync(folder)
      .filter((name) => MODULE.test(name))
      .sort();
  } catch (error) {
    throw checksUnreadable(folder, error);
  }
  const taken = new Set(builtIn.map(({ id }) => id));
  const loaded: Check[] = [];
  for (const name of names) {
    const path = join(folder, name);
    let check: unknown;
    try {
      // The built program's code is run as scripts, which have no import(); Node loads both kinds of module this way.
      check = (createRequire(resolve(path))(resolve(path)) as { default?: unknown }).default;
    } catch (error) {
      throw checkInvalid(path, "a module that can be loaded", error instanceof Error ? error.message : String(error));
    }
    const problem = problemOf(check, taken);
    if (problem !== undefined) throw checkInvalid(path, problem, typeof check);
    taken.add((check as Check).id);
    loaded.push(check as Check);
  }
  return loaded;
}

/** The checks of a folder that may not have been given. */
export const userChecks = (folder: string | undefined): Check[] => (folder === undefined ? [] : loadChecks(folder));
