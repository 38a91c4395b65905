/**
 * Everything the guest's kernel and init print while they boot, against a golden file.
 *
 * With virtual time the text is exact, so only what another build of the same kernel changes is made equal:
 * versions, and sizes and places that follow from its code. `UPDATE_GOLDEN=1` writes the file anew.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { normalized } from "./boot-log.ts";
import { BOARD, guestFolder } from "./program.ts";

const GOLDEN = `test/golden/boot/${BOARD}.txt`;

describe("the boot console", () => {
  it("is that of the golden file", () => {
    guestFolder();
    const args = ["--import", "tsx", "test/e2e/boot-text.ts"];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "latin1" });
    expect(stderr).toBe("");
    const text = normalized(stdout).replace(/Linux version .*/g, "Linux version <version>");
    expect(text).toMatch(/Linux version[\s\S]*komainu: guest ready[\s\S]*# $/);
    if (process.env.UPDATE_GOLDEN === "1") {
      mkdirSync(dirname(GOLDEN), { recursive: true });
      writeFileSync(GOLDEN, text);
    }
    expect(text).toBe(readFileSync(GOLDEN, "utf8"));
  });
});
