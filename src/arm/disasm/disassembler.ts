/** Writes instructions as text from the syntax of their rows, as `arm-linux-gnueabi-objdump` 2.40 does. */
import type { Insn } from "../decode/index.ts";
import { archsOf, Decoder, rows } from "../decode/index.ts";
import { aliases } from "./aliases.table.ts";
import { placeholderWriter, type Writing } from "./operands.ts";

export interface DisassembleOptions {
  /** The word is a Thumb instruction of 16 bits. */
  readonly isThumb?: boolean;
  /** Version of the architecture, 5 unless told. */
  readonly architecture?: 5 | 6;
}

export interface DisassembledLine {
  readonly address: number;
  /** The instruction; of the two halves of a Thumb call the first is in the high bits. */
  readonly raw: number;
  readonly sizeBytes: 2 | 4;
  readonly text: string;
}

type Template = (writing: Writing) => string;

function compileSyntax(syntax: string): Template {
  const parts = syntax.split(/\{([^}]*)\}/).map((text, index) => (index % 2 === 0 ? text : placeholderWriter(text)));
  return (writing) => {
    let text = "";
    for (const part of parts) text += typeof part === "string" ? part : part(writing);
    return text.replace(" ", "\t");
  };
}

const functions = rows.map(() => () => {});
const decoders = {
  5: new Decoder<unknown>(functions, archsOf(5)),
  6: new Decoder<unknown>(functions, archsOf(6, true)),
};
const templates = rows.map(({ syntax }) => compileSyntax(syntax));
const aliasesOfRow = rows.map(({ name }) =>
  aliases.filter(({ row }) => row === name).map(({ syntax, when }) => ({ when, template: compileSyntax(syntax) })),
);

function write(insn: Insn, address: number, isThumb: boolean): string {
  const { syntax } = rows[insn.row];
  const width = isThumb ? 4 : 8;
  if (syntax === "<undefined>")
    return `\t@ <UNDEFINED> instruction: 0x${(insn.raw >>> 0).toString(16).padStart(width, "0")}`;
  const writing: Writing = { insn, address, isThumb, comment: "" };
  const alias = aliasesOfRow[insn.row].find(({ when }) => when(insn));
  const text = (alias?.template ?? templates[insn.row])(writing);
  return writing.comment === "" ? text : `${text}\t@ ${writing.comment}`;
}

/**
 * One instruction as text: mnemonic, a tab, operands, and after another tab a comment such as `@ 0x8010`.
 *
 * @param word 32 bits, or 16 for Thumb
 * @param address where it stands, for branches and literals
 */
export function disassemble(
  word: number,
  address: number,
  { isThumb = false, architecture = 5 }: DisassembleOptions = {},
): string {
  const decoder = decoders[architecture];
  return write(isThumb ? decoder.thumb(word) : decoder.arm(word), address, isThumb);
}

/** BL or BLX of two Thumb halves; `undefined` when they are no such pair. */
function thumbCall(first: number, second: number, address: number): string | undefined {
  const isLink = second >>> 11 === 0x1f;
  if (first >>> 11 !== 0x1e || (!isLink && (second & 0xf801) !== 0xe800)) return undefined;
  const distance = (((first & 0x7ff) << 21) >> 9) | ((second & 0x7ff) << 1);
  const pc = address + 4;
  const target = isLink ? pc + distance : (pc & ~3) + distance;
  return `${isLink ? "bl" : "blx"}\t0x${(target >>> 0).toString(16)}`;
}

/** All whole instructions in `bytes` (little-endian), the first of them at `address`; the halves of a Thumb call in one line. */
export function disassembleBytes(
  bytes: Uint8Array,
  address: number,
  options: DisassembleOptions = {},
): DisassembledLine[] {
  const { isThumb = false } = options;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lines: DisassembledLine[] = [];
  const unit = isThumb ? 2 : 4;
  for (let at = 0; at + unit <= bytes.length; ) {
    const here = address + at;
    const line = isThumb ? thumbLine(view, at, here, options) : armLine(view, at, here, options);
    lines.push(line);
    at += line.sizeBytes;
  }
  return lines;
}

function armLine(view: DataView, at: number, address: number, options: DisassembleOptions): DisassembledLine {
  const raw = view.getUint32(at, true);
  return { address, raw, sizeBytes: 4, text: disassemble(raw, address, options) };
}

function thumbLine(view: DataView, at: number, address: number, options: DisassembleOptions): DisassembledLine {
  const raw = view.getUint16(at, true);
  if (at + 4 <= view.byteLength) {
    const second = view.getUint16(at + 2, true);
    const text = thumbCall(raw, second, address);
    if (text !== undefined) return { address, raw: ((raw << 16) | second) >>> 0, sizeBytes: 4, text };
  }
  return { address, raw, sizeBytes: 2, text: disassemble(raw, address, options) };
}
