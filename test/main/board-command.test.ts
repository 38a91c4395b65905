import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { boardExport, boardLint, boardList, boardSchema, boardShow } from "../../src/main/board-command.ts";
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
    const io = recordedIo(process.env);
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

  it("compare the profile with the device tree of its guest", () => {
    const path = givenProfile((text) => text.replace('"pic:12"', '"pic:15"').replace("0x101f2000", "0x101f6000"));
    const io = recordedIo(process.env);
    expect(boardLint(io, path)).toBe(2);
    expect(io.stdout).toMatch(
      /mine\.json:\d+:\d+: error: uart0: expected a wire to pic:12.*\[profile-tree-interrupt\]/,
    );
    expect(io.stdout).toMatch(/warning: the device tree has \/amba\/uart@101f2000 .*\[profile-tree-device\]/);
  });

  it("warn of each image that is missing, at its name, and find a device tree that is none", () => {
    const path = givenProfile((text) =>
      text.replace('"zImage"', '"./nosuch"').replace(/"[^"]*\.dtb"/, '"./mine.json"'),
    );
    const io = recordedIo(process.env);
    expect(boardLint(io, path)).toBe(2);
    expect(io.stdout).toMatch(
      /mine\.json:\d+:\d+: warning: expected a file \S*nosuch, found none \[profile-image-missing\]/,
    );
    expect(io.stdout).toMatch(/mine\.json:\d+:\d+: error: device tree: .*\[fdt-invalid\]/);
  });

  it("draw the address map into a file, and say where that cannot be", () => {
    const path = join(folder, "map.svg");
    expect(boardShow(recordedIo(), "versatilepb", { svg: path })).toBe(0);
    expect(readFileSync(path, "utf8")).toMatch(/^<svg .*uart0.*<\/svg>\n$/s);
    expect(() => boardShow(recordedIo(), "versatilepb", { svg: join(folder, "no/map.svg") })).toThrow(
      expect.objectContaining({ code: "drawing-unwritable", exitCode: 3 }),
    );
  });

  it("print the schema that comes with the program", () => {
    const io = recordedIo();
    expect(boardSchema(io)).toBe(0);
    expect(JSON.parse(io.stdout)).toEqual(JSON.parse(readFileSync("boards/profile.schema.json", "utf8")));
  });

  it("print the QEMU command, where the guest's images are known", () => {
    const io = recordedIo(process.env);
    expect(boardExport(io, "versatilepb", { qemu: true })).toBe(0);
    expect(io.stdout).toMatch(/^qemu-system-arm -M versatilepb .* -kernel \/\S+\/zImage /);
    expect(io.stderr).toContain("note: QEMU's versatilepb has no virtio_blk0");
    expect(() => boardExport(recordedIo(), "versatilepb")).toThrow(
      expect.objectContaining({ code: "export-needs-format" }),
    );
    const empty = recordedIo({ ...process.env, XDG_CACHE_HOME: folder });
    expect(() => boardExport(empty, "versatilepb", { qemu: true })).toThrow(
      expect.objectContaining({ code: "guest-missing", exitCode: 3 }),
    );
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
