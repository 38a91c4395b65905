import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HvError } from "../../src/base/index.ts";
import { boardPath, boardsFolder, listBoards, loadBoard, readBoard } from "../../src/board/index.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "komainu-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof HvError) return error.code;
    throw error;
  }
  return "";
};

describe("boards", () => {
  it("are listed by name, without the schema", () => {
    expect(listBoards()).toContain("versatilepb");
    expect(listBoards()).not.toContain("profile.schema");
    expect(listBoards(join(folder, "nowhere"))).toEqual([]);
  });

  it("are found by name and by path, and are the same", () => {
    const byName = loadBoard("versatilepb");
    expect(byName.path).toBe(join(boardsFolder(), "versatilepb.json"));
    expect(loadBoard(byName.path).profile).toEqual(byName.profile);
  });

  it("that are unknown give the names that are known", () => {
    expect(() => boardPath("versatilpb")).toThrow('expected the name of a board or a profile file, found "versatilpb"');
    try {
      boardPath("versatilpb");
    } catch (error) {
      expect((error as HvError).hint).toContain('Did you mean "versatilepb"?');
    }
  });

  it("that overlap are read for lint but not loaded", () => {
    const broken = join(folder, "broken.json");
    writeFileSync(
      broken,
      JSON.stringify({
        name: "broken",
        cpu: { model: "arm926ej-s" },
        host: { name: "h", ramSize: "256M" },
        guest: { name: "guest0", memory: "96M" },
        regions: [
          { name: "mem0", address: 0, type: "alloced_ram" },
          { name: "mem1", address: "0x1000", size: "4K", type: "alloced_ram" },
        ],
        devices: [],
        boot: {
          images: { kernel: "a", deviceTree: "b" },
          commandLine: "",
          kernelAddress: 32768,
          machineId: 387,
          readyPattern: "x",
          shellPrompt: "x",
        },
      }),
    );
    expect(readBoard(broken).profile.name).toBe("broken");
    expect(codeOf(() => loadBoard(broken))).toBe("profile-overlap");
  });
});
