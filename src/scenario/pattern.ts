/** What a scenario expects of a text: a piece of it as it is, or `/a regular expression/` with flags. */

export interface Pattern {
  /** As the scenario's author wrote it. */
  readonly source: string;
  /** Where the first match in `text` begins and ends; `undefined` when there is none. */
  find(text: string): { readonly start: number; readonly end: number } | undefined;
}

/** A path such as /dev/null is none: behind its last slash are other letters than JavaScript's flags. */
const REGULAR_EXPRESSION = /^\/(.+)\/([dgimsuvy]*)$/s;
/** `i` no case, `s` a dot also for line ends, `u` Unicode; lines (`m`) are always what `^` and `$` mean. */
const FLAGS = /^[isu]*$/;

export const isRegularExpression = (source: string): boolean => REGULAR_EXPRESSION.test(source);

/** Why `source` is no pattern; `undefined` when it is one. */
export function patternProblem(source: string): string | undefined {
  if (source === "") return "expected a text or /regular expression/, found an empty text";
  const match = REGULAR_EXPRESSION.exec(source);
  if (match === null) return undefined;
  if (!FLAGS.test(match[2])) return `expected flags among i, s and u, found "${match[2]}"`;
  try {
    new RegExp(match[1], `m${match[2]}`);
    return undefined;
  } catch (error) {
    return `expected a regular expression of JavaScript, found ${error instanceof Error ? error.message : source}`;
  }
}

/** `source` must be free of problems. */
export function parsePattern(source: string): Pattern {
  const match = REGULAR_EXPRESSION.exec(source);
  if (match === null) {
    return {
      source,
      find: (text) => {
        const start = text.indexOf(source);
        return start < 0 ? undefined : { start, end: start + source.length };
      },
    };
  }
  const expression = new RegExp(match[1], `m${match[2]}`);
  return {
    source,
    find: (text) => {
      const found = expression.exec(text);
      return found === null ? undefined : { start: found.index, end: found.index + found[0].length };
    },
  };
}
