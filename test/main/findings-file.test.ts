import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FindingsFile } from "../../src/main/findings-file.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "komainu-findings-"));
  path = join(folder, "findings.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const written = (...lines: string[]): void => {
  const file = new FindingsFile(path);
  for (const line of lines) file.append(line);
  file.close();
};

describe("FindingsFile", () => {
  it("appends to what earlier runs left", () => {
    written('{"a":1}\n', '{"b":2}\n{"c":3}\n');
    written('{"d":4}\n');
    expect(readFileSync(path, "utf8")).toBe('{"a":1}\n{"b":2}\n{"c":3}\n{"d":4}\n');
    expect(statSync(path).mode & 0o077).toBe(0);
  });

  it("has each line on the disk while the run goes on", () => {
    const file = new FindingsFile(path);
    file.append('{"a":1}\n');
    expect(readFileSync(path, "utf8")).toBe('{"a":1}\n');
    file.close();
  });

  it("begins a line of its own behind one that was never ended", () => {
    writeFileSync(path, '{"a":1}\n{"b":');
    written('{"c":3}\n');
    expect(readFileSync(path, "utf8")).toBe('{"a":1}\n{"b":\n{"c":3}\n');
  });

  it("writes to a pipe or a device, which has no end to look at", () => {
    const file = new FindingsFile("/dev/null");
    file.append('{"a":1}\n');
    file.close();
  });

  it("refuses what cannot be written, before anything runs", () => {
    const unwritable = expect.objectContaining({ code: "findings-unwritable", exitCode: 3 });
    expect(() => new FindingsFile(folder)).toThrow(unwritable);
    expect(() => new FindingsFile(join(folder, "no", "such"))).toThrow(unwritable);
    expect(() => new FindingsFile("/dev/full").append("x\n")).toThrow(unwritable);
  });
});
