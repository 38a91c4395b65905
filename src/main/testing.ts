/** `import { Board } from "komainu/testing"`: boards in the tests of others. Described in `docs/testing.md`. */
import { TestBoard } from "./testing-board.ts";
import type { BoardFactory } from "./testing-types.ts";

export { matchers } from "./testing-matchers.ts";

export const Board: BoardFactory = { open: (board, options) => TestBoard.open(board, options) };
