/** The root file systems that are made of a distribution's packages, and what each board's is made of. */
import { packageRecipeOf } from "./package-recipe.ts";

export interface RootfsRecipe {
  name: string;
  /** The board whose guest brings the kernel that its modules are for. */
  board: string;
  architecture: string;
  /** Names and patterns of apt (apt-patterns(7)), without what they depend on. */
  packages: readonly string[];
  /** In the boards folder: the first process of its first boot, which installs what was unpacked. */
  secondStageFile: string;
  sizeBytes: number;
}

const RECIPES: readonly RootfsRecipe[] = [
  {
    name: "debian",
    board: "raspberrypi",
    architecture: "armel",
    packages: ["?essential", "?priority(required)", "usr-is-merged", "systemd-sysv", "udev", "kmod", "apt", "procps"],
    secondStageFile: "debian.second-stage",
    sizeBytes: 2 ** 30,
  },
];

/** Names of the root file systems that there are for `board`. */
export const rootfsNames = (board: string): string[] => {
  const owner = packageRecipeOf(board)?.board;
  return RECIPES.filter((recipe) => recipe.board === owner).map(({ name }) => name);
};

export const rootfsRecipeOf = (board: string, name: string): RootfsRecipe | undefined => {
  const owner = packageRecipeOf(board)?.board;
  return RECIPES.find((recipe) => recipe.board === owner && recipe.name === name);
};
