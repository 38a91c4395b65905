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
import { BOARD, guestFolder } from "./program.ts";

const GOLDEN = `test/golden/boot/${BOARD}.txt`;

/** What differs from one build of the kernel to the next. */
const varying: readonly (readonly [RegExp, string])[] = [
  // The shell asks the terminal for its width.
  [/\x1b\[6n/g, ""],
  [/\r\n/g, "\n"],
  [/Linux version .*/g, "Linux version <version>"],
  [/^\[ *\d+\.\d{6}\]/gm, "[<time>]"],
  [/\b\d+K\b/g, "<n>K"],
  [/static identity map for .*/g, "static identity map for <addresses>"],
  [/BusyBox v\S+ \(.*?\)(?= built)/g, "BusyBox <version>"],
  [/\d+\.\d+ BogoMIPS/g, "<n> BogoMIPS"],
  [/lpj=\d+/g, "lpj=<n>"],
  [/\(order: \d+, \d+ bytes/g, "(order: <n>, <n> bytes"],
];

const normalized = (text: string): string =>
  varying.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);

describe("the boot console", () => {
  it("is that of the golden file", () => {
    guestFolder();
    const args = ["--import", "tsx", "test/e2e/boot-text.ts"];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "latin1" });
    expect(stderr).toBe("");
    const text = normalized(stdout);
    expect(text).toMatch(/Linux version[\s\S]*komainu: guest ready[\s\S]*# $/);
    if (process.env.UPDATE_GOLDEN === "1") {
      mkdirSync(dirname(GOLDEN), { recursive: true });
      writeFileSync(GOLDEN, text);
    }
    expect(text).toBe(readFileSync(GOLDEN, "utf8"));
  });
});
