import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StoredRegion } from "../../src/arm/jit/translation-store.ts";
import { Logger } from "../../src/base/index.ts";
import { parseTranslationCache } from "../../src/main/options.ts";
import { TranslationCache } from "../../src/main/translation-cache.ts";

const KEY = { board: "tiny", cpuModel: "arm926ej-s", ramSizeBytes: 2 ** 20 };
const region = (pc: number): StoredRegion => ({
  isThumb: false,
  isPrivileged: true,
  entryPc: pc,
  pages: [[pc & ~0xfff, 300]],
  blocks: [{ pc, count: 1 }],
  words: Int32Array.of(0xeafffffe | 0),
  entries: [[pc, 0]],
  body: { bytes: Uint8Array.of(2, 0, 11), hints: undefined },
});

describe("compiled code on disk", () => {
  let folder = "";
  let warnings: string[] = [];
  const log = new Logger("test", ({ level, message }) => {
    if (level === "warning") warnings.push(message);
  });
  const open = (key = KEY): TranslationCache => {
    const cache = TranslationCache.open({ folder }, key, { env: {}, log });
    if (cache === undefined) throw new Error("there is a cache");
    return cache;
  };
  const path = (): string => join(folder, readdirSync(folder)[0]);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "komainu-translations-"));
    warnings = [];
    const cache = open();
    cache.store.add(region(0x8000));
    cache.save();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is there in the next run, readable and writable by its owner alone", () => {
    expect(open().store.regions).toEqual([region(0x8000)]);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it("is another one for another board, processor or memory", () => {
    for (const other of [{ board: "other" }, { cpuModel: "arm1176jzf-s" }, { ramSizeBytes: 2 ** 21 }]) {
      expect(open({ ...KEY, ...other }).store.regions).toEqual([]);
    }
    expect(warnings).toEqual([]);
  });

  it("is ignored with a warning when a byte was changed or the end is missing, and written anew", () => {
    const content = readFileSync(path());
    const changed = Buffer.from(content);
    changed[content.length - 1] ^= 1;
    for (const bad of [changed, content.subarray(0, content.length - 3), Buffer.alloc(0)]) {
      writeFileSync(path(), bad);
      warnings = [];
      const cache = open();
      expect(cache.store.regions).toEqual([]);
      expect(warnings.join()).toContain("its content was changed or cut");
      cache.store.add(region(0x9000));
      cache.save();
      expect(open().store.regions).toEqual([region(0x9000)]);
    }
  });

  it("is ignored with a warning when others may write it", () => {
    chmodSync(path(), 0o622);
    expect(open().store.regions).toEqual([]);
    expect(warnings.join()).toContain("only its owner");
  });

  it("is not written again without news", () => {
    const before = statSync(path()).mtimeMs;
    const cache = open();
    cache.store.add(region(0x8000));
    cache.save();
    expect(statSync(path()).mtimeMs).toBe(before);
  });

  it("does not fail where it cannot be written", () => {
    const cache = TranslationCache.open({ folder: join(path(), "below-a-file") }, KEY, { env: {}, log });
    cache?.store.add(region(0x8000));
    expect(() => cache?.save()).not.toThrow();
  });

  it("is off when asked", () => {
    expect(parseTranslationCache("off")).toBe("off");
    expect(parseTranslationCache("some/folder")).toEqual({ folder: "some/folder" });
    expect(TranslationCache.open("off", KEY, { env: {}, log })).toBeUndefined();
  });
});
