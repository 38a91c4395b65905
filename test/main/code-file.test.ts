import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CodeFolder } from "../../src/main/code-file.ts";

const source = Buffer.from("a source");
const code = { data: Buffer.from("its code"), words: ["exec", "--engine"] };

let parent = "";
let path = "";
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "komainu-code-"));
  path = join(parent, "code");
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const givenFile = (): { folder: CodeFolder; file: string } => {
  const folder = new CodeFolder(path);
  folder.write("a", source, code);
  return { folder, file: join(path, "a.bin") };
};

describe("a folder of compiled code", () => {
  it("gives back what was written, for the source that it was written for", () => {
    const { folder } = givenFile();
    expect(folder.read("a", source)).toEqual(code);
    expect(folder.read("a", Buffer.from("b source"))).toBeUndefined();
    expect(folder.read("b", source)).toBeUndefined();
  });

  it("is nobody else's to look into", () => {
    const { file } = givenFile();
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(path)).toEqual(["a.bin"]);
  });

  it("refuses a file with one changed bit, wherever it is, and one that was cut", () => {
    const { folder, file } = givenFile();
    const whole = readFileSync(file);
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole);
      changed[at] ^= 1 << (at & 7);
      writeFileSync(file, changed);
      expect(folder.read("a", source), `byte ${at}`).toBeUndefined();
      writeFileSync(file, whole.subarray(0, at));
      expect(folder.read("a", source), `${at} bytes`).toBeUndefined();
    }
    writeFileSync(file, whole);
    expect(folder.read("a", source)).toEqual(code);
  });

  it("refuses what others may write, or what is another user's", () => {
    const { folder, file } = givenFile();
    expect(new CodeFolder(path, (process.geteuid?.() ?? 0) + 1).read("a", source)).toBeUndefined();
    chmodSync(file, 0o620);
    expect(folder.read("a", source)).toBeUndefined();
    chmodSync(file, 0o600);
    chmodSync(path, 0o770);
    expect(folder.read("a", source)).toBeUndefined();
    folder.write("b", source, code);
    expect(existsSync(join(path, "b.bin"))).toBe(false);
  });

  it("refuses links, to a file and to a folder", () => {
    const { folder, file } = givenFile();
    symlinkSync(file, join(path, "link.bin"));
    expect(folder.read("link", source)).toBeUndefined();
    symlinkSync(path, join(parent, "link"));
    expect(new CodeFolder(join(parent, "link")).read("a", source)).toBeUndefined();
  });

  it("says nothing when it cannot be made", () => {
    writeFileSync(path, "a file in its place");
    const folder = new CodeFolder(path);
    folder.write("a", source, code);
    expect(folder.read("a", source)).toBeUndefined();
    expect(readFileSync(path, "utf8")).toBe("a file in its place");
  });

  it("is made with the folders above it, and left alone where none can be made", () => {
    const deep = new CodeFolder(join(parent, "cache/komainu/code"));
    deep.write("a", source, code);
    expect(deep.read("a", source)).toEqual(code);
    const nowhere = new CodeFolder("/proc/nowhere/komainu/code");
    nowhere.write("a", source, code);
    expect(nowhere.read("a", source)).toBeUndefined();
  });

  it("keeps the newest hundred files", () => {
    const { folder } = givenFile();
    for (let i = 0; i < 110; i++) {
      writeFileSync(join(path, `old${i}.bin`), "");
      utimesSync(join(path, `old${i}.bin`), 1_000_000 + i, 1_000_000 + i);
    }
    folder.write("b", source, code);
    const names = readdirSync(path);
    expect(names).toHaveLength(100);
    expect(names).toEqual(expect.arrayContaining(["a.bin", "b.bin", "old109.bin", "old12.bin"]));
    expect(names).not.toContain("old11.bin");
  });
});
