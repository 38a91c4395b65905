import { afterEach, describe, expect, it } from "vitest";
import { TestBoard } from "../../src/main/testing-board.ts";
import type { BoardOptions } from "../../src/main/testing-types.ts";
import { parseJournal } from "../../src/scenario/index.ts";
import { READY_TEXT, TinyBoard } from "./tiny-board.ts";

const boards: TinyBoard[] = [];
afterEach(() => {
  for (const board of boards.splice(0)) board.dispose();
});
const given = (options: BoardOptions = {}): Promise<TestBoard> => {
  const board = new TinyBoard(READY_TEXT, "echo");
  boards.push(board);
  return TestBoard.open(board.path, { engine: "interp", bootCache: "off", timeoutMs: 0.5, ...options });
};

describe("a board in a test", () => {
  it("types, expects and tells what was printed and what time it is", async () => {
    const board = await given();
    const { instructions } = board;
    await board.line("a.b?");
    await board.expect("a.b?");
    await board.send("x1");
    await board.expect(/x\d/);
    await board.never("y", 0.05);
    await board.wait(0.1);
    expect(board.name).toBe("tiny");
    expect(board.output).toContain("/ # a.b?");
    expect(board.instructions).toBeGreaterThan(instructions + 30_000);
    expect(board.virtualMs).toBeGreaterThan(0.15);
  });

  it("takes a text as text, and refuses flags that mean nothing here", async () => {
    const board = await given();
    await board.line("/x/");
    await board.expect("/x/");
    const flags = "v";
    await expect(async () => board.expect(new RegExp("x", flags))).rejects.toMatchObject({ code: "option-invalid" });
  });

  it("rejects with all that a failing scenario tells, and a journal of the whole life", async () => {
    const board = await given();
    await board.line("hello world");
    const failure = await board.expect("hello worlt").catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: "BoardFailure", kind: "timeout" });
    const { message, journal } = failure as { message: string; journal: string };
    expect(message).toMatch(/^expected .*worlt/);
    expect(message).toMatch(/nearest line, at .*: \/ # hello world/);
    expect(parseJournal(journal, "j").events).toHaveLength(1);
    expect(parseJournal(board.journal(), "j").end.failure).toBeUndefined();
  });

  it("reads and changes memory, registers, devices and pins", async () => {
    const board = await given();
    await board.writeMemory(0x100, Uint8Array.of(1, 2));
    expect([...board.readMemory(0x100, 3)]).toEqual([1, 2, 0]);
    expect(board.register("cpsr") & 0xff).toBe(0xd3);
    expect(board.deviceRegister("uart0.UARTCR")).toBe(0x301);
    await board.drivePin("gpio0.1", "high");
    expect(board.pin("gpio0.1")).toBe("high");
    expect(() => board.readMemory(0xf0000000, 4)).toThrow(/guest's memory/);
  });

  it("runs console commands, and gives their code, text and data", async () => {
    const board = await given();
    expect(await board.console("echo a")).toMatchObject({ code: 0, text: "a \n" });
    expect((await board.console("guest status nobody")).code).not.toBe(0);
    await expect(board.console("sleep usecs 900")).rejects.toMatchObject({ kind: "timeout" });
  });

  it("goes back to a snapshot, disturbs lines, sticks devices, cuts the power", async () => {
    const board = await given();
    await board.saveSnapshot();
    await board.writeMemory(0x100, Uint8Array.of(5));
    await board.loadSnapshot();
    expect(board.readMemory(0x100, 1)[0]).toBe(0);
    await board.disturb({ kind: "drop", rate: 1 });
    await board.line("lost");
    await board.never("lost", 0.05);
    await board.repairLine();
    await board.stick("uart0", 0x10);
    await board.line("later");
    await board.never("later", 0.05);
    await board.unstick("uart0");
    await board.expect("later");
    await board.cutPower();
    await board.powerOn();
    await board.expect("guest ready");
    await board.reset();
    await board.expect("guest ready");
  });

  it("fails at once when the console prints what is forbidden", async () => {
    const board = await given({ forbid: [/Oo+ps/] });
    await expect(board.line("Oooops").then(() => board.wait(5))).rejects.toMatchObject({ kind: "forbidden" });
  });
});
