import { describe, expect, it } from "vitest";
import type { FieldName } from "../../../src/arm/decode/index.ts";
import { archsOf, Decoder, rows } from "../../../src/arm/decode/index.ts";
import { hex8 } from "../../../src/base/index.ts";
import { vfpCorpus } from "./corpus-vfp.table.ts";

const functions = rows.map(() => () => {});
const decoder = new Decoder<unknown>(functions, archsOf(6, true));
const nameOf = (word: number) => rows[decoder.arm(word).row].name;

describe("the VFP rows against GNU as", () => {
  it.each(vfpCorpus.map(([word, ...rest]) => [hex8(word), ...rest] as const))("take %s, %s, for %s", (...entry) => {
    const [word, , row, fields] = entry;
    const insn = decoder.arm(Number.parseInt(word, 16));
    expect(rows[insn.row].name).toBe(row);
    expect(Object.fromEntries(Object.keys(fields).map((name) => [name, insn[name as FieldName]]))).toEqual(fields);
  });

  it("are each shown", () => {
    const shown = new Set(vfpCorpus.map(([, , row]) => row));
    expect(rows.filter(({ arch, name }) => arch === "vfpv2" && !shown.has(name))).toEqual([]);
  });
});

describe("the decoder of a processor", () => {
  it("without VFP takes them for instructions of a coprocessor that is not there", () => {
    const plain = new Decoder<unknown>(functions, archsOf(6));
    for (const [word, source] of vfpCorpus) {
      expect(rows[plain.arm(word).row].name, source).toMatch(/^(cdp|mcr|mrc|mcrr|mrrc|ldc|stc)/);
    }
  });

  it("with VFP knows no doubles above D15", () => {
    expect(nameOf(0xee311b02)).toBe("faddd");
    for (const word of [0xee711b02, 0xee311b82, 0xee311b22, 0xeef71ac1]) expect(nameOf(word)).toBe("cdp");
    expect([nameOf(0xedd21b02), nameOf(0xec443b31)]).toEqual(["ldc", "mcrr"]);
  });
});
