/** The escape key of the command line. */
import { escapeInvalid } from "./errors.ts";

/** The code of `ctrl-t`; `undefined` for `none`. */
export function parseEscape(text: string): number | undefined {
  if (text === "none") return undefined;
  const letter = /^(?:ctrl-|\^)([a-z])$/i.exec(text)?.[1];
  if (letter === undefined) throw escapeInvalid(text);
  return letter.toUpperCase().charCodeAt(0) - 0x40;
}
