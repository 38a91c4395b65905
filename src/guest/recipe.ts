/** What each board's guest is made of, and where its recipe files are. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { configFileMissing, fragmentMissing, guestBoardUnknown } from "./errors.ts";
import { mergedFragment } from "./fragment.ts";
import { fetchedBoards, packageRecipeOf } from "./package-recipe.ts";

export interface GuestRecipe {
  board: string;
  /** Debian package of the kernel's source, and what it installs. */
  sourcePackage: string;
  sourceArchive: string;
  /** Folder inside the archive. */
  sourceFolder: string;
  defconfig: string;
  /** Below `arch/arm/boot/dts`. */
  deviceTree: string;
  /** Files in the boards folder. */
  fragmentFile: string;
  initFile: string;
  busyboxPackage: string;
  architecture: string;
  crossCompile: string;
  /** Lines such as `  CC      fs/open.o` that a full build prints; for progress only. */
  expectedCompileLines: number;
  /** Measured length of the compilation, times the cores it had; for progress only. */
  compileCoreSeconds: number;
}

const RECIPES: readonly GuestRecipe[] = [
  {
    board: "versatilepb",
    sourcePackage: "linux-source-6.1",
    sourceArchive: "/usr/src/linux-source-6.1.tar.xz",
    sourceFolder: "linux-source-6.1",
    defconfig: "versatile_defconfig",
    deviceTree: "versatile-pb.dtb",
    fragmentFile: "versatilepb.config",
    initFile: "versatilepb.init",
    busyboxPackage: "busybox-static",
    architecture: "armel",
    crossCompile: "arm-linux-gnueabi-",
    expectedCompileLines: 1500,
    compileCoreSeconds: 400,
  },
];

/** The boards whose guest can be built. */
export const guestBoards = (): string[] => RECIPES.map(({ board }) => board);

/** Whether there is a guest for a board, built or fetched. */
export const hasGuest = (board: string): boolean =>
  guestBoards().includes(board) || packageRecipeOf(board) !== undefined;

export function recipeOf(board: string): GuestRecipe {
  const recipe = RECIPES.find((candidate) => candidate.board === board);
  if (recipe === undefined) throw guestBoardUnknown(board, [...guestBoards(), ...fetchedBoards()]);
  return recipe;
}

export interface RecipeFiles {
  fragment: Uint8Array;
  init: Uint8Array;
}

export function readRecipeFile(boardsFolder: string, name: string): Uint8Array {
  const path = join(boardsFolder, name);
  if (!existsSync(path)) throw fragmentMissing(path);
  return new Uint8Array(readFileSync(path));
}

/** A user's own configuration fragment. */
function readFragment(path: string): Uint8Array {
  if (!existsSync(path)) throw configFileMissing(path);
  return new Uint8Array(readFileSync(path));
}

export const readRecipeFiles = (recipe: GuestRecipe, boardsFolder: string): RecipeFiles => ({
  fragment: readRecipeFile(boardsFolder, recipe.fragmentFile),
  init: readRecipeFile(boardsFolder, recipe.initFile),
});

/** The recipe's files, with a user's lines of kernel configuration beyond its own. */
export function recipeFilesWith(
  recipe: GuestRecipe,
  boardsFolder: string,
  configFile: string | undefined,
): RecipeFiles {
  const files = readRecipeFiles(recipe, boardsFolder);
  if (configFile === undefined) return files;
  return { ...files, fragment: mergedFragment(files.fragment, readFragment(configFile)) };
}

/** The `boards` folder of this installation: beside `src` in a checkout, beside `dist` in a package. */
export function installedBoardsFolder(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  let folder = start;
  while (!existsSync(join(folder, "boards", "versatilepb.config"))) {
    const parent = dirname(folder);
    if (parent === folder) throw fragmentMissing(join(start, "../boards/versatilepb.config"));
    folder = parent;
  }
  return join(folder, "boards");
}
