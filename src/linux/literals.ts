/** The constants that a function's code loads: addresses of the variables it uses, which no symbol names. */
import { loadedLiteral, type ReadWord } from "./arm-code.ts";
import type { KernelSymbols } from "./kernel-symbols.ts";

/** Code of one function that is looked at; those of interest are much shorter. */
const MAX_FUNCTION_BYTES = 0x1000;

/** Values of the literals that the function called `name` loads, in order; none when there is no such function. */
export function literalsOf(name: string, symbols: KernelSymbols, read: ReadWord): number[] {
  const { text } = symbols;
  const start = text.known ? text.value.find(name) : undefined;
  if (!text.known || start === undefined) return [];
  const end = Math.min(text.value.nextStart(start) ?? start, start + MAX_FUNCTION_BYTES);
  const literals: number[] = [];
  for (let at = start; at < end; at += 4) {
    const instruction = read(at);
    const literal = instruction === undefined ? undefined : loadedLiteral(instruction, at, read);
    if (literal !== undefined) literals.push(literal.value);
    const moved = instruction === undefined ? undefined : movedConstant(instruction, read(at + 4) ?? 0);
    if (moved !== undefined) literals.push(moved);
  }
  return literals;
}

const immediate16 = (instruction: number): number => ((instruction >>> 4) & 0xf000) | (instruction & 0xfff);

/** `movw rX` followed by `movt rX`: how ARMv7 kernels load a constant. */
function movedConstant(first: number, second: number): number | undefined {
  if ((first & 0x0ff00000) !== 0x03000000 || (second & 0x0ff00000) !== 0x03400000) return undefined;
  if (((first ^ second) & 0xf000) !== 0) return undefined;
  return ((immediate16(second) << 16) | immediate16(first)) >>> 0;
}
