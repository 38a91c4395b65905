/** The inputs of a guest and the hashes that name it: equal inputs give an equal guest, so a changed one gives a new name. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { PackageRecipe } from "./package-recipe.ts";
import type { GuestRecipe, RecipeFiles } from "./recipe.ts";
import { rootFileSystem } from "./root-file-system.ts";

/** Raise it when the steps of the build change what they produce. */
const BUILD_VERSION = 1;
/** The same for guests that are fetched. */
const FETCH_VERSION = 2;
const HASH_DIGITS = 12;

/** Everything the kernel files depend on. */
export interface KernelInputs {
  buildVersion: number;
  sourceSha256: string;
  /** Seconds since 1970: stands in the kernel's banner instead of the time of the build. */
  sourceDateS: number;
  compiler: string;
  linker: string;
  defconfig: string;
  deviceTree: string;
  fragmentSha256: string;
}

/** Everything the kernel files of a fetched guest depend on. */
export interface PackagedKernelInputs {
  buildVersion: number;
  /** The package that names the newest kernel, and the one it named. */
  metapackage: string;
  package: string;
  packageVersion: string;
  packageSha256: string;
  /** Of Debian's archive, where it is not that of the system's release. */
  suite?: string;
  /** The board's own; a guest may bring others. */
  deviceTree: string;
  deviceTrees: string;
  /** Those that the initramfs was to have, with spaces between. */
  modules: string;
}

/** Everything the root file system depends on. */
export interface RootInputs {
  busyboxVersion: string;
  busyboxSha256: string;
  initSha256: string;
  /** Of the files that the recipe adds around busybox and init. */
  filesSha256: string;
}

export interface GuestInputs {
  board: string;
  kernel: KernelInputs | PackagedKernelInputs;
  root: RootInputs;
}

/** Of a guest whose kernel is compiled here. */
export interface BuiltInputs extends GuestInputs {
  kernel: KernelInputs;
}

export const sha256 = (data: Uint8Array | string): string => createHash("sha256").update(data).digest("hex");

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}

type Plain = string | number | boolean | null | undefined | Plain[] | { [key: string]: Plain };

/** JSON whose keys are sorted, so that equal values have equal text. */
function canonical(value: Plain): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value ?? null);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

/** The SHA-256 of a plain value, independent of the order of its keys. */
export const digestOf = (value: object): string => sha256(canonical(value as Plain));

/** Twelve digits that name a guest by its inputs. */
export const guestHash = (inputs: GuestInputs): string => digestOf(inputs).slice(0, HASH_DIGITS);

/** Twelve digits that name the kernel alone: another init script does not compile the kernel again. */
export const kernelHash = ({ board, kernel }: GuestInputs): string => digestOf({ board, kernel }).slice(0, HASH_DIGITS);

const filesSha256 = (): string => {
  const nothing = new Uint8Array(0);
  const entries = rootFileSystem({ busybox: nothing, init: nothing });
  return sha256(entries.map((entry) => JSON.stringify(entry)).join("\n"));
};

/** The inputs that come with Komainu itself; known without any tool. */
export interface RecipeInputs {
  buildVersion: number;
  defconfig: string;
  deviceTree: string;
  fragmentSha256: string;
  initSha256: string;
  filesSha256: string;
}

export const recipeInputs = (recipe: GuestRecipe, files: RecipeFiles): RecipeInputs => ({
  buildVersion: BUILD_VERSION,
  defconfig: recipe.defconfig,
  deviceTree: recipe.deviceTree,
  fragmentSha256: sha256(files.fragment),
  initSha256: sha256(files.init),
  filesSha256: filesSha256(),
});

/** What of a fetched guest's inputs comes with Komainu itself. */
export interface PackageRecipeInputs {
  buildVersion: number;
  metapackage: string;
  deviceTree: string;
  deviceTrees: string;
  modules: string;
  initSha256: string;
  filesSha256: string;
  suite?: string;
}

export const packageRecipeInputs = (recipe: PackageRecipe, init: Uint8Array, suite?: string): PackageRecipeInputs => ({
  buildVersion: FETCH_VERSION,
  metapackage: recipe.kernelMetapackage,
  deviceTree: recipe.deviceTrees[0],
  deviceTrees: recipe.deviceTrees.join(" "),
  modules: recipe.modules.join(" "),
  initSha256: sha256(init),
  filesSha256: filesSha256(),
  // Not there at all without one: the hashes of other guests stay as they were.
  ...(suite === undefined ? {} : { suite }),
});

/** Whether a guest was made by this recipe, whatever compiler and package versions it was made with. */
export function madeBy({ kernel, root }: GuestInputs, recipe: RecipeInputs | PackageRecipeInputs): boolean {
  const found: Record<string, unknown> = { ...kernel, ...root };
  const wanted: Record<string, unknown> = { suite: undefined, ...recipe };
  return Object.entries(wanted).every(([name, value]) => found[name] === value);
}
