import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { rigPower } from "../../src/main/prompt-rig.ts";
import { READY_TEXT, TinyBoard } from "./tiny-board.ts";

const folder = mkdtempSync(join(tmpdir(), "komainu-rig-"));
const boards: TinyBoard[] = [];
afterEach(() => {
  for (const board of boards.splice(0)) board.dispose();
  rmSync(folder, { recursive: true, force: true });
});
const given = (): TinyBoard => {
  const board = new TinyBoard(READY_TEXT, "echo");
  boards.push(board);
  return board;
};

describe("rigPower", () => {
  it("gives the same rig from a boot and from where that boot was kept", async () => {
    const board = given();
    const power = rigPower({ env: {}, engine: "interp", bootCache: { folder }, bootSeconds: 5 });
    const booted = await power({ board: board.path, start: "prompt" });
    const kept = await power({ board: board.path, start: "prompt" });
    expect(Buffer.from(booted.printed).toString()).toBe(READY_TEXT);
    expect(kept.printed).toEqual(booted.printed);
    expect(kept.machine.instructions()).toBe(booted.machine.instructions());
    expect(kept.machine).not.toBe(booted.machine);
    expect(kept.images).toEqual(booted.images);
  });

  it("gives a board that has not begun, when that is asked for", async () => {
    const rig = await rigPower({ env: {}, engine: "interp", bootCache: "off", bootSeconds: 5 })({
      board: given().path,
      start: "off",
    });
    expect(rig.machine.instructions()).toBe(0);
    expect(rig.printed).toHaveLength(0);
  });
});
