/** Finds the row of an instruction by a flat table of candidates and makes the instruction record. */
import { assert } from "../../base/index.ts";
import type { Insn } from "./insn.ts";
import { makeInsn } from "./insn.ts";
import type { Pattern } from "./pattern.ts";
import { compilePattern, fillFields } from "./pattern.ts";
import type { Arch, Row } from "./row.ts";
import { ARMV5TEJ } from "./row.ts";
import { rows } from "./rows.ts";

/** A row ready to match. */
interface Candidate {
  row: Row;
  pattern: Pattern;
}

/** Compiled patterns by row index. */
export const patterns: readonly Pattern[] = rows.map((row) => compilePattern(row.pattern));

/** Bits 27:20 and 7:4, which tell most ARM instructions apart. */
const ARM_INDEX_BITS = 0x0ff000f0;
const armIndex = (word: number): number => ((word >>> 16) & 0xff0) | ((word >>> 4) & 0xf);
const armWordOfIndex = (index: number): number => ((index & 0xff0) << 16) | ((index & 0xf) << 4);
/** Bits 15:6 of a Thumb instruction. */
const THUMB_INDEX_BITS = 0xffc0;

/** Candidates that can match a word whose bits `indexBits` are those of `word`, most specific first. */
function candidatesFor(all: readonly Candidate[], word: number, indexBits: number): Candidate[] {
  return all.filter(({ pattern }) => ((word ^ pattern.value) & pattern.mask & indexBits) === 0);
}

function makeTable(all: readonly Candidate[], size: number, wordOf: (index: number) => number, indexBits: number) {
  const sorted = [...all].sort((a, b) => b.pattern.specificity - a.pattern.specificity);
  return Array.from({ length: size }, (_, index) => candidatesFor(sorted, wordOf(index), indexBits));
}

/** Decodes words for an engine whose ops class is `O`. */
export class Decoder<O> {
  private readonly exec: readonly ((ops: O, fields: Insn<O>) => void)[];
  private readonly conditional: readonly Candidate[][];
  private readonly unconditional: readonly Candidate[][];
  private readonly halves: readonly Candidate[][];

  /** `exec` holds the semantic function of each row, by row index; rows of other architectures are left out. */
  constructor(exec: readonly ((ops: O, fields: Insn<O>) => void)[], archs: ReadonlySet<Arch> = ARMV5TEJ) {
    assert(exec.length === rows.length, `one function per row: expected ${rows.length}, found ${exec.length}`);
    this.exec = exec;
    const all = rows
      .filter((row) => archs.has(row.arch ?? "v4T"))
      .map((row) => ({ row, pattern: patterns[row.index] }));
    const arm = all.filter(({ row }) => !row.isThumb);
    const isUnconditional = ({ row }: Candidate) => row.pattern.startsWith("1111");
    this.conditional = makeTable(
      arm.filter((each) => !isUnconditional(each)),
      4096,
      armWordOfIndex,
      ARM_INDEX_BITS,
    );
    this.unconditional = makeTable(arm.filter(isUnconditional), 4096, armWordOfIndex, ARM_INDEX_BITS);
    this.halves = makeTable(
      all.filter(({ row }) => row.isThumb),
      1024,
      (index) => index << 6,
      THUMB_INDEX_BITS,
    );
  }

  /** Decodes an ARM instruction; what no row describes becomes the undefined instruction. */
  arm(word: number): Insn<O> {
    const table = word >>> 28 === 15 ? this.unconditional : this.conditional;
    return this.match(table[armIndex(word)], word | 0);
  }

  /** Decodes a Thumb instruction of 16 bits; the halves of BL and BLX are instructions of their own. */
  thumb(half: number): Insn<O> {
    return this.match(this.halves[(half >>> 6) & 0x3ff], half & 0xffff);
  }

  private match(candidates: readonly Candidate[], word: number): Insn<O> {
    for (const { row, pattern } of candidates) {
      if ((word & pattern.mask) !== pattern.value) continue;
      const insn = makeInsn(word, row.index, this.exec[row.index]);
      fillFields(insn, word, row, pattern);
      return insn;
    }
    throw new Error(`assertion failed: no row, not even an undefined one, matches ${word.toString(16)}`);
  }
}
