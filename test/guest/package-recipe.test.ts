import { describe, expect, it } from "vitest";
import { listBoards } from "../../src/board/index.ts";
import { fetchedBoard, fetchedBoards, packageRecipeOf } from "../../src/guest/package-recipe.ts";
import { guestBoards, hasGuest, installedBoardsFolder, readRecipeFile } from "../../src/guest/recipe.ts";

describe("packageRecipeOf", () => {
  it("has the init script of every fetched board in the boards folder", () => {
    for (const board of fetchedBoards()) {
      const init = readRecipeFile(installedBoardsFolder(), packageRecipeOf(board)?.initFile ?? "");
      expect(Buffer.from(init).toString()).toMatch(/^#!\/bin\/busybox sh\n/);
    }
  });

  it("is one for boards that share a guest, and none for boards whose guest is built", () => {
    expect(packageRecipeOf("raspberrypi-zero")).toBe(packageRecipeOf("raspberrypi"));
    expect(fetchedBoard("raspberrypi-zero")).toBe("raspberrypi");
    for (const board of guestBoards()) expect(packageRecipeOf(board)).toBeUndefined();
  });

  it("has, with the boards whose guest is built, a guest for every board there is", () => {
    for (const board of listBoards()) expect(hasGuest(board), board).toBe(true);
    expect(hasGuest("pdp11")).toBe(false);
  });
});
