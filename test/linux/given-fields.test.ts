import { describe, expect, it } from "vitest";
import type { BuildFile } from "../../src/debuginfo/index.ts";
import { absent } from "../../src/linux/fact.ts";
import { GivenFields } from "../../src/linux/given-fields.ts";
import type { Fact } from "../../src/linux/index.ts";
import { GivenFile, likely, proved, unknown } from "../../src/linux/index.ts";

const nothing = unknown("not learned");
const memory = {
  kallsyms: nothing,
  exports: nothing,
  banner: undefined,
  textAt: () => undefined,
  tableAddress: 0,
  syscallTableOf: () => undefined,
};

function fieldsOf(offsets: Record<string, number>, learned: Record<string, Fact<number>>) {
  const members = new Map(Object.entries(offsets));
  const structures = new Map([["s", { sizeBytes: 64, members }]]);
  const file: BuildFile = { name: "types", kind: "BTF", symbols: [], structures };
  const names = Object.keys(offsets).map((name) => `s.${name}`);
  const given = new GivenFile(file, memory);
  return { given, fields: new GivenFields([given], names, (name) => learned[name] ?? nothing) };
}

describe("a field of which a file of the build speaks", () => {
  it("is added where it was not learned, and proved where code alone said the same", () => {
    const learned = { "s.a": proved(4, "data"), "s.b": likely(8, "code") };
    const { fields } = fieldsOf({ a: 4, b: 8, c: 12 }, learned);
    expect(fields.complete("s.a", learned["s.a"])).toMatchObject({ confidence: "proved", value: 4 });
    expect(fields.complete("s.b", learned["s.b"])).toMatchObject({ confidence: "proved", value: 8 });
    expect(fields.complete("s.c", nothing)).toMatchObject({
      confidence: "likely",
      value: 12,
      evidence: "types (BTF) says so; it was not learned: not learned",
    });
    expect(fields.complete("s.d", nothing)).toBe(nothing);
  });

  it("is not added where the kernel does without it, though the file has the name", () => {
    const learned = { "s.a": proved(4, "data"), "s.b": absent("it is kept otherwise") };
    const { fields } = fieldsOf({ a: 4, b: 8 }, learned);
    expect(fields.complete("s.b", learned["s.b"])).toBe(learned["s.b"]);
  });

  it("stays as it was learned when the file is of another build", () => {
    const learned = { "s.a": proved(4, "data"), "s.b": proved(20, "data") };
    const { fields, given } = fieldsOf({ a: 4, b: 8, c: 12 }, learned);
    expect(fields.complete("s.b", learned["s.b"])).toBe(learned["s.b"]);
    expect(fields.complete("s.c", nothing)).toBe(nothing);
    expect(given.verdict).toBe("other");
  });

  it("is judged again a moment later, when more was learned", () => {
    const learned: Record<string, Fact<number>> = {};
    const { fields, given } = fieldsOf({ a: 4, b: 8 }, learned);
    expect(fields.complete("s.b", nothing)).toBe(nothing);
    expect(given.verdict).toBe("unknown");
    learned["s.a"] = proved(4, "data");
    fields.refresh();
    expect(fields.complete("s.b", nothing)).toMatchObject({ value: 8 });
  });
});
