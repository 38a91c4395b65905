import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CHECKED_PROFILES_FILE, checkedProfile } from "../../src/board/checked-profiles.ts";
import { boardsFolder, checkProfile, listBoards } from "../../src/board/index.ts";
import { checkedProfilesFile } from "../../tools/checked-profiles.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "komainu-profiles-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("profiles that the build has checked", () => {
  it("are those of the boards that come with the program, as the schema reads them", () => {
    const { fileName, source } = checkedProfilesFile(boardsFolder());
    expect(fileName).toBe(CHECKED_PROFILES_FILE);
    writeFileSync(join(folder, fileName), source);
    expect(listBoards().length).toBeGreaterThan(2);
    for (const name of listBoards()) {
      const path = join(boardsFolder(), `${name}.json`);
      const text = readFileSync(path, "utf8");
      const { profile } = checkProfile(text, path);
      expect(checkedProfile(text, folder), name).toEqual(profile);
      // A machine at its prompt is found by this text (src/main/checkpoint-key.ts).
      expect(JSON.stringify(checkedProfile(text, folder)), name).toBe(JSON.stringify(profile));
    }
  });

  it("are no other text's, and none where there was no build", () => {
    expect(checkedProfile("{}", folder)).toBeUndefined();
    const { fileName, source } = checkedProfilesFile(boardsFolder());
    writeFileSync(join(folder, fileName), source);
    const text = readFileSync(join(boardsFolder(), "versatilepb.json"), "utf8");
    expect(checkedProfile(text.replace("versatilepb", "versatilepc"), folder)).toBeUndefined();
  });
});
