/** The few ARM instructions that matter for where code leads (ARM ARM DDI 0100I, A4 and A5). */
import { rotateRight } from "../base/index.ts";

/** Reads a word of code, `undefined` where none is. */
export type ReadWord = (address: number) => number | undefined;

/** The modified immediate of a data-processing instruction. */
export const modifiedImmediate = (instruction: number): number =>
  rotateRight(instruction & 0xff, ((instruction >>> 8) & 0xf) * 2) >>> 0;

/** Target of `b` or `bl` of any condition at `address`, else `undefined`. */
export function branchTarget(instruction: number, address: number): number | undefined {
  if ((instruction & 0x0e000000) !== 0x0a000000 || instruction >>> 28 === 0xf) return undefined;
  return (address + 8 + ((instruction << 8) >> 6)) >>> 0;
}

export const isBranchWithLink = (instruction: number): boolean =>
  (instruction & 0x0f000000) === 0x0b000000 && instruction >>> 28 !== 0xf;

/** The literal that `ldr rX, [pc, #imm]` at `address` loads, with its register. */
export function loadedLiteral(
  instruction: number,
  address: number,
  read: ReadWord,
): { register: number; value: number } | undefined {
  if ((instruction & 0x0f7f0000) !== 0x051f0000) return undefined;
  const offset = instruction & 0xfff;
  const at = address + 8 + ((instruction & 0x00800000) !== 0 ? offset : -offset);
  const value = (at & 3) === 0 ? read(at >>> 0) : undefined;
  return value === undefined ? undefined : { register: (instruction >>> 12) & 0xf, value };
}

const MOVW = 0x03000000;
const MOVT = 0x03400000;
const immediate16 = (instruction: number): number => ((instruction >>> 4) & 0xf000) | (instruction & 0xfff);

/** Instructions that are looked at: what redirects a function does so at once. */
const MAX_JUMP_WORDS = 4;

/**
 * Where code at `address` leads if its first instructions do nothing but jump away: `b`, `ldr pc, [pc]`, or a constant
 * in a register (literal, movw and movt) and `bx` or `mov pc`.
 */
export function jumpTarget(address: number, read: ReadWord): number | undefined {
  const registers = new Map<number, number>();
  for (let index = 0, at = address; index < MAX_JUMP_WORDS; index++, at += 4) {
    const instruction = read(at);
    if (instruction === undefined) return undefined;
    const branch = branchTarget(instruction, at);
    if (branch !== undefined) return branch;
    const literal = loadedLiteral(instruction, at, read);
    const register = (instruction >>> 12) & 0xf;
    if (literal !== undefined) {
      if (literal.register === 15) return literal.value;
      registers.set(literal.register, literal.value);
    } else if ((instruction & 0x0ff00000) === MOVW) registers.set(register, immediate16(instruction));
    else if ((instruction & 0x0ff00000) === MOVT) {
      registers.set(register, (((registers.get(register) ?? 0) & 0xffff) | (immediate16(instruction) << 16)) >>> 0);
    } else if ((instruction & 0x0fffffd0) === 0x012fff10 || (instruction & 0x0ffffff0) === 0x01a0f000) {
      return registers.get(instruction & 0xf);
    } else return undefined;
  }
  return undefined;
}
