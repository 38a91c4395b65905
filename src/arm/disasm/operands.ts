/** Writes the placeholders of a row's syntax; the language is described in `arm/decode/row.ts`. */
import { assert } from "../../base/index.ts";
import type { Fields, Insn } from "../decode/index.ts";
import { vfpOperandWriter } from "./vfp-operands.ts";

/** An instruction being written. */
export interface Writing {
  readonly insn: Insn;
  readonly address: number;
  readonly isThumb: boolean;
  /** A number worth repeating in hexadecimal after the operands. */
  comment: string;
}

type Writer = (writing: Writing) => string;

const registerNames = "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 sl fp ip sp lr pc".split(" ");
const conditionNames = "eq ne cs cc mi pl vs vc hi ls ge lt gt le".split(" ");
const shiftNames = ["lsl", "lsr", "asr", "ror"];

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

function registerList(list: number): string {
  return `{${registerNames.filter((_, n) => (list >>> n) & 1).join(", ")}}`;
}

/** A signed number; outside -16 .. 32 it is repeated in hexadecimal as a comment. */
function decimal(writing: Writing, value: number): string {
  if (value > 32 || value < -16) writing.comment = hex(value);
  return `${value}`;
}

/** The amount of a constant shift as written: 0 stands for 32 in LSR and ASR. */
const shiftAmount = ({ y, i }: Fields): number => (i === 0 && y !== 0 ? 32 : i);

function constantShift(fields: Fields): string {
  if (fields.i === 0 && fields.y === 0) return "";
  if (fields.i === 0 && fields.y === 3) return ", rrx";
  return `, ${shiftNames[fields.y]} #${shiftAmount(fields)}`;
}

/** The rotation that the assembler chooses for a value: the smallest that leaves 8 bits. */
function canonicalRotation(value: number): number {
  let rotate = 0;
  while (rotate < 15 && ((value << (2 * rotate)) | (value >>> ((-2 * rotate) & 31))) >>> 8 !== 0) rotate += 1;
  return rotate;
}

/** A modified immediate; one that was not encoded as the assembler would do it is written in its two parts. */
function modifiedImmediate(writing: Writing): string {
  const { i, v, r } = writing.insn;
  const number = decimal(writing, i);
  return canonicalRotation(i) === r ? `#${number}` : `#${v}, ${2 * r}`;
}

/** What R15 reads as. */
const pcOf = ({ address, isThumb }: Writing): number => address + (isThumb ? 4 : 8);

/** Offset of a load or store; relative to the PC its comment is the address. */
function offset(writing: Writing): string {
  const { v, U, n } = writing.insn;
  const text = v === 0 && U === 0 ? "-0" : decimal(writing, v);
  if (n === 15) writing.comment = hex(pcOf(writing) + v);
  return `#${text}`;
}

function psrFields({ R, k }: Fields): string {
  const letters = "fsxc".split("").filter((_, index) => (k >>> (3 - index)) & 1);
  return `${R === 1 ? "SPSR" : "CPSR"}_${letters.join("")}`;
}

const blockMode = ({ P, U }: Fields): string => (P === 0 ? (U === 1 ? "" : "da") : U === 1 ? "ib" : "db");

const named: Readonly<Record<string, Writer>> = {
  S: ({ insn }) => (insn.S === 1 ? "s" : ""),
  c: ({ insn }) => conditionNames[insn.c] ?? "",
  imm: modifiedImmediate,
  shift: ({ insn }) => constantShift(insn),
  y: ({ insn }) => shiftNames[insn.y],
  offset: (w) => (w.insn.v === 0 && w.insn.U === 1 ? (w.insn.n === 15 ? `, ${offset(w)}` : "") : `, ${offset(w)}`),
  "#offset": offset,
  "#i": ({ insn }) => `#${shiftAmount(insn)}`,
  target: (w) => hex(pcOf(w) + w.insn.v),
  literal: (w) => {
    w.comment = "";
    return hex((pcOf(w) & ~3) + w.insn.v);
  },
  mode: ({ insn }) => blockMode(insn),
  list: ({ insn }) => registerList(insn.l),
  psr: ({ insn }) => (insn.R === 1 ? "SPSR" : "CPSR"),
  psrFields: ({ insn }) => psrFields(insn),
  rotation: ({ insn }) => (insn.r === 0 ? "" : `, ror #${8 * insn.r}`),
  aif: ({ insn }) =>
    "aif"
      .split("")
      .filter((_, index) => (insn.k >>> (2 - index)) & 1)
      .join(""),
  p: ({ insn }) => `${insn.p}`,
  option: (w) => `{${decimal(w, Math.abs(w.insn.v))}}`,
};

const isField = (name: string): name is keyof Fields => name.length === 1;

function fieldWriter(name: string): Writer {
  assert(isField(name), `a placeholder names a field, found ${name}`);
  if ("ndmsth".includes(name)) return ({ insn }) => registerNames[insn[name]];
  return (w) => decimal(w, w.insn[name]);
}

/** `{half v}`, `{hex v}`, `{braces q}` and, for aliases, `{one t}`: a list of the register in field t. */
function wordWriter(word: string, name: string): Writer {
  assert(isField(name), `a placeholder names a field, found ${name}`);
  switch (word) {
    case "half":
      return ({ insn }) => `0x${insn[name].toString(16).padStart(4, "0")}`;
    case "hex":
      return ({ insn }) => `0x${insn[name].toString(16).padStart(8, "0")}`;
    case "one":
      return ({ insn }) => registerList(1 << insn[name]);
    default:
      return ({ insn }) => `{${insn[name]}}`;
  }
}

/** The function that writes the placeholder `{text}`. */
export function placeholderWriter(text: string): Writer {
  const known = named[text];
  if (known !== undefined) return known;
  const vfp = vfpOperandWriter(text);
  if (vfp !== undefined) return ({ insn }) => vfp(insn);
  const [, name, yes, no] = /^([a-zA-Z])\?([^:]*):?(.*)$/.exec(text) ?? [];
  if (name !== undefined && isField(name)) return ({ insn }) => (insn[name] === 0 ? no : yes);
  const [word, field] = text.split(" ");
  if (field !== undefined) return wordWriter(word, field);
  if (/^c[dkm]$/.test(text)) {
    const register = text.slice(1);
    return ({ insn }) => `cr${isField(register) ? insn[register] : ""}`;
  }
  if (text.startsWith("#")) {
    const number = text.slice(1);
    return (w) => `#${decimal(w, isField(number) ? w.insn[number] : 0)}`;
  }
  return fieldWriter(text);
}
