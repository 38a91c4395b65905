import {
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { CheckpointFile, writeCheckpoint } from "../../src/main/checkpoint-file.ts";
import { PAGE_SIZE } from "../../src/memory/index.ts";
import type { PageRun } from "../../src/vm/index.ts";

const folder = mkdtempSync(join(tmpdir(), "komainu-checkpoint-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RAM_PAGES = 4096;
const state = { name: "x", bytes: Uint8Array.of(1, 2, 3), list: [1, { deep: null }] };
const ramOf = (runs: readonly PageRun[]): Uint8Array => {
  const ram = new Uint8Array(RAM_PAGES * PAGE_SIZE);
  for (const { page, count } of runs) {
    for (let i = page; i < page + count; i++) ram.fill(1 + (i % 255), i * PAGE_SIZE, (i + 1) * PAGE_SIZE);
  }
  return ram;
};
const fewRuns: PageRun[] = [
  { page: 0, count: 2 },
  { page: 9, count: 1 },
  { page: RAM_PAGES - 1, count: 1 },
];

const written = (name: string, runs = fewRuns): { path: string; ram: Uint8Array } => {
  const path = join(folder, name);
  const ram = ramOf(runs);
  const fd = openSync(path, "w", 0o600);
  writeCheckpoint(fd, { state, ram, runs });
  closeSync(fd);
  return { path, ram };
};

const opened = (path: string): CheckpointFile => {
  const file = CheckpointFile.open(path);
  if (file === undefined) throw new Error("expected a file");
  return file;
};

/** What a machine's RAM would be after the file was read. */
const restored = (path: string): Uint8Array => {
  const ram = new Uint8Array(RAM_PAGES * PAGE_SIZE);
  const file = opened(path);
  try {
    file.readPages(ram);
  } finally {
    file.close();
  }
  return ram;
};

const unusable = expect.objectContaining({ code: "checkpoint-unusable" });

describe("a checkpoint file", () => {
  it("gives back state and pages", () => {
    const { path, ram } = written("whole");
    expect(opened(path).state).toEqual(state);
    expect(Buffer.compare(restored(path), ram)).toBe(0);
    // Pages that are not used take no place: header, and four pages.
    expect(readFileSync(path).length).toBe(PAGE_SIZE + 4 * PAGE_SIZE);
  });

  it("gives back more runs than one system call takes", () => {
    const runs = Array.from({ length: 1500 }, (_, i) => ({ page: 2 * i, count: 1 }));
    const { path, ram } = written("many", runs);
    expect(Buffer.compare(restored(path), ram)).toBe(0);
  });

  it("is none where there is no file", () => {
    expect(CheckpointFile.open(join(folder, "nowhere"))).toBeUndefined();
  });

  it("is refused wherever a bit of it was changed", () => {
    const { path } = written("flipped");
    const good = readFileSync(path);
    const headerBytes = good.readUInt32LE(12);
    const places = [0, 8, 12, 16, 47, 48, 48 + headerBytes - 1, PAGE_SIZE, 3 * PAGE_SIZE + 100, good.length - 1];
    for (const place of places) {
      const bad = Buffer.from(good);
      bad[place] ^= 0x10;
      writeFileSync(path, bad);
      expect(() => restored(path), `byte ${place}`).toThrow(unusable);
    }
    writeFileSync(path, good);
    expect(() => restored(path)).not.toThrow();
  });

  it("is refused when it was cut off or went on", () => {
    const { path } = written("cut");
    const good = readFileSync(path);
    for (const length of [0, 1, 47, 60, PAGE_SIZE - 1, PAGE_SIZE, good.length - PAGE_SIZE, good.length - 1]) {
      writeFileSync(path, good.subarray(0, length));
      expect(() => restored(path), `${length} bytes`).toThrow(unusable);
    }
    writeFileSync(path, Buffer.concat([good, Buffer.alloc(1)]));
    expect(() => opened(path)).toThrow(unusable);
  });

  it("is refused when it is cut off between header and pages", () => {
    const { path } = written("race");
    const file = opened(path);
    truncateSync(path, 2 * PAGE_SIZE);
    expect(() => file.readPages(new Uint8Array(RAM_PAGES * PAGE_SIZE))).toThrow(unusable);
    file.close();
  });

  it("is refused when a machine has too little RAM for it", () => {
    const { path } = written("large");
    const file = opened(path);
    expect(() => file.readPages(new Uint8Array(8 * PAGE_SIZE))).toThrow(unusable);
    file.close();
  });

  it.skipIf(process.getuid === undefined)("is refused when others can write it", () => {
    const { path } = written("open");
    for (const mode of [0o620, 0o602, 0o666]) {
      chmodSync(path, mode);
      expect(() => opened(path), mode.toString(8)).toThrow(unusable);
    }
    chmodSync(path, 0o644);
    expect(() => opened(path).close()).not.toThrow();
  });

  it.skipIf(process.platform === "win32")("is refused when it is a link or no file at all", () => {
    const { path } = written("target");
    const link = join(folder, "link");
    symlinkSync(path, link);
    expect(() => opened(link)).toThrow(unusable);
    expect(() => opened(folder)).toThrow(unusable);
  });
});
