/**
 * Boots the Raspberry Pi's guest on Komainu and on QEMU, and compares what the kernel says:
 * `node tools/boot-logs.mjs [--keep FOLDER]`; `--keep` leaves both logs there.
 *
 * QEMU 7.2 needs a driver left out (`initcall_blacklist`), else the kernel panics. Exit code 0: every difference is in the
 * table of known ones; 1: not so.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { assert, silentLogger } from "../src/base/index.ts";
import { ConsoleWatch } from "../src/main/console-watch.ts";
import { powerOn } from "../src/main/power-on.ts";
import { benchBoards } from "./bench/board.table.ts";
import { findGuestFiles } from "./bench/guest-files.ts";
import { qemuArgs } from "./bench/qemu-session.ts";
import { Subject } from "./bench/subject.ts";
import { differences, report } from "./boot-logs/compare.ts";
import { knownDifferences } from "./boot-logs/known-differences.table.ts";

const BOARD = "raspberrypi";
const QEMU = "qemu-system-arm";
const QEMU_LIMIT_SECONDS = 600;
const SLICE_INSTRUCTIONS = 1_000_000;
const MAX_INSTRUCTIONS = 20e9;

const board = benchBoards.find(({ name }) => name === BOARD);
assert(board !== undefined, "the bench has the board");
const files = findGuestFiles(board);

/** What is printed up to the first prompt of the shell. */
function bootHere(): string {
  const { machine, consolePort } = powerOn({ board: BOARD, clock: "virtual", log: silentLogger(), env: process.env });
  const watch = new ConsoleWatch();
  watch.expect([files.readyPattern, files.shellPrompt]);
  let text = "";
  machine.hypervisor.findSerialPort(consolePort)?.observe((byte) => {
    watch.feed(byte);
    text += String.fromCharCode(byte);
  });
  machine.hypervisor.guests[0].kick();
  while (!watch.isMatched) {
    assert(machine.instructions() < MAX_INSTRUCTIONS, `the guest prints ${watch.awaited}`);
    machine.runSlice(SLICE_INSTRUCTIONS, { skipIdle: true });
  }
  return text;
}

async function bootQemu(): Promise<string> {
  const args = qemuArgs({ program: QEMU, files, limitSeconds: QEMU_LIMIT_SECONDS });
  const subject = new Subject({ name: "QEMU", command: QEMU, args, limitSeconds: QEMU_LIMIT_SECONDS });
  const watch = new ConsoleWatch();
  watch.expect([files.readyPattern, files.shellPrompt]);
  let text = "";
  try {
    await subject.until((more) => {
      for (const byte of Buffer.from(more, "latin1")) watch.feed(byte);
      text += more;
      return watch.isMatched;
    });
    return text;
  } finally {
    await subject.close();
  }
}

const { values } = parseArgs({ options: { keep: { type: "string" } } });
const logs = { komainu: bootHere(), qemu: await bootQemu() };
if (values.keep !== undefined) {
  mkdirSync(values.keep, { recursive: true });
  for (const [side, text] of Object.entries(logs)) writeFileSync(join(values.keep, `${side}.txt`), text, "latin1");
}
const result = differences(logs, knownDifferences);
console.log(`${files.identity}\n${report(result)}`);
process.exitCode = result.found.every(({ known }) => known !== undefined) ? 0 : 1;
