import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type ReplayCommandOptions, replay } from "../../src/main/replay-command.ts";
import { test } from "../../src/main/test-command.ts";
import { recordedIo } from "./recorded-io.ts";
import { READY_TEXT, TinyBoard } from "./tiny-board.ts";

const boards: TinyBoard[] = [];
afterEach(() => {
  for (const board of boards.splice(0)) board.dispose();
});

/** A failing run's journal, and the folder of its board. */
async function given(): Promise<{ journal: string; folder: string }> {
  const board = new TinyBoard(READY_TEXT, "echo");
  boards.push(board);
  const path = join(board.folder, "t.yaml");
  const steps = "steps: [{ noise: 0.5, seed: random }, { line: hello }, { wait: 100us }, { memory: 0, equals: 1 }]";
  writeFileSync(path, `board: ./tiny.json\nscenarios: [{ name: a, ${steps} }]`);
  const journals = join(board.folder, "journals");
  await test(recordedIo(), [path], { bootCache: "off", engine: "interp", timeout: 1, jobs: 1, journals });
  return { journal: join(journals, readdirSync(journals)[0]), folder: board.folder };
}

const options: ReplayCommandOptions = { bootCache: "off", engine: "interp", timeout: 1 };

describe("komainu replay", () => {
  it("gives the same run elsewhere, from the journal and a folder with the images", async () => {
    const { journal, folder } = await given();
    // The board is gone; its images lie elsewhere under other names.
    const images = mkdtempSync(join(tmpdir(), "komainu-images-"));
    renameSync(join(folder, "tiny.bin"), join(images, "a"));
    renameSync(join(folder, "tiny.dtb"), join(images, "b"));
    const io = recordedIo();
    expect(await replay(io, journal, { ...options, images })).toBe(0);
    expect(io.stdout.length).toBeGreaterThan(READY_TEXT.length);
    expect(io.stderr).toMatch(
      /The same run, to instruction \d+, .*; it failed there: expected 0x00000000 to be 0x00000001/,
    );
    const json = recordedIo();
    expect(await replay(json, journal, { ...options, images, json: true })).toBe(0);
    expect(JSON.parse(json.stdout)).toMatchObject({ schema: "komainu.state/1" });
    rmSync(images, { recursive: true });
  });

  it("stops at a pattern, and fails when it never comes", async () => {
    const { journal, folder } = await given();
    const io = recordedIo();
    expect(await replay(io, journal, { ...options, images: folder, until: "/./", quiet: true })).toBe(0);
    expect(io.stderr).toMatch(/The console has printed \/\.\/ at instruction/);
    const never = replay(recordedIo(), journal, { ...options, images: folder, until: "never" });
    await expect(never).rejects.toMatchObject({ code: "until-unseen", exitCode: 1 });
    await expect(replay(io, journal, { ...options, until: "/(/" })).rejects.toMatchObject({ code: "option-invalid" });
  });

  it("names the digest of an image that is nowhere", async () => {
    const { journal, folder } = await given();
    const empty = join(folder, "empty");
    mkdirSync(empty);
    await expect(replay(recordedIo(), journal, { ...options, images: empty })).rejects.toMatchObject({
      code: "journal-image-missing",
      exitCode: 3,
      message: expect.stringMatching(/kernel: expected a file with SHA-256 [0-9a-f]{64}/),
    });
  });

  it("refuses a damaged journal with its line", async () => {
    const { journal } = await given();
    writeFileSync(journal, readFileSync(journal, "utf8").replace("hello", "hullo"));
    await expect(replay(recordedIo(), journal, options)).rejects.toMatchObject({
      code: "journal-invalid",
      exitCode: 2,
    });
    await expect(replay(recordedIo(), "/nowhere", options)).rejects.toMatchObject({
      code: "journal-unreadable",
      exitCode: 3,
    });
  });
});
