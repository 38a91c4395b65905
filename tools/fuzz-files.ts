/** `node tools/fuzz-files.mjs [--seed N] [--count N]`: damaged scenario files, journals and snapshots; all must be refused in words. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { READY_TEXT, TinyBoard } from "../test/main/tiny-board.ts";
import { FileFuzzer } from "./fuzz-files/run.ts";

const { values } = parseArgs({ options: { seed: { type: "string" }, count: { type: "string", default: "1000" } } });
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed);
const board = new TinyBoard(READY_TEXT, "wait", {}, { host: "32M", guest: "8M" });
const folder = mkdtempSync(join(tmpdir(), "komainu-fuzz-"));
console.error(`seed ${seed}`);
const fuzzer = new FileFuzzer({ seed, count: Number(values.count), board: board.path, folder });
const { refused, taken, codes } = await fuzzer.run();
board.dispose();
console.error(`${refused} refused, ${taken} were still valid and did no harm`);
for (const [code, count] of Object.entries(codes).sort(([, a], [, b]) => b - a)) console.error(`  ${count} ${code}`);
