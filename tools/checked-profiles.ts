/** For the build: the boards that come with the program, checked, as a file beside it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CHECKED_PROFILES_FILE, checkProfile, encodeCheckedProfiles, listBoards } from "../src/board/index.ts";

/** @param folder of the boards */
export function checkedProfilesFile(folder: string): { fileName: string; source: string } {
  const boards = listBoards(folder).map((name) => {
    const path = join(folder, `${name}.json`);
    const text = readFileSync(path, "utf8");
    return { text, profile: checkProfile(text, path).profile };
  });
  return { fileName: CHECKED_PROFILES_FILE, source: encodeCheckedProfiles(boards) };
}
