import {
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { CheckpointFolder } from "../../src/main/checkpoint-folder.ts";
import { PAGE_SIZE } from "../../src/memory/index.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const content = { state: { a: 1 }, ram: new Uint8Array(PAGE_SIZE).fill(7), runs: [{ page: 0, count: 1 }] };
const SECOND_MS = 1_000;

const given = () => {
  const root = mkdtempSync(join(tmpdir(), "komainu-checkpoints-"));
  folders.push(root);
  const path = join(root, "checkpoints");
  return { path, folder: new CheckpointFolder(path) };
};

describe("the folder of checkpoints", () => {
  it("gets files that only their owner can read, and no others", () => {
    const { path, folder } = given();
    const file = folder.pathOf("board", "0123456789abcdef".repeat(4));
    folder.write(file, content);
    expect(readdirSync(path)).toEqual([`board-${"0123456789abcdef".repeat(2)}.checkpoint`]);
    expect([statSync(path).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600]);
    expect(folder.open(file)?.state).toEqual({ a: 1 });
    expect(folder.open(folder.pathOf("board", "another"))).toBeUndefined();
  });

  it("leaves nothing behind, and what was there as it was, when a file cannot be written", () => {
    const { path, folder } = given();
    const file = folder.pathOf("board", "1");
    folder.write(file, content);
    // A number that JSON would change: a bug of the part that saved it.
    expect(() => folder.write(file, { ...content, state: { a: Number.NaN } })).toThrow();
    expect(readdirSync(path)).toHaveLength(1);
    expect(folder.open(file)?.state).toEqual({ a: 1 });
  });

  it("keeps the eight files that were used last", () => {
    const { path, folder } = given();
    const files = Array.from({ length: 10 }, (_, i) => folder.pathOf("board", `${i}`));
    for (const [i, file] of files.entries()) {
      folder.write(file, content);
      folder.noteUse(file, (1000 + i) * SECOND_MS);
    }
    folder.noteUse(files[0], 2000 * SECOND_MS);
    folder.prune(files[1], 3000 * SECOND_MS);
    expect(readdirSync(path)).toHaveLength(8);
    expect(files.map((file) => existsSync(file))).toEqual([true, true, false, false, ...Array(6).fill(true)]);
  });

  it("keeps no more than 512 MiB, but always the newest file", () => {
    const { folder } = given();
    const files = ["a", "b", "c"].map((key) => folder.pathOf("board", key));
    for (const [i, file] of files.entries()) {
      folder.write(file, content);
      truncateSync(file, 300 * 2 ** 20);
      folder.noteUse(file, i * SECOND_MS);
    }
    folder.prune(files[2], 10 * SECOND_MS);
    expect(files.map((file) => existsSync(file))).toEqual([false, false, true]);
  });

  it("takes away what an interrupted run left, not what another one writes, and touches nothing else", () => {
    const { path, folder } = given();
    const file = folder.pathOf("board", "1");
    folder.write(file, content);
    const nowMs = 10_000_000 * SECOND_MS;
    const ages = { "old.partial": 2 * 3_600, "young.partial": 60, "notes.txt": 9 * 3_600 };
    for (const [name, age] of Object.entries(ages)) {
      writeFileSync(join(path, name), "");
      utimesSync(join(path, name), nowMs / 1000 - age, nowMs / 1000 - age);
    }
    folder.prune(file, nowMs);
    expect(readdirSync(path).sort()).toEqual([file.slice(path.length + 1), "notes.txt", "young.partial"].sort());
  });
});
