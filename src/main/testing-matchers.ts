/** The matchers of `komainu/testing`, for `expect.extend` of vitest and of those that work like it. */
import { optionInvalid } from "./errors.ts";
import { BoardFailureError, TestBoard } from "./testing-board.ts";
import type { BoardMatchers, MatcherResult } from "./testing-types.ts";

function boardIn(value: unknown): TestBoard {
  if (value instanceof TestBoard) return value;
  throw optionInvalid("expect(...)", "a board that Board.open gave", typeof value);
}

const result = (pass: boolean, message: string): MatcherResult => ({ pass, message: () => message });

/** Passes when the call does; a board that failed says why. */
async function passes(work: Promise<unknown>, whenItDid: string): Promise<MatcherResult> {
  try {
    await work;
    return result(true, whenItDid);
  } catch (error) {
    if (error instanceof BoardFailureError) return result(false, error.message);
    throw error;
  }
}

export const matchers: BoardMatchers = {
  toPrint: (board, pattern, options) =>
    passes(boardIn(board).expect(pattern, options), `expected the console not to print ${String(pattern)}`),
  toPassCheck: async (board, check) => {
    const { verdict, text } = await boardIn(board).ids(check);
    return result(verdict === "clean", `expected ids ${check} to be clean, found ${verdict}:\n${text}`);
  },
  toRun: async (board, line, options) => {
    const { status, output } = await boardIn(board).shell(line, options);
    return result(status === 0, `expected "${line}" to exit with 0, found ${status}:\n${output}`);
  },
  toHavePin: (board, pin, level) => {
    const found = boardIn(board).pin(pin);
    return result(found === level, `expected ${pin} to be ${level}, found ${found}`);
  },
};
