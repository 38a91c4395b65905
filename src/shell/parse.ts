/** Splits a console line into commands and words, as Xvisor's command manager does: no quotes, no variables, no pipes. */

export const MAX_WORDS = 32;

export interface ParsedCommand {
  readonly words: readonly string[];
  /** For commands that take the rest of the line as it stands, that rest. */
  readonly rest: string | undefined;
}

/** How many leading words a verbatim command has before the rest of the line begins, or 0 for any other command. */
export type VerbatimRule = (words: readonly string[]) => number;

const isSeparator = (character: string): boolean => character === " " || character === "\t";

function takeWord(line: string, start: number): { word: string; next: number } {
  let at = start;
  while (at < line.length && isSeparator(line[at])) at++;
  const from = at;
  while (at < line.length && !isSeparator(line[at]) && line[at] !== ";") at++;
  return { word: line.slice(from, at), next: at };
}

/**
 * The commands of a line, in order; empty ones are dropped. Words past the 32nd are dropped too, as the original does.
 * `verbatim` says of the words so far whether what follows is taken whole, `;` included.
 */
export function parseLine(line: string, verbatim: VerbatimRule = () => 0): ParsedCommand[] {
  const commands: ParsedCommand[] = [];
  let words: string[] = [];
  let at = 0;
  const finish = (rest?: string): void => {
    if (words.length > 0) commands.push({ words, rest });
    words = [];
  };
  while (at < line.length) {
    const { word, next } = takeWord(line, at);
    at = next;
    if (word !== "" && words.length < MAX_WORDS) words.push(word);
    if (word !== "" && verbatim(words) === words.length) {
      finish(line.slice(at).trim());
      return commands;
    }
    if (line[at] === ";") {
      finish();
      at++;
    }
  }
  finish();
  return commands;
}
