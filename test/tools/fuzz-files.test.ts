/** A short run of tools/fuzz-files.mjs: the same seed each time, so that it never fails by chance. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { FileFuzzer } from "../../tools/fuzz-files/run.ts";
import { READY_TEXT, TinyBoard } from "../main/tiny-board.ts";

const folder = mkdtempSync(join(tmpdir(), "komainu-fuzz-"));
const board = new TinyBoard(READY_TEXT, "wait", {}, { host: "32M", guest: "8M" });
afterAll(() => {
  board.dispose();
  rmSync(folder, { recursive: true, force: true });
});

it("refuses damaged scenarios, journals and snapshots in words, and leaves the machine whole", async () => {
  const totals = await new FileFuzzer({ seed: 20_261_129, count: 80, board: board.path, folder }).run();
  expect(totals.refused + totals.taken).toBe(80);
  expect(totals.refused).toBeGreaterThan(50);
});
