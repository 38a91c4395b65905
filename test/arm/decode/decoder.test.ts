import { describe, expect, it } from "vitest";
import type { FieldName, Fields, Insn } from "../../../src/arm/decode/index.ts";
import { ARMV5TEJ, archsOf, Decoder, makeInsn, rowIndex, rows } from "../../../src/arm/decode/index.ts";
import { hex8 } from "../../../src/base/index.ts";
import { armCorpus, thumbCorpus } from "./corpus.table.ts";
import { armV6Corpus, thumbV6Corpus } from "./corpus-v6.table.ts";

const decoder = new Decoder<unknown>(rows.map(() => () => {}));
const decoderV6 = new Decoder<unknown>(
  rows.map(() => () => {}),
  archsOf(6),
);
const nameOf = (insn: Insn) => rows[insn.row].name;
const pick = (insn: Fields, names: object) =>
  Object.fromEntries(Object.keys(names).map((name) => [name, insn[name as FieldName]]));

describe("the decoder against GNU as", () => {
  it.each(armCorpus.map(([word, ...rest]) => [hex8(word), ...rest] as const))("takes %s, %s, for %s", (...entry) => {
    const [word, , row, fields] = entry;
    const insn = decoder.arm(Number.parseInt(word, 16));
    expect(nameOf(insn)).toBe(row);
    expect(pick(insn, fields)).toEqual(fields);
  });

  it.each(thumbCorpus.map(([half, ...rest]) => [hex8(half), ...rest] as const))(
    "takes Thumb %s, %s, for %s",
    (...entry) => {
      const [half, , row, fields] = entry;
      const insn = decoder.thumb(Number.parseInt(half, 16));
      expect(nameOf(insn)).toBe(row);
      expect(pick(insn, fields)).toEqual(fields);
    },
  );

  it.each(armV6Corpus.map(([word, ...rest]) => [hex8(word), ...rest] as const))(
    "takes %s, %s, for %s of ARMv6",
    (...entry) => {
      const [word, , row, fields] = entry;
      const insn = decoderV6.arm(Number.parseInt(word, 16));
      expect(nameOf(insn)).toBe(row);
      expect(pick(insn, fields)).toEqual(fields);
    },
  );

  it.each(thumbV6Corpus.map(([half, ...rest]) => [hex8(half), ...rest] as const))(
    "takes Thumb %s, %s, for %s of ARMv6",
    (...entry) => {
      const [half, , row, fields] = entry;
      const insn = decoderV6.thumb(Number.parseInt(half, 16));
      expect(nameOf(insn)).toBe(row);
      expect(pick(insn, fields)).toEqual(fields);
    },
  );

  it("is shown every row at least once", () => {
    const shown = new Set([...armCorpus, ...thumbCorpus, ...armV6Corpus, ...thumbV6Corpus].map(([, , row]) => row));
    const core = rows.filter(({ arch }) => arch !== "vfpv2");
    expect(core.map((row) => row.name).filter((name) => !shown.has(name))).toEqual([]);
  });

  it("takes the instructions of ARMv5 for the same rows on ARMv6", () => {
    for (const [word, source, row] of armCorpus) {
      if (!row.startsWith("undefined")) expect(nameOf(decoderV6.arm(word)), source).toBe(row);
    }
    for (const [half, source, row] of thumbCorpus) expect(nameOf(decoderV6.thumb(half)), source).toBe(row);
  });

  it("finds no instruction of ARMv6 on the ARM926EJ-S", () => {
    for (const [word, source, row] of armV6Corpus) {
      // On ARMv5 a hint is an MSR of no field.
      const expected = /^(nop|yield|wf[ei]|sev)$/.test(row) ? "msrImm" : /^undefined/;
      expect(nameOf(decoder.arm(word)), source).toMatch(expected);
    }
    for (const [half, source] of thumbV6Corpus) expect(nameOf(decoder.thumb(half)), source).toBe("thumbUndefined");
  });
});

describe("the decoder", () => {
  it("finds a row for every Thumb halfword", () => {
    for (let half = 0; half < 0x10000; half++) expect(rows[decoder.thumb(half).row].isThumb).toBe(true);
  });

  it("finds an ARM row for words of every kind, and leaves every field a signed word", () => {
    const names = Object.keys(makeInsn(0, 0, () => {})) as (keyof Insn)[];
    let seed = 12345;
    for (let index = 0; index < 50_000; index++) {
      seed = (Math.imul(seed, 1103515245) + 12345) | 0;
      const word = Math.imul(seed, 0x9e3779b1) ^ (seed >>> 15);
      const insn = decoder.arm(word);
      if (rows[insn.row].isThumb) expect.fail(`Thumb row for ${word}`);
      if (Object.keys(insn).length !== names.length) expect.fail(`another shape for ${word}`);
      for (const name of names) {
        const value = insn[name];
        if (name !== "exec" && !Object.is(value, (value as number) | 0)) expect.fail(`${name} of ${word}: ${value}`);
      }
    }
  });

  it("takes unsigned and signed words alike", () => {
    expect(decoder.arm(0xe3a00001)).toEqual(decoder.arm(0xe3a00001 | 0));
  });

  it("keeps words apart from halfwords of the same value", () => {
    for (const raw of [0x0000, 0x4770, 0x1c48]) {
      expect([rows[decoder.arm(raw).row].isThumb, rows[decoder.thumb(raw).row].isThumb]).toEqual([false, true]);
      expect(decoder.thumb(raw | 0xabcd0000).raw).toBe(raw);
    }
  });

  it("gives always to instructions without a condition", () => {
    expect(decoder.arm(0xf5d1f000).c).toBe(14);
    expect(decoder.thumb(0x4770).c).toBe(14);
    expect(decoder.thumb(0xd0fe).c).toBe(0);
  });

  it("hands the function of the row to the instruction", () => {
    const functions = rows.map(() => () => {});
    const insn = new Decoder<unknown>(functions).arm(0xe12fff1e);
    expect(insn.exec).toBe(functions[rowIndex("bx")]);
  });

  it("leaves out rows of architectures it is not told of", () => {
    const plain = new Decoder<unknown>(
      rows.map(() => () => {}),
      new Set(["v4T"]),
    );
    expect(ARMV5TEJ.has("v6K")).toBe(false);
    expect(nameOf(plain.arm(0xe16f1f12))).toBe("undefined");
    expect(nameOf(decoder.arm(0xe16f1f12))).toBe("clz");
  });

  it("refuses a function table of another length", () => {
    expect(() => new Decoder<unknown>([])).toThrow(/one function per row/);
  });
});
