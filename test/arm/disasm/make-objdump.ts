/**
 * Makes `objdump.golden.txt` anew: the decoder's corpus and a few random words of every row, as GNU objdump writes them.
 *
 * Needs arm-linux-gnueabi-objdump: `npx tsx test/arm/disasm/make-objdump.ts [words a row]`. With a number given nothing is
 * written; the words are compared with the disassembler at once.
 *
 * Left out, because objdump has notes or names there that are not ours: what it calls UNPREDICTABLE (also write-back
 * to the PC and a condition on BKPT or UDF), and coprocessors whose instructions it knows by other names (FPA, VFP, Neon,
 * Maverick).
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Insn, Row } from "../../../src/arm/decode/index.ts";
import { archsOf, Decoder, rows } from "../../../src/arm/decode/index.ts";
import { disassemble } from "../../../src/arm/disasm/index.ts";
import { armCorpus, thumbCorpus } from "../decode/corpus.table.ts";
import { armV6Corpus, thumbV6Corpus } from "../decode/corpus-v6.table.ts";
import { vfpCorpus } from "../decode/corpus-vfp.table.ts";

const BASE_ADDRESS = 0x8000;
const WORDS_PER_ROW = 6;
const plainCoprocessors = new Set([0, 3, 7, 14]);

const corpora = {
  5: { arm: armCorpus, thumb: thumbCorpus },
  6: { arm: armV6Corpus, thumb: thumbV6Corpus },
} as const;
const functions = rows.map(() => () => {});
const decoders = {
  5: new Decoder<unknown>(functions, archsOf(5)),
  6: new Decoder<unknown>(functions, archsOf(6, true)),
};
const machines = { 5: "armv5tej", 6: "armv6k" } as const;
const allExamples = Object.values(corpora).flatMap(({ arm, thumb }) => [...arm, ...thumb]);
const exampleOf = new Map(allExamples.map(([word, , name]) => [name, word]));

/** Instructions of one state that one version of the architecture brought. */
interface InstructionSet {
  readonly architecture: 5 | 6;
  readonly isThumb: boolean;
  /** The instructions of its VFP, and those alone. */
  readonly isVfp?: boolean;
}
const sets: readonly InstructionSet[] = [
  { architecture: 5, isThumb: false },
  { architecture: 5, isThumb: true },
  { architecture: 6, isThumb: false },
  { architecture: 6, isThumb: true },
  { architecture: 6, isThumb: false, isVfp: true },
];
let state = 20260101;

function random(below: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
}

/** A word of the row; bits that the pattern leaves open are as the assembler writes them. */
function randomWord({ name, pattern }: Row): number {
  const example = exampleOf.get(name) ?? 0;
  let word = 0;
  for (const [index, character] of [...pattern].entries()) {
    const exampleBit = (example >>> (pattern.length - 1 - index)) & 1;
    const bit = character === "0" || character === "1" ? Number(character) : character === "-" ? exampleBit : random(2);
    word = (word << 1) | bit;
  }
  if (pattern.startsWith("cccc")) word = (word & 0x0fffffff) | ((random(3) === 0 ? random(15) : 14) << 28);
  return word >>> 0;
}

function isComparable(insn: Insn): boolean {
  const { name, isThumb } = rows[insn.row];
  if (isThumb) return !/fix$|^thumbUndefined$/.test(name) && !(/^thumbCpsi/.test(name) && insn.k === 0);
  // What objdump 2.40 writes otherwise than in other instructions: ASR #32 as #0, ROR in capitals, R10 .. R15 as numbers.
  if (/^[su]satAsr$/.test(name)) return insn.i !== 0;
  if (name === "uxtab16") return insn.r !== 3;
  if (name === "ldrex") return insn.t < 10;
  if (/^cps/.test(name)) return insn.k !== 0 || name === "cpsMode";
  if (/^(bkpt|udf)$/.test(name)) return insn.c === 14;
  if (/^(ldc|stc)/.test(name) && insn.v === 0) return false;
  if (/^(mcr|mrc)$/.test(name) && insn.p === 15) return true;
  if (/^(mc|mr[rc]|cdp|ldc|stc)/.test(name)) return plainCoprocessors.has(insn.p);
  return !(insn.n === 15 && (/(Pre|Post)$/.test(name) || insn.W === 1));
}

/** System registers of the VFP, by the number of FMXR. */
const vfpSystemRegisters = new Set([0, 1, 6, 7, 8, 9, 10]);

/** Lists of registers that there are, and what the system register transfers name. */
function isComparableVfp(insn: Insn): boolean {
  const { semantic, name } = rows[insn.row];
  if (/^fm(xr|rx)$/.test(name)) return vfpSystemRegisters.has(insn.k) && (insn.t !== 15 || insn.k === 1);
  if (/^fm(srr|rrs)$/.test(name)) return insn.m < 31;
  const words = insn.B === 1 ? insn.v & ~1 : insn.v;
  if (/^f(ld|st)m$/.test(semantic)) return words > 0 && insn.d * (insn.B + 1) + words <= 32 && insn.n !== 15;
  return true;
}

function wordsOf({ architecture, isThumb, isVfp = false }: InstructionSet, perRow: number): number[] {
  const decoder = decoders[architecture];
  const decode = (word: number) => (isThumb ? decoder.thumb(word) : decoder.arm(word));
  const entries = isVfp ? vfpCorpus : corpora[architecture][isThumb ? "thumb" : "arm"];
  const corpus = entries.map(([word]) => word);
  const made = rows
    .filter((row) => row.isThumb === isThumb && (/^(v6|vfp)/.test(row.arch ?? "") ? 6 : 5) === architecture)
    .filter((row) => (row.arch === "vfpv2") === isVfp)
    .flatMap((row) => Array.from({ length: perRow }, () => randomWord(row)).filter((w) => decode(w).row === row.index));
  const isGood = isVfp ? isComparableVfp : isComparable;
  return [...corpus, ...made].filter((word) => isGood(decode(word)));
}

function askObjdump(words: readonly number[], { architecture, isThumb }: InstructionSet): string[] {
  const folder = mkdtempSync(join(tmpdir(), "objdump-"));
  try {
    const file = join(folder, "words.bin");
    writeFileSync(
      file,
      isThumb ? new Uint8Array(Uint16Array.from(words).buffer) : Buffer.from(Uint32Array.from(words).buffer),
    );
    const options = ["-D", "-z", "-b", "binary", "-m", machines[architecture], `--adjust-vma=${BASE_ADDRESS}`, file];
    if (isThumb) options.push("-M", "force-thumb");
    const output = execFileSync("arm-linux-gnueabi-objdump", options, { encoding: "utf8", maxBuffer: 1 << 28 });
    return output
      .split("\n")
      .filter((line) => /^ +[0-9a-f]+:\t/.test(line))
      .map((line) => line.split("\t").slice(2).join("\t").trimEnd());
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const perRow = process.argv[2] === undefined ? WORDS_PER_ROW : Number(process.argv[2]);
const lines: string[] = [];
for (const set of sets) {
  const { architecture, isThumb } = set;
  const words = wordsOf(set, perRow);
  for (const [index, text] of askObjdump(words, set).entries()) {
    if (text.includes("UNPREDICTABLE")) continue;
    const address = BASE_ADDRESS + index * (isThumb ? 2 : 4);
    lines.push(
      `${isThumb ? "thumb" : "arm"}${architecture === 6 ? "v6" : ""} ${address.toString(16)} ${words[index].toString(16)}\t${text.replace(/\s+/g, " ")}`,
    );
  }
}
if (process.argv[2] === undefined) {
  writeFileSync(join(import.meta.dirname, "objdump.golden.txt"), `${lines.join("\n")}\n`);
} else {
  const wrong = lines.filter((line) => {
    const [key, text] = line.split("\t");
    const [set, address, word] = key.split(" ");
    const options = { isThumb: set.startsWith("thumb"), architecture: set.endsWith("v6") ? 6 : 5 } as const;
    const ours = disassemble(Number.parseInt(word, 16), Number.parseInt(address, 16), options).replace(/\s+/g, " ");
    if (ours !== text) console.log(`${line}\n  ours ${ours}`);
    return ours !== text;
  });
  console.log(`${lines.length} words, ${wrong.length} differ`);
}
