/**
 * Everything the guest's kernel and init print while they boot, against a golden file.
 *
 * With virtual time the text is exact, so only what another build of the same kernel changes is made equal:
 * versions, and sizes and places that follow from its code. `UPDATE_GOLDEN=1` writes the file anew.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { silentLogger } from "../../src/base/index.ts";
import { ConsoleWatch } from "../../src/main/console-watch.ts";
import { type PoweredBoard, powerOn } from "../../src/main/power-on.ts";
import { BOARD, guestFolder } from "./program.ts";

const GOLDEN = `test/golden/boot/${BOARD}.txt`;

/** The console's text up to the shell's prompt. */
function bootText({ board, machine, consolePort }: PoweredBoard): string {
  const watch = new ConsoleWatch();
  watch.expect([board.profile.boot.readyPattern, board.profile.boot.shellPrompt]);
  let text = "";
  machine.hypervisor.findSerialPort(consolePort)?.observe((byte) => {
    watch.feed(byte);
    text += String.fromCharCode(byte);
  });
  machine.hypervisor.guests[0].kick();
  for (let slice = 0; slice < 1_000 && !watch.isMatched; slice++) machine.runSlice(100_000, { skipIdle: true });
  return text;
}

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
    const powered = powerOn({ board: BOARD, clock: "virtual", log: silentLogger(), env: process.env });
    const text = normalized(bootText(powered));
    expect(text).toMatch(/Linux version[^]*komainu: guest ready[^]*# $/);
    if (process.env.UPDATE_GOLDEN === "1") {
      mkdirSync(dirname(GOLDEN), { recursive: true });
      writeFileSync(GOLDEN, text);
    }
    expect(text).toBe(readFileSync(GOLDEN, "utf8"));
  });
});
