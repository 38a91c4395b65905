/** Command declarations: a family (`vcpu`) has forms (`vcpu kick <vcpu_id>`), and everything said of them comes from here. */
import type { Argument } from "./argument.ts";
import { argumentUsage } from "./argument.ts";
import type { Console } from "./console.ts";
import type { CommandResult } from "./result.ts";

/** What every context of a command has. */
export interface ShellContext {
  readonly console: Console;
}

// biome-ignore lint/suspicious/noConfusingVoidType: a command that has printed everything itself returns nothing
export type FormResult = CommandResult | void;

export type ArgumentTable<C> = Readonly<Record<string, Argument<unknown, C>>>;

/** The values a form's `run` gets, by the names of its arguments. */
export type ArgumentValues<A> = { readonly [K in keyof A]: A[K] extends Argument<infer T, never> ? T : never };

export interface FormInit<C, A> {
  /** Fixed words after the command's name: `ram info`. */
  readonly words?: string;
  readonly args?: A;
  /** False on machines that cannot do it: the form is neither shown nor run. */
  readonly when?: (context: C) => boolean;
  readonly run: (context: C, args: ArgumentValues<A>) => FormResult | Promise<FormResult>;
}

export interface Form<C> {
  readonly words: readonly string[];
  readonly args: readonly (readonly [name: string, argument: Argument<unknown, C>])[];
  readonly when: (context: C) => boolean;
  readonly run: (context: C, values: Readonly<Record<string, unknown>>) => FormResult | Promise<FormResult>;
}

export interface CommandFamily<C> {
  readonly name: string;
  /** One line for `help`. */
  readonly summary: string;
  readonly forms: readonly Form<C>[];
  /** Xvisor's older commands put the first form on the line of `Usage:`. */
  readonly isUsageInline?: boolean;
  /** True when `help` as the first word is an argument like any other (`echo`). */
  readonly hasNoHelpForm?: boolean;
}

/** Builds a form; the declared arguments give the types of what `run` gets. */
export function makeForm<C, A extends ArgumentTable<C>>(init: FormInit<C, A>): Form<C> {
  return {
    words: (init.words ?? "").split(" ").filter((part) => part !== ""),
    args: Object.entries(init.args ?? {}),
    when: init.when ?? (() => true),
    run: (context, values) => init.run(context, values as ArgumentValues<A>),
  };
}

export const formUsage = <C>(name: string, form: Form<C>): string =>
  [name, ...form.words, ...form.args.map(([, argument]) => argumentUsage(argument))].join(" ");

/** The usage text of a family, `<name> help` first where it has sub-commands. */
export function usageText<C>(family: CommandFamily<C>, context: C): string {
  const forms = family.forms.filter((form) => form.when(context)).map((form) => formUsage(family.name, form));
  const hasSubCommands = family.forms.some((form) => form.words.length > 0);
  const lines = hasSubCommands && family.hasNoHelpForm !== true ? [`${family.name} help`, ...forms] : forms;
  if (family.isUsageInline === true) {
    const [first, ...others] = lines;
    return `Usage: ${first}\n${others.map((line) => `       ${line}\n`).join("")}`;
  }
  return `Usage:\n${lines.map((line) => `   ${line}\n`).join("")}`;
}

export type Match<C> =
  | { readonly kind: "match"; readonly form: Form<C>; readonly values: Readonly<Record<string, unknown>> }
  /** `problem` says what is wrong when that is more than a missing argument. */
  | { readonly kind: "none"; readonly problem: string | undefined };

const startsWith = (words: readonly string[], start: readonly string[]): boolean =>
  start.every((word, i) => words[i] === word);

/** Parses the words after a form's fixed words; a text tells what is wrong. */
function parseArguments<C>(form: Form<C>, words: readonly string[], rest: string | undefined) {
  const values: Record<string, unknown> = {};
  let at = 0;
  for (const [name, argument] of form.args) {
    const taken =
      argument.isVerbatim === true
        ? rest === undefined || rest === ""
          ? []
          : [rest]
        : argument.isRepeated === true
          ? words.slice(at)
          : words.slice(at, at + 1);
    if (argument.isVerbatim !== true) at += taken.length;
    if (taken.length === 0) {
      if (argument.isOptional !== true) return `expected <${argument.label}>, found the end of the command`;
      continue;
    }
    const parsed = taken.map((text) => argument.parse(text));
    const wrong = parsed.indexOf(undefined);
    if (wrong >= 0) return `expected ${argument.expects} as <${argument.label}>, found "${taken[wrong]}"`;
    values[name] = argument.isRepeated === true ? parsed.flat() : parsed[0];
  }
  if (at < words.length) return `expected no more arguments, found "${words[at]}"`;
  return values;
}

/** The form that the words after the command's name ask for. */
export function matchForm<C>(family: CommandFamily<C>, context: C, words: readonly string[], rest?: string): Match<C> {
  const candidates = family.forms
    .filter((form) => form.when(context) && startsWith(words, form.words))
    .sort((a, b) => b.words.length - a.words.length);
  let problem: string | undefined;
  for (const form of candidates) {
    const parsed = parseArguments(form, words.slice(form.words.length), rest);
    if (typeof parsed !== "string") return { kind: "match", form, values: parsed };
    problem ??= parsed;
  }
  if (candidates.length === 0 && words.length > 0) problem = `unknown sub-command "${words.join(" ")}"`;
  return { kind: "none", problem: words.length === 0 ? undefined : problem };
}

/** How many words precede the verbatim text of the form that `words` (name included) begin, or 0. */
export function verbatimStart<C>(family: CommandFamily<C>, words: readonly string[]): number {
  for (const form of family.forms) {
    const last = form.args.at(-1)?.[1];
    if (last?.isVerbatim !== true || !startsWith(words.slice(1), form.words)) continue;
    return 1 + form.words.length + form.args.length - 1;
  }
  return 0;
}
