import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { casesOf, describeOutcome, oracleRows } from "./oracle-cases.ts";
import { makeProbe } from "./oracle-probe.ts";

/** What qemu-arm 7.2 made of every case; see `make-oracle.ts`. */
const golden = new Map<string, string[]>();
for (const line of readFileSync(join(import.meta.dirname, "oracle.golden.txt"), "utf8")
  .trim()
  .split("\n")) {
  const [name] = line.split(" ", 1);
  golden.set(name, [...(golden.get(name) ?? []), line.slice(name.length + 1)]);
}

describe("single instructions against qemu-arm", () => {
  const probe = makeProbe();

  it("cover every row whose effect can be seen in user mode", () => {
    expect([...golden.keys()].sort()).toEqual(oracleRows.map((row) => row.name).sort());
  });

  it.each(oracleRows.map((row) => [row.name, row] as const))("%s leaves what it leaves there", (name, row) => {
    const expected = golden.get(name) ?? [];
    expect(expected.length).toBeGreaterThan(0);
    expect(casesOf(row, expected.length).map((given) => describeOutcome(given, probe(given)))).toEqual(expected);
  });
});
