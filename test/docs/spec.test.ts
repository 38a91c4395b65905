/** `docs/spec.md` names tests and constants: they must be there, with those values. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const spec = read("docs/spec.md");
const rows = spec.split("\n").filter((line) => line.startsWith("| "));

describe("docs/spec.md", () => {
  it("names only files that exist", () => {
    const paths = [...spec.matchAll(/`((?:test|src|tools|boards|bench)\/[\w./-]+)`/g)].map(([, path]) => path);
    expect(paths.length).toBeGreaterThan(20);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it("says with every promise what shows it", () => {
    const promises = rows.filter((row) => row.includes("| promised |"));
    expect(promises.length).toBeGreaterThan(5);
    expect(promises.filter((row) => !/\| [^|]*(?:`|the same; exit code)[^|]* \|$/.test(row))).toEqual([]);
  });

  it("gives limits as they are in the source", () => {
    const limits = rows.filter((row) => / in `(?:src|boards)\//.test(row));
    expect(limits.length).toBeGreaterThan(15);
    const wrong = limits.filter((row) => {
      const path = / in `([^`]+)` \|$/.exec(row)?.[1] ?? "";
      const [quoted] = row.split("|").slice(-2);
      const texts = [...quoted.matchAll(/`([^`]+)`/g)].map(([, text]) => text).filter((text) => text !== path);
      return texts.length === 0 || !texts.every((text) => read(path).includes(text));
    });
    expect(wrong).toEqual([]);
  });

  it("gives every exit code that the program has", () => {
    const codes = [
      ...read("src/base/error.ts").matchAll(/(?:ok|failed|usage|environment|timeout|interrupted): (\d+)/g),
    ];
    expect(codes).toHaveLength(6);
    for (const [, code] of codes) expect(spec).toMatch(new RegExp(`^\\| ${code} \\|`, "m"));
  });
});
