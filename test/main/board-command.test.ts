import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { boardLint, boardList, boardShow } from "../../src/main/board-command.ts";
import { recordedIo } from "./recorded-io.ts";

describe("the board commands", () => {
  const folder = mkdtempSync(join(tmpdir(), "komainu-board-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const givenProfile = (change: (text: string) => string): string => {
    const path = join(folder, "mine.json");
    writeFileSync(path, change(readFileSync("boards/versatilepb.json", "utf8")));
    return path;
  };

  it("list the boards with what they are", () => {
    const io = recordedIo();
    expect(boardList(io)).toBe(0);
    expect(io.stdout).toMatch(/^versatilepb\s+ARM Versatile/m);
  });

  it("show the address map, or the profile as JSON", () => {
    const io = recordedIo();
    expect(boardShow(io, "versatilepb")).toBe(0);
    expect(io.stdout).toMatch(/0x101F1000-0x101F1FFF\s+4 KiB\s+uart0\s+pl011/);
    const json = recordedIo();
    boardShow(json, "versatilepb", { json: true });
    expect(JSON.parse(json.stdout)).toMatchObject({ name: "versatilepb", cpu: { model: "arm926ej-s" } });
  });

  it("find nothing wrong with a board of ours", () => {
    const io = recordedIo();
    expect(boardLint(io, "versatilepb")).toBe(0);
    expect(io.stdout).toBe("");
    expect(io.stderr).toContain("0 error(s)");
  });

  it("name file, line and column of overlapping devices, and exit with 2", () => {
    const path = givenProfile((text) => text.replace('"address": "0x101f2000"', '"address": "0x101f1000"'));
    const io = recordedIo();
    expect(boardLint(io, path)).toBe(2);
    expect(io.stdout).toMatch(/mine\.json:\d+:\d+: error: .*uart1.*overlaps uart0/);
    const json = recordedIo();
    expect(boardLint(json, path, { json: true })).toBe(2);
    expect(JSON.parse(json.stdout.split("\n")[0])).toMatchObject({ code: "profile-overlap", severity: "error" });
    expect(() => boardShow(recordedIo(), path)).toThrow(expect.objectContaining({ code: "profile-overlap" }));
  });

  it("name the place of a syntax error", () => {
    const path = givenProfile((text) => text.replace('"cpu":', '"cpu"'));
    expect(() => boardLint(recordedIo(), path)).toThrow(
      expect.objectContaining({ code: "profile-syntax", exitCode: 2 }),
    );
    expect(() => boardLint(recordedIo(), path)).toThrow(/mine\.json:\d+:\d+/);
  });

  it("say which boards there are when one is unknown", () => {
    expect(() => boardShow(recordedIo(), "versatilpb")).toThrow(expect.objectContaining({ code: "board-unknown" }));
  });
});
