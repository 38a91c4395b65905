import { describe, expect, it } from "vitest";
import { guestBoards, installedBoardsFolder, readRecipeFiles, recipeOf } from "../../src/guest/recipe.ts";

describe("recipeOf", () => {
  it("has the recipe files of every board in the boards folder", () => {
    for (const board of guestBoards()) {
      const { fragment, init } = readRecipeFiles(recipeOf(board), installedBoardsFolder());
      expect(Buffer.from(fragment).toString()).toContain("CONFIG_VIRTIO_MMIO=y\n");
      expect(Buffer.from(init).toString()).toMatch(/^#!\/bin\/busybox sh\n/);
    }
  });

  it("refuses a board without a guest, naming those that have one", () => {
    expect(() => recipeOf("pdp11")).toThrow(
      expect.objectContaining({
        code: "guest-board-unknown",
        exitCode: 2,
        message: expect.stringContaining("versatilepb"),
      }),
    );
  });

  it("names the recipe file that is missing", () => {
    expect(() => readRecipeFiles(recipeOf("versatilepb"), "/no/boards")).toThrow(
      expect.objectContaining({
        code: "guest-input-missing",
        message: expect.stringContaining("/no/boards/versatilepb.config"),
      }),
    );
  });
});
