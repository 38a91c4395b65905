/**
 * Cuts a guest's power at random instants while it writes to its SD card, and looks at what is left on the card:
 * `node tools/power-cut.mjs [--cuts N] [--seed N] [--board NAME] [--snapshot FILE]`.
 *
 * The card has what the guest's controller was given up to that instant, and nothing is flushed or closed after it. Each
 * time `fsck.ext4` must repair the file system, find nothing in a second look, and every file that the guest had synced
 * must be there with its content. `--snapshot` is of the guest at its shell, with a card of 32 MB; without it the guest
 * boots once. Exit code 0: all cards were whole; 1: not so.
 */
import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parseCount } from "../src/main/options.ts";
import { CardWriter } from "./power-cut/card-writer.ts";
import { Ext4Image } from "./power-cut/ext4-image.ts";
import { makeRandom } from "./power-cut/random.ts";

const CARD_BYTES = 32 << 20;
/** Of the guest's time, from its first synced file on; it syncs several files in it. */
const LATEST_CUT_NS = 0.5e9;

const { values } = parseArgs({
  options: {
    board: { type: "string", default: "raspberrypi" },
    cuts: { type: "string", default: "20" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    snapshot: { type: "string" },
  },
});
const { board } = values;
const cuts = parseCount("--cuts", 10_000)(values.cuts);
const seed = parseCount("--seed", 2 ** 31)(values.seed);

/** Exceptions to the promise, a line each. */
function problemsOf(image: Ext4Image, writer: CardWriter): string[] {
  const { text } = image.repair();
  if (!text.includes("recovering journal")) return [`fsck.ext4 found no journal to recover:\n${text}`];
  const again = image.check();
  const problems = again.code === 0 ? [] : [`fsck.ext4 -fn after the repair: exit code ${again.code}\n${again.text}`];
  for (const { name, sha256 } of writer.syncedFiles()) {
    try {
      const found = createHash("sha256").update(image.read(name)).digest("hex");
      if (found !== sha256) problems.push(`${name}: expected ${sha256}, found ${found}`);
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return problems;
}

/** The given snapshot, or one of a guest that is booted for it. */
function snapshotOf(folder: string, empty: Ext4Image): string {
  if (values.snapshot !== undefined) return values.snapshot;
  const file = join(folder, "ready.snap");
  writeFileSync(file, new CardWriter({ board, card: empty.path, translations: folder }).save());
  return file;
}

function main(folder: string): number {
  const empty = Ext4Image.make(join(folder, "empty.img"), CARD_BYTES);
  const card = join(folder, "card.img");
  const snapshot = snapshotOf(folder, empty);
  const random = makeRandom(seed);
  let failures = 0;
  for (let cut = 1; cut <= cuts; cut++) {
    const afterNs = Math.floor(random() * LATEST_CUT_NS);
    copyFileSync(empty.path, card);
    const writer = new CardWriter({ board, card, snapshot, translations: folder });
    writer.startWriting();
    writer.cutPowerAfter(afterNs);
    const problems = problemsOf(new Ext4Image(card), writer);
    const outcome = problems.length === 0 ? "whole" : `BROKEN\n${problems.join("\n")}`;
    console.log(`cut ${cut} at ${(afterNs / 1e6).toFixed(6)} ms, ${writer.syncedCount} files synced: ${outcome}`);
    if (problems.length > 0) failures++;
  }
  console.log(`${cuts - failures} of ${cuts} cards were whole (seed ${seed})`);
  return failures === 0 ? 0 : 1;
}

const folder = mkdtempSync(join(tmpdir(), "komainu-power-cut-"));
try {
  process.exitCode = main(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
