/** Writes the placeholders of VFP operands; the language is described in `arm/decode/row.ts`. */
import type { Fields } from "../decode/index.ts";

const systemNames: Readonly<Record<number, string>> = {
  0: "fpsid",
  1: "fpscr",
  6: "mvfr1",
  7: "mvfr0",
  8: "fpexc",
  9: "fpinst",
  10: "fpinst2",
};

const systemName = (k: number): string => systemNames[k] ?? `<impl def 0x${k.toString(16)}>`;

/** A range of registers in braces. */
function list(letter: "s" | "d", first: number, count: number): string {
  return count <= 1 ? `{${letter}${first}}` : `{${letter}${first}-${letter}${first + count - 1}}`;
}

/** The function that writes the placeholder `{text}` if it is one of the VFP. */
export function vfpOperandWriter(text: string): ((fields: Fields) => string) | undefined {
  const [, kind, letter] = /^(single|double|singlePair) ([dnm])$/.exec(text) ?? [];
  const name = letter as "d" | "n" | "m";
  switch (kind ?? text) {
    case "single":
      return (f) => `s${f[name]}`;
    case "double":
      return (f) => `d${f[name]}`;
    case "singlePair":
      return (f) => `s${f[name]}, s${f[name] + 1}`;
    case "singles":
      return (f) => list("s", f.d, f.v);
    case "doubles":
      return (f) => list("d", f.d, f.v >> 1);
    case "vfpSystem":
      return (f) => systemName(f.k);
    default:
      return undefined;
  }
}
