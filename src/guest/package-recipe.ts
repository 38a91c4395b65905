/** What the guests are made of that a distribution ships ready made: packages, device trees, modules for the initramfs. */

export interface PackageRecipe {
  board: string;
  /** Other boards that the same guest serves. */
  alsoFor: readonly string[];
  /** Depends on the newest kernel's package. */
  kernelMetapackage: string;
  /** How the metapackage names that package among its dependencies. */
  kernelPackage: RegExp;
  busyboxPackage: string;
  architecture: string;
  /** In the kernel's package; the first is the board's own. */
  deviceTrees: readonly [string, ...string[]];
  /** Below the boards folder. */
  initFile: string;
  /** Modules of the initramfs, without what they depend on; one that a kernel has built in is passed over. */
  modules: readonly string[];
}

const RECIPES: readonly PackageRecipe[] = [
  {
    board: "raspberrypi",
    alsoFor: ["raspberrypi-zero"],
    kernelMetapackage: "linux-image-rpi",
    kernelPackage: /^linux-image-[0-9]\S*-rpi$/,
    busyboxPackage: "busybox-static",
    architecture: "armel",
    deviceTrees: ["bcm2835-rpi-b-plus.dtb", "bcm2835-rpi-zero.dtb", "bcm2835-rpi-zero-w.dtb"],
    initFile: "raspberrypi.init",
    modules: [
      "virtio_mmio",
      "virtio_blk",
      "virtio_net",
      "virtio_console",
      "virtio_balloon",
      "virtio_rng",
      "bcm2835_rng",
      "bcm2835",
      "sdhci_iproc",
      "ext4",
      "crc32c_generic",
      "vfat",
      "nls_cp437",
      "nls_ascii",
    ],
  },
];

/** The boards whose guest is fetched, without those that share one. */
export const fetchedBoards = (): string[] => RECIPES.map(({ board }) => board);

/** The recipe of the guest that `board` takes; `undefined` when its guest is not fetched. */
export const packageRecipeOf = (board: string): PackageRecipe | undefined =>
  RECIPES.find((recipe) => recipe.board === board || recipe.alsoFor.includes(board));

/** The board in whose name the guest of `board` is cached; `undefined` when its guest is not fetched. */
export const fetchedBoard = (board: string): string | undefined => packageRecipeOf(board)?.board;
