/**
 * The command manager: registration, execution of a line with an optional filter, completion and usage.
 *
 * Error texts and the rule that the first failure stops the rest of a line are Xvisor's.
 */
import { closestName, HvError, Status } from "../base/index.ts";
import type { CommandFamily, ShellContext } from "./command.ts";
import { matchForm, usageText, verbatimStart } from "./command.ts";
import { BufferConsole } from "./console.ts";
import type { Completion } from "./line-editor.ts";
import type { ParsedCommand } from "./parse.ts";
import { parseLine } from "./parse.ts";
import type { CommandResult, JsonValue } from "./result.ts";
import { failed, ok } from "./result.ts";

/** True refuses the command; used for consoles of remote sessions. */
export type CommandFilter = (words: readonly string[]) => boolean;

/** What one command of a line did. */
export interface CommandOutcome {
  readonly command: string;
  readonly code: Status;
  /** Everything printed, error lines included. */
  readonly text: string;
  readonly data?: JsonValue;
}

export interface ExecuteOptions {
  readonly filter?: CommandFilter;
}

export interface ManagerOptions<C> {
  /** Called when a command starts and when it ends. */
  readonly onRun?: (context: C, isRunning: boolean, command: ParsedCommand) => void;
}

/** As the last word of a command it asks for the command's data instead of its text. */
const JSON_OPTION = "--json";

export class CommandManager<C extends ShellContext> {
  private readonly registered = new Map<string, CommandFamily<C>>();
  private readonly options: ManagerOptions<C>;

  constructor(options: ManagerOptions<C> = {}) {
    this.options = options;
  }

  /** In order of registration. */
  get families(): readonly CommandFamily<C>[] {
    return [...this.registered.values()];
  }

  /** -5 when the name is taken. */
  register(family: CommandFamily<C>): Status {
    if (this.registered.has(family.name)) return Status.invalid;
    this.registered.set(family.name, family);
    return Status.ok;
  }

  /** -3 when there is none of that name. */
  unregister(name: string): Status {
    return this.registered.delete(name) ? Status.ok : Status.notAvailable;
  }

  find(name: string): CommandFamily<C> | undefined {
    return this.registered.get(name);
  }

  parse(line: string): ParsedCommand[] {
    return parseLine(line, (words) => {
      const family = this.registered.get(words[0]);
      return family === undefined ? 0 : verbatimStart(family, words);
    });
  }

  /** Executes the commands of a line on the context's console; the code of the first that failed, or 0. */
  async execute(context: C, line: string, options: ExecuteOptions = {}): Promise<Status> {
    for (const command of this.parse(line)) {
      const { text, code } = await this.run(context, command, options);
      context.console.write(text);
      if (code !== Status.ok) return code;
    }
    return Status.ok;
  }

  /** The same with each command's output kept instead of printed; for `exec --json`. */
  async collect(context: C, line: string, options: ExecuteOptions = {}): Promise<CommandOutcome[]> {
    const outcomes: CommandOutcome[] = [];
    for (const command of this.parse(line)) {
      const console = new BufferConsole();
      const result = await this.run({ ...context, console }, command, options);
      outcomes.push({
        command: [...command.words, ...(command.rest === undefined ? [] : [command.rest])].join(" "),
        code: result.code,
        text: console.text + result.text,
        data: result.data,
      });
      if (result.code !== Status.ok) break;
    }
    return outcomes;
  }

  /** What TAB may make of the last word of `line`. */
  complete(context: C, line: string): Completion {
    const segmentStart = line.lastIndexOf(";") + 1;
    const wordStart = Math.max(segmentStart, line.search(/[^ \t;]*$/));
    const typed = line.slice(wordStart);
    const words = line
      .slice(segmentStart, wordStart)
      .split(/[ \t]+/)
      .filter((word) => word !== "");
    const known = words.length === 0 ? [...this.registered.keys()] : this.nextWords(context, words);
    const candidates = [...new Set(known.filter((name) => name.startsWith(typed)))].sort();
    return { start: wordStart, candidates };
  }

  usage(family: CommandFamily<C>, context: C): string {
    return usageText(family, context);
  }

  private nextWords(context: C, words: readonly string[]): string[] {
    const family = this.registered.get(words[0]);
    if (family === undefined) return [];
    const given = words.slice(1);
    const next = given.length === 0 && family.hasNoHelpForm !== true ? ["help"] : [];
    for (const form of family.forms.filter((f) => f.when(context))) {
      const fixed = form.words.slice(0, given.length);
      if (!fixed.every((word, i) => given[i] === word)) continue;
      if (given.length < form.words.length) next.push(form.words[given.length]);
      else {
        const index = Math.min(given.length - form.words.length, form.args.length - 1);
        const argument = form.args[index]?.[1];
        const isInReach = argument?.isRepeated === true || given.length - form.words.length < form.args.length;
        if (isInReach) next.push(...(argument?.complete?.(context) ?? []));
      }
    }
    return next;
  }

  private async run(context: C, command: ParsedCommand, { filter }: ExecuteOptions): Promise<CommandResult> {
    const [name, ...words] = command.words;
    const family = this.registered.get(name);
    if (family === undefined) return failed(Status.fail, this.unknownText(name));
    if (filter?.(command.words) === true) return failed(Status.access, `Error: command ${name} filtered\n`);
    const isJson = words.at(-1) === JSON_OPTION && family.hasNoHelpForm !== true;
    this.options.onRun?.(context, true, command);
    const answer = await this.runFamily(context, family, isJson ? words.slice(0, -1) : words, command.rest);
    this.options.onRun?.(context, false, command);
    const result =
      isJson && answer.data !== undefined ? { ...answer, text: `${JSON.stringify(answer.data)}\n` } : answer;
    if (result.code === Status.ok) return result;
    return { ...result, text: `${result.text}Error: command ${name} failed (code ${result.code})\n` };
  }

  private async runFamily(
    context: C,
    family: CommandFamily<C>,
    words: readonly string[],
    rest: string | undefined,
  ): Promise<CommandResult> {
    if (words.length === 1 && words[0] === "help" && family.hasNoHelpForm !== true) {
      return ok(this.usage(family, context));
    }
    const match = matchForm(family, context, words, rest);
    if (match.kind === "none") {
      const reason = match.problem === undefined ? "" : `Error: ${match.problem}\n`;
      return failed(Status.fail, `${reason}${this.subCommandHint(family, words)}${this.usage(family, context)}`);
    }
    try {
      return (await match.form.run(context, match.values)) ?? ok();
    } catch (error) {
      if (!(error instanceof HvError)) throw error;
      return failed(Status.fail, `Error: ${error.explain()}\n`, { error: error.code, message: error.message });
    }
  }

  private unknownText(name: string): string {
    const similar = closestName(name, [...this.registered.keys()]);
    const hint = similar === undefined ? "" : `Did you mean ${similar}?\n`;
    return `Error: unknown command ${name}\n${hint}`;
  }

  private subCommandHint(family: CommandFamily<C>, words: readonly string[]): string {
    if (words.length === 0) return "";
    const known = [...new Set(family.forms.map((form) => form.words[0]).filter((word) => word !== undefined))];
    if (known.includes(words[0])) return "";
    const similar = closestName(words[0], known);
    return similar === undefined ? "" : `Did you mean ${family.name} ${similar}?\n`;
  }
}
