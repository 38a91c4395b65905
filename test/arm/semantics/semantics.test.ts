import { describe, expect, it } from "vitest";
import { archsOf, Decoder, rows } from "../../../src/arm/decode/index.ts";
import type { Ops } from "../../../src/arm/semantics/index.ts";
import { execTable, semantics } from "../../../src/arm/semantics/index.ts";
import { armCorpus, thumbCorpus } from "../decode/corpus.table.ts";
import { armV6Corpus, thumbV6Corpus } from "../decode/corpus-v6.table.ts";
import { vfpCorpus } from "../decode/corpus-vfp.table.ts";
import { makeRecorder } from "./recorder.ts";

type Run = <V>(ops: Ops<V>) => void;

const decoder = new Decoder<unknown>(
  rows.map(() => () => {}),
  archsOf(6, true),
);
const corpus = [
  ...[...armCorpus, ...armV6Corpus, ...vfpCorpus].map(([word, source]) => ({ source, insn: decoder.arm(word) })),
  ...[...thumbCorpus, ...thumbV6Corpus].map(([half, source]) => ({
    source: `thumb ${source}`,
    insn: decoder.thumb(half),
  })),
].map(({ source, insn }) => {
  const run: Run = (ops) => semantics[rows[insn.row].semantic](ops, insn);
  return { source, run };
});

/** What an instruction does, as text. */
function effectsOf(run: Run, abortAt = 0): string[] {
  const recorder = makeRecorder<string>((text) => text, abortAt);
  run(recorder.ops);
  return recorder.effects;
}
const arm = (word: number) =>
  effectsOf((ops) => semantics[rows[decoder.arm(word).row].semantic](ops, decoder.arm(word)));
const thumb = (half: number) =>
  effectsOf((ops) => semantics[rows[decoder.thumb(half).row].semantic](ops, decoder.thumb(half)));

describe("the semantics", () => {
  it("are one function a row, and every function serves a row", () => {
    expect(execTable<number>()).toHaveLength(rows.length);
    const used = new Set<string>(rows.map((row) => row.semantic));
    expect(Object.keys(semantics).filter((name) => !used.has(name))).toEqual([]);
  });

  it.each(corpus)("never branch on a value: $source", ({ run }) => {
    const callsWith = <V>(value: V) => {
      const recorder = makeRecorder<V>(() => value);
      run(recorder.ops);
      return recorder.calls;
    };
    const opaque = callsWith(Object.freeze(Object.create({ toString: () => "value" })) as object);
    for (const value of [0, 1, -1, 15, Number.NaN, undefined, ""]) expect(callsWith(value)).toEqual(opaque);
  });

  it.each(corpus)("change nothing after an access that aborts: $source", ({ run }) => {
    const recorder = makeRecorder<string>((text) => text);
    run(recorder.ops);
    const asked = recorder.calls.filter((name) => name === "aborted").length;
    for (let abortAt = 1; abortAt <= asked; abortAt++) {
      const aborted = makeRecorder<string>((text) => text, abortAt);
      run(aborted.ops);
      expect(aborted.calls[aborted.calls.length - 1]).toBe("aborted");
      expect(
        aborted.effects.filter((text) => /^(write(Reg|RegUser|Cpsr|Spsr|VfpWord)|vfpCo|branch|set)/.test(text)),
      ).toEqual([]);
    }
  });

  it.each(corpus)("ask whether it aborted after every access: $source", ({ run }) => {
    const recorder = makeRecorder<string>((text) => text);
    run(recorder.ops);
    const { calls } = recorder;
    for (const [index, name] of calls.entries()) {
      if (/^(load|store|openBlock|readCoprocessor|writeCoprocessor|requireVfp|readVfp|writeVfpSystem)/.test(name)) {
        const next = calls.slice(index + 1).find((each) => !/^signExtend/.test(each));
        expect(next, name).toBe("aborted");
      }
    }
  });
});

describe("data processing", () => {
  it("adds with carry when the flags are wanted, and plainly when not", () => {
    expect(arm(0xe0a21003)).toEqual(["writeReg(1, add(add(reg(2), shiftImmNoCarry(0, reg(3), 0)), flagC()))"]);
    const sum = "addWithCarry(reg(2), shiftImmNoCarry(0, reg(3), 0), flagC())";
    expect(arm(0xe0b21003)).toEqual([`setNZCV(${sum})`, `writeReg(1, ${sum})`]);
  });

  it("returns from an exception when S is set and R15 is the destination", () => {
    expect(arm(0xe25ef004)).toEqual(["exceptionReturn(addWithCarry(reg(14), const(-5), const(1)))"]);
    expect(arm(0xe1b0f00e)).toEqual(["exceptionReturn(shiftImm(0, reg(14), 0))"]);
  });

  it("only sets flags in comparisons", () => {
    expect(arm(0xe3570001)).toEqual(["setNZCV(addWithCarry(reg(7), const(-2), const(1)))"]);
    expect(arm(0xe3170001)).toEqual(["setNZC(and(reg(7), expandImm(1, 0)))"]);
  });
});

describe("multiplies", () => {
  it("add the accumulator as 64 bits and write the low word first", () => {
    expect(arm(0xe0e21493)).toEqual([
      "writeReg(1, add64(mulSigned64(reg(3), reg(4)), high, reg(1), reg(2)))",
      "writeReg(2, high)",
    ]);
  });

  it("saturate the doubling and then the sum", () => {
    expect(arm(0xe1431052)).toEqual(["writeReg(1, qadd(reg(2), qadd(reg(3), reg(3))))"]);
  });
});

describe("loads and stores", () => {
  it("write the base before the loaded register, so that the loaded value wins", () => {
    expect(arm(0xe4911004)).toEqual([
      "load32(reg(1))",
      "writeReg(1, add(reg(1), const(4)))",
      "writeReg(1, load32(reg(1)))",
    ]);
  });

  it("take the state from a word loaded to R15", () => {
    expect(arm(0xe51ff004)).toEqual([
      "load32(add(reg(15), const(-4)))",
      "branchExchange(load32(add(reg(15), const(-4))))",
    ]);
  });

  it("refuse an odd register pair, an empty list and R15 as the base of a block", () => {
    for (const word of [0xe1c210d8, 0xe1c210f8, 0xe8910000, 0xe8810000, 0xe89f0002, 0xe88f0002]) {
      expect(arm(word)).toEqual(["raiseUndefined()"]);
    }
    expect(thumb(0xbc00)).toEqual(["raiseUndefined()"]);
  });

  it("load a block lowest register first, and branch with exchange to the word for R15", () => {
    expect(arm(0xe8b1800c)).toEqual([
      "openBlock(add(reg(1), const(0)), 3, false, 4)",
      "writeReg(1, add(reg(1), const(12)))",
      "blockLoad(0)",
      "writeReg(2, blockLoad(0))",
      "blockLoad(1)",
      "writeReg(3, blockLoad(1))",
      "blockLoad(2)",
      "branchExchange(blockLoad(2))",
    ]);
  });

  it("store the base as it was when it is in the list", () => {
    expect(arm(0xe9210006)).toEqual([
      "openBlock(add(reg(1), const(-8)), 2, true, 4)",
      "blockStore(0, reg(1))",
      "blockStore(1, reg(2))",
      "writeReg(1, add(reg(1), const(-8)))",
    ]);
  });

  it("use user registers with ^, and the SPSR when R15 is loaded", () => {
    expect(arm(0xe8dd2000)).toContain("writeRegUser(13, blockLoad(0))");
    expect(arm(0xe94d4000)).toContain("blockStore(0, regUser(14))");
    expect(arm(0xe8fd8001)).toContain("exceptionReturn(blockLoad(1))");
  });

  it("use user permissions in the T forms, which always write the base back", () => {
    expect(arm(0xe4b21008)).toEqual([
      "load32User(reg(2))",
      "writeReg(2, add(reg(2), const(8)))",
      "writeReg(1, load32User(reg(2)))",
    ]);
  });
});

describe("branches", () => {
  it("read the target before they write LR", () => {
    expect(arm(0xe12fff3e)).toEqual(["writeReg(14, nextAddress())", "branchExchange(reg(14))"]);
    const order = makeRecorder<string>((text) => text);
    const insn = decoder.arm(0xe12fff3e);
    semantics.blxReg(order.ops, insn);
    expect(order.calls).toEqual(["reg", "nextAddress", "writeReg", "branchExchange"]);
  });

  it("set the Thumb bit of the target of BLX and of what Thumb calls leave in LR", () => {
    expect(arm(0xfb000006)).toContain("branchExchange(add(reg(15), const(27)))");
    expect(thumb(0xf801)).toEqual(["writeReg(14, or(nextAddress(), const(1)))", "branch(add(reg(14), const(2)))"]);
    expect(thumb(0xe802)).toContain("branchExchange(and(add(reg(14), const(4)), const(-4)))");
  });

  it("align PC for literals in Thumb state", () => {
    expect(thumb(0xa101)).toEqual(["writeReg(1, add(and(reg(15), const(-4)), const(4)))"]);
  });
});

describe("coprocessor transfers", () => {
  it("pass numbers in the manual's order, and set the flags for R15", () => {
    expect(arm(0xee071f9a)).toEqual(["writeCoprocessor(15, 0, 7, 10, 4, reg(1))"]);
    expect(arm(0xee17ff7a)).toEqual([
      "readCoprocessor(15, 0, 7, 10, 3)",
      "setFlagsFromBits(readCoprocessor(15, 0, 7, 10, 3))",
    ]);
    expect(arm(0xec454431)).toEqual(["writeCoprocessor(4, 3, 16, 1, 0, reg(4))"]);
  });

  it("are undefined for coprocessors that nobody has", () => {
    for (const word of [0xee232145, 0xec554431, 0xed932102, 0xfe071f9a])
      expect(arm(word)).toEqual(["raiseUndefined()"]);
  });
});
