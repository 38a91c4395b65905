/**
 * How long a look at a board takes that was booted before: `npm run first-row -- [--count N] [BOARD]...`, of `komainu exec BOARD
 * "ids plist"`, from the start of the process to the first row and to its end, best and median, with the caches of
 * the user. The boards are raspberrypi and versatilepb; three runs before are not timed, the first of which may boot.
 *
 * An empty script of Node is measured beside it, because a part of the time is Node's own.
 */

import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { HvError } from "../src/base/index.ts";
import { optionInvalid } from "./bench/errors.ts";
import { firstRowLine, measureFirstRow } from "./bench/first-row.ts";
import { leadingComment } from "./bundle.mjs";
import { build, program } from "./setup.mjs";

const WARMING_RUNS = 3;
const BOARDS = ["raspberrypi", "versatilepb"];

async function measure(count: number, boards: readonly string[]): Promise<void> {
  console.log(`Node ${process.version}, ${count} runs each, best (median), load ${loadavg()[0].toFixed(2)}`);
  const empty = ["-e", 'console.log("\\n-")'];
  console.log(firstRowLine("an empty script", await measureFirstRow(process.execPath, empty, count)));
  for (const board of boards) {
    const args = [program, "exec", board, "ids plist"];
    await measureFirstRow(process.execPath, args, WARMING_RUNS);
    console.log(firstRowLine(board, await measureFirstRow(process.execPath, args, count)));
  }
}

const { values, positionals } = parseArgs({
  options: { count: { type: "string", default: "15" }, help: { type: "boolean", short: "h", default: false } },
  allowPositionals: true,
});
if (values.help) {
  console.log(leadingComment(readFileSync(import.meta.filename, "utf8")));
  process.exit();
}
try {
  if (!/^[1-9]\d{0,3}$/.test(values.count)) throw optionInvalid("--count", "a whole number of 1 to 9999", values.count);
  build();
  await measure(Number(values.count), positionals.length === 0 ? BOARDS : positionals);
} catch (error) {
  if (!(error instanceof HvError)) throw error;
  console.error(error.explain());
  process.exitCode = error.exitCode;
}
