import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listBoards, loadBoard } from "../../src/board/index.ts";
import { rootfsNames, rootfsRecipeOf } from "../../src/guest/rootfs-recipe.ts";

describe("the recipes of root file systems", () => {
  it.each(listBoards())("are those that the profile of %s has, with their files", (board) => {
    const names = rootfsNames(board);
    expect(names).toEqual(Object.keys(loadBoard(board).profile.boot.rootfs));
    for (const name of names) {
      const recipe = rootfsRecipeOf(board, name);
      expect(existsSync(join("boards", recipe?.secondStageFile ?? ""))).toBe(true);
    }
  });

  it("are shared by boards that share a guest, and no board has an unknown one", () => {
    expect(rootfsRecipeOf("raspberrypi-zero", "debian")).toBe(rootfsRecipeOf("raspberrypi", "debian"));
    expect(rootfsRecipeOf("raspberrypi", "arch")).toBeUndefined();
  });
});
