import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { digestOf, encodePack, readPack, readPackIndex } from "../../src/main/snapshot-pack.ts";

const folder = mkdtempSync(join(tmpdir(), "komainu-pack-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function given() {
  const pages = [1, 2].map((value) => {
    const bytes = new Uint8Array(4096).fill(value);
    return { bytes, digest: digestOf(bytes) };
  });
  const file = encodePack(pages);
  const path = join(folder, "p.pack");
  writeFileSync(path, file);
  return { pages, path, digest: digestOf(file).toString("hex") };
}

describe("a pack of pages", () => {
  it("gives its pages and their digests back", () => {
    const { pages, path, digest } = given();
    expect(readPackIndex(path)).toEqual(pages.map((page) => page.digest.toString("hex")));
    expect(readPack(path, digest).map((page) => page[0])).toEqual([1, 2]);
  });

  it("is refused when any byte of it is another, or it is no pack", () => {
    const { path, digest } = given();
    const file = readFileSync(path);
    for (const at of [0, 9, 13, 20, 100, file.length - 1]) {
      const changed = Buffer.from(file);
      changed[at] ^= 1;
      writeFileSync(path, changed);
      expect(() => readPack(path, digest)).toThrow(
        expect.objectContaining({ code: "snapshot-store-damaged", exitCode: 3 }),
      );
    }
    writeFileSync(path, "nothing of it");
    expect(() => readPackIndex(path)).toThrow(/expected a pack of pages, found another file/);
    expect(() => readPack(join(folder, "none"), digest)).toThrow(
      expect.objectContaining({ code: "snapshot-store-damaged" }),
    );
  });
});
