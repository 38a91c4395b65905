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
import { Decoder, rows } from "../../../src/arm/decode/index.ts";
import { disassemble } from "../../../src/arm/disasm/index.ts";
import { armCorpus, thumbCorpus } from "../decode/corpus.table.ts";

const BASE_ADDRESS = 0x8000;
const WORDS_PER_ROW = 6;
const plainCoprocessors = new Set([0, 3, 7, 14]);

const decoder = new Decoder<unknown>(rows.map(() => () => {}));
const exampleOf = new Map([...armCorpus, ...thumbCorpus].map(([word, , name]) => [name, word]));
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
  if (isThumb) return !/fix$|^thumbUndefined$/.test(name);
  if (/^(bkpt|udf)$/.test(name)) return insn.c === 14;
  if (/^(ldc|stc)/.test(name) && insn.v === 0) return false;
  if (/^(mcr|mrc)$/.test(name) && insn.p === 15) return true;
  if (/^(mc|mr[rc]|cdp|ldc|stc)/.test(name)) return plainCoprocessors.has(insn.p);
  return !(insn.n === 15 && (/(Pre|Post)$/.test(name) || insn.W === 1));
}

function wordsOf(isThumb: boolean, perRow: number): number[] {
  const decode = (word: number) => (isThumb ? decoder.thumb(word) : decoder.arm(word));
  const corpus = (isThumb ? thumbCorpus : armCorpus).map(([word]) => word);
  const made = rows
    .filter((row) => row.isThumb === isThumb)
    .flatMap((row) => Array.from({ length: perRow }, () => randomWord(row)).filter((w) => decode(w).row === row.index));
  return [...corpus, ...made].filter((word) => isComparable(decode(word)));
}

function askObjdump(words: readonly number[], isThumb: boolean): string[] {
  const folder = mkdtempSync(join(tmpdir(), "objdump-"));
  try {
    const file = join(folder, "words.bin");
    writeFileSync(
      file,
      isThumb ? new Uint8Array(Uint16Array.from(words).buffer) : Buffer.from(Uint32Array.from(words).buffer),
    );
    const options = ["-D", "-z", "-b", "binary", "-m", "armv5tej", `--adjust-vma=${BASE_ADDRESS}`, file];
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
for (const isThumb of [false, true]) {
  const words = wordsOf(isThumb, perRow);
  for (const [index, text] of askObjdump(words, isThumb).entries()) {
    if (text.includes("UNPREDICTABLE")) continue;
    const address = BASE_ADDRESS + index * (isThumb ? 2 : 4);
    lines.push(
      `${isThumb ? "thumb" : "arm"} ${address.toString(16)} ${words[index].toString(16)}\t${text.replace(/\s+/g, " ")}`,
    );
  }
}
if (process.argv[2] === undefined) {
  writeFileSync(join(import.meta.dirname, "objdump.golden.txt"), `${lines.join("\n")}\n`);
} else {
  const wrong = lines.filter((line) => {
    const [key, text] = line.split("\t");
    const [set, address, word] = key.split(" ");
    const options = { isThumb: set === "thumb" };
    const ours = disassemble(Number.parseInt(word, 16), Number.parseInt(address, 16), options).replace(/\s+/g, " ");
    if (ours !== text) console.log(`${line}\n  ours ${ours}`);
    return ours !== text;
  });
  console.log(`${lines.length} words, ${wrong.length} differ`);
}
