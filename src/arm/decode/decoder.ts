/** Finds the row of an instruction by a flat table of candidates and makes the instruction record. */
import { assert } from "../../base/index.ts";
import { FieldReader } from "./field-reader.ts";
import type { Insn } from "./insn.ts";
import { blankValues, makeInsn } from "./insn.ts";
import type { Pattern } from "./pattern.ts";
import { compilePattern } from "./pattern.ts";
import type { Arch, Row } from "./row.ts";
import { ARMV5TEJ } from "./row.ts";
import { rows } from "./rows.ts";

/** A row ready to match. */
interface Candidate {
  readonly row: Row;
  readonly pattern: Pattern;
}

/** Compiled patterns by row index. */
export const patterns: readonly Pattern[] = rows.map((row) => compilePattern(row.pattern));

/** By row index, made when first asked for. */
const fieldReaders: (FieldReader | undefined)[] = rows.map(() => undefined);

function fieldReaderOf(row: Row): FieldReader {
  const known = fieldReaders[row.index];
  if (known !== undefined) return known;
  const reader = new FieldReader(row, patterns[row.index]);
  fieldReaders[row.index] = reader;
  return reader;
}

/** Bits 27:20 and 7:4, which tell most ARM instructions apart. */
const ARM_INDEX_BITS = 0x0ff000f0;
const armIndex = (word: number): number => ((word >>> 16) & 0xff0) | ((word >>> 4) & 0xf);
/** Bits 15:6 of a Thumb instruction. */
const THUMB_INDEX_BITS = 0xffc0;

/** Which rows can match, by the index bits of the instruction. Lists are made when first asked for: few ever are. */
class CandidateTable {
  private readonly all: readonly Candidate[];
  private readonly indexBits: number;
  private readonly lists: (readonly Candidate[] | undefined)[];

  constructor(candidates: readonly Candidate[], size: number, indexBits: number) {
    this.all = [...candidates].sort((a, b) => b.pattern.specificity - a.pattern.specificity);
    this.indexBits = indexBits;
    this.lists = new Array<readonly Candidate[] | undefined>(size).fill(undefined);
  }

  /** The candidates of `word`, whose index is `index`, most specific first. */
  candidates(index: number, word: number): readonly Candidate[] {
    const known = this.lists[index];
    if (known !== undefined) return known;
    const bits = this.indexBits;
    const list = this.all.filter(({ pattern }) => ((word ^ pattern.value) & pattern.mask & bits) === 0);
    this.lists[index] = list;
    return list;
  }
}

/**
 * Decodes words for an engine whose ops class is `O`.
 *
 * Each call makes a record of its own. Equal words could share one, and three quarters of the words of a boot repeat, but
 * then cold code has its records scattered over memory where they now follow each other: measured, the host's cache
 * misses cost the interpreter more than the decoding.
 */
export class Decoder<O> {
  private readonly exec: readonly ((ops: O, fields: Insn<O>) => void)[];
  private readonly conditional: CandidateTable;
  private readonly unconditional: CandidateTable;
  private readonly halves: CandidateTable;
  readonly values: Int32Array = blankValues();

  /** `exec` holds the semantic function of each row, by row index; rows of other architectures are left out. */
  constructor(exec: readonly ((ops: O, fields: Insn<O>) => void)[], archs: ReadonlySet<Arch> = ARMV5TEJ) {
    assert(exec.length === rows.length, `one function per row: expected ${rows.length}, found ${exec.length}`);
    this.exec = exec;
    const all = rows
      .filter((row) => archs.has(row.arch ?? "v4T"))
      .map((row) => ({ row, pattern: patterns[row.index] }));
    const arm = all.filter(({ row }) => !row.isThumb);
    const isUnconditional = ({ row }: Candidate) => row.pattern.startsWith("1111");
    const conditional = arm.filter((each) => !isUnconditional(each));
    this.conditional = new CandidateTable(conditional, 4096, ARM_INDEX_BITS);
    this.unconditional = new CandidateTable(arm.filter(isUnconditional), 4096, ARM_INDEX_BITS);
    const thumb = all.filter(({ row }) => row.isThumb);
    this.halves = new CandidateTable(thumb, 1024, THUMB_INDEX_BITS);
  }

  /** Decodes an ARM instruction; what no row describes becomes the undefined instruction. */
  arm(word: number): Insn<O> {
    const table = word >>> 28 === 15 ? this.unconditional : this.conditional;
    return this.match(table.candidates(armIndex(word), word), word | 0);
  }

  /** Decodes a Thumb instruction of 16 bits; the halves of BL and BLX are instructions of their own. */
  thumb(half: number): Insn<O> {
    return this.match(this.halves.candidates((half >>> 6) & 0x3ff, half), half & 0xffff);
  }

  /** The row of an ARM instruction; its fields are left in `values`, each at its place of `Field`, until the next call. */
  armRow(word: number): Row {
    const table = word >>> 28 === 15 ? this.unconditional : this.conditional;
    return this.read(table.candidates(armIndex(word), word), word | 0);
  }

  private match(candidates: readonly Candidate[], word: number): Insn<O> {
    const { index } = this.read(candidates, word);
    return makeInsn(word, index, this.exec[index], this.values);
  }

  private read(candidates: readonly Candidate[], word: number): Row {
    for (const { row, pattern } of candidates) {
      if ((word & pattern.mask) !== pattern.value) continue;
      fieldReaderOf(row).read(word, this.values);
      return row;
    }
    throw new Error(`assertion failed: no row, not even an undefined one, matches ${word.toString(16)}`);
  }
}
