/** Arguments of a command form, declared once: usage, parsing, completion and errors come from the declaration. */
import { parseDecimal, parseHex, parseNumber } from "./numbers.ts";

/** `C` is what a completer may look at; `T` is what the command gets. */
export interface Argument<T, C> {
  /** As the usage shows it, without brackets: `vcpu_id`. */
  readonly label: string;
  /** Shown in the usage instead of `<label>`, for arguments with marks of their own. */
  readonly usage?: string;
  /** `a number`, for the error text. */
  readonly expects: string;
  readonly parse: (text: string) => T | undefined;
  readonly complete?: (context: C) => readonly string[];
  readonly isOptional?: boolean;
  /** Takes all words that are left, at least one unless optional. */
  readonly isRepeated?: boolean;
  /** Takes the rest of the line as typed, `;` and blanks included. */
  readonly isVerbatim?: boolean;
}

export const word = <C = unknown>(
  label: string,
  complete?: (context: C) => readonly string[],
): Argument<string, C> => ({ label, expects: "a word", parse: (text) => text, complete });

export const number = (label: string): Argument<number, unknown> => ({
  label,
  expects: "a number (0x.. hexadecimal, 0.. octal, or decimal)",
  parse: parseNumber,
});

export const decimal = (label: string): Argument<number, unknown> => ({
  label,
  expects: "a decimal number",
  parse: parseDecimal,
});

export const hexadecimal = (label: string): Argument<number, unknown> => ({
  label,
  expects: "a hexadecimal number",
  parse: parseHex,
});

/** One of a few words. */
export const choice = (label: string, choices: readonly string[]): Argument<string, unknown> => ({
  label,
  expects: `one of ${choices.join(", ")}`,
  parse: (text) => (choices.includes(text) ? text : undefined),
  complete: () => choices,
});

export const verbatim = (label: string): Argument<string, unknown> => ({
  label,
  expects: "text",
  parse: (text) => text,
  isVerbatim: true,
});

export const optional = <T, C>(argument: Argument<T, C>): Argument<T | undefined, C> => ({
  ...argument,
  isOptional: true,
});

/** All words that are left. Each is parsed on its own. */
export const repeated = <T, C>(argument: Argument<T, C>): Argument<T[], C> & { readonly one: Argument<T, C> } => ({
  label: argument.label,
  expects: argument.expects,
  complete: argument.complete,
  isRepeated: true,
  one: argument,
  parse: (text) => {
    const value = argument.parse(text);
    return value === undefined ? undefined : [value];
  },
});

/** `<label>`, `[<label>]` or `<label0> <label1> ...`. */
export function argumentUsage({ label, usage, isOptional, isRepeated }: Argument<unknown, never>): string {
  const text = usage ?? (isRepeated === true ? `<${label}0> <${label}1> ...` : `<${label}>`);
  return isOptional === true ? `[${text}]` : text;
}
