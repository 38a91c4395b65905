import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DiskFile, parseDisk } from "../../src/main/disk-file.ts";

describe("a file as a disk", () => {
  const folder = mkdtempSync(join(tmpdir(), "komainu-disk-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const given = (name: string, content: Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  it("reads and writes sectors at their place", () => {
    const path = given(
      "disk",
      new Uint8Array(4 * 512).map((_, i) => i >> 9),
    );
    const disk = new DiskFile(parseDisk(path));
    expect([disk.sectorCount, disk.isReadOnly]).toEqual([4, false]);
    const sectors = new Uint8Array(1024);
    disk.read(1, sectors);
    expect([sectors[0], sectors[512]]).toEqual([1, 2]);
    disk.write(3, new Uint8Array(512).fill(9));
    disk.flush();
    expect([...new Set(readFileSync(path).subarray(1536))]).toEqual([9]);
  });

  it("gives zeros past the end of a file that was cut", () => {
    const path = given("cut", new Uint8Array(1024).fill(7));
    const disk = new DiskFile(parseDisk(`${path},ro`));
    writeFileSync(path, new Uint8Array(600).fill(7));
    const sector = new Uint8Array(512).fill(1);
    disk.read(1, sector);
    expect([sector[0], sector[511]]).toEqual([7, 0]);
    expect(disk.isReadOnly).toBe(true);
  });

  it.each([
    ["missing", undefined],
    ["empty", 0],
    ["odd", 700],
  ])("refuses one that is %s", (name, sizeBytes) => {
    const path = sizeBytes === undefined ? join(folder, "none") : given(name, new Uint8Array(sizeBytes));
    expect(() => new DiskFile(parseDisk(path))).toThrow(
      expect.objectContaining({ code: "disk-unusable", exitCode: 3 }),
    );
  });

  it("refuses a folder", () => {
    expect(() => new DiskFile({ path: folder, isReadOnly: true })).toThrow("no regular file");
  });
});
