import { afterEach, describe, expect, it } from "vitest";
import { Board, matchers } from "../../src/main/testing.ts";
import { READY_TEXT, TinyBoard } from "./tiny-board.ts";

const boards: TinyBoard[] = [];
afterEach(() => {
  for (const board of boards.splice(0)) board.dispose();
});
const given = () => {
  const board = new TinyBoard(READY_TEXT, "echo");
  boards.push(board);
  return Board.open(board.path, { engine: "interp", bootCache: "off", timeoutMs: 0.2 });
};

describe("matchers", () => {
  it("pass and fail with a message of the board", async () => {
    const board = await given();
    await board.line("hi");
    expect((await matchers.toPrint(board, "hi")).pass).toBe(true);
    const missed = await matchers.toPrint(board, "there", { timeoutMs: 0.05 });
    expect(missed.pass).toBe(false);
    expect(missed.message()).toMatch(/"\/there\/" on guest0\/uart0/);
    expect(matchers.toHavePin(board, "gpio0.1", "high").pass).toBe(false);
    expect(matchers.toHavePin(board, "gpio0.1", "high").message()).toBe("expected gpio0.1 to be high, found low");
    const check = await matchers.toPassCheck(board, "plist");
    expect(check.pass).toBe(false);
  });

  it("want a board", async () => {
    await expect(async () => matchers.toPrint({}, "x")).rejects.toThrow(/expected a board that Board.open gave/);
  });
});
