/**
 * The folder of baselines: one file for each name and each build of a kernel, so that another kernel's is never compared
 * with. A file appears whole or not at all.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultDataFolder, HvError } from "../base/index.ts";
import type { BaselineShelf } from "../commands/index.ts";
import type { Baseline } from "../ids/index.ts";
import { BASELINE_NAME, decodeBaseline, encodeBaseline, MAX_BASELINE_BYTES } from "./baseline-file.ts";
import { baselineDamaged, baselineUnwritable } from "./errors.ts";

const SUFFIX = ".baseline";
const ID_DIGITS = 16;

/** Folder of a kernel's build: what its version line says, as a name without surprises. */
const buildId = (kernel: string): string => createHash("sha256").update(kernel).digest("hex").slice(0, ID_DIGITS);

/** Of what cannot be removed there is none: its folder is missing, or cannot be written to. */
function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Nothing was made.
  }
}

export class BaselineStore implements BaselineShelf {
  readonly place: string;

  constructor(folder: string) {
    this.place = folder;
  }

  /** Throws `baseline-unwritable`; what was there before stays then. */
  save(kernel: string, name: string, baseline: Baseline): void {
    const path = this.pathOf(kernel, name);
    const partial = `${path}.${process.pid}.partial`;
    try {
      const text = encodeBaseline({ name, kernel, baseline });
      if (text.length > MAX_BASELINE_BYTES) throw new Error(`${text.length} characters are too many`);
      mkdirSync(join(this.place, buildId(kernel)), { recursive: true, mode: 0o700 });
      writeFileSync(partial, text, { flag: "wx", mode: 0o600 });
      renameSync(partial, path);
    } catch (error) {
      throw baselineUnwritable(path, error);
    } finally {
      removeIfThere(partial);
    }
  }

  /** Throws `baseline-damaged` for a file that is not what was saved for this kernel under this name. */
  load(kernel: string, name: string): Baseline | undefined {
    const path = this.pathOf(kernel, name);
    let text: string;
    try {
      if (statSync(path).size > MAX_BASELINE_BYTES) throw baselineDamaged(path, "a baseline", "a file of that size");
      text = readFileSync(path, "utf8");
    } catch (error) {
      if (error instanceof HvError) throw error;
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw baselineDamaged(path, "a file that can be read", error instanceof Error ? error.message : String(error));
    }
    const saved = decodeBaseline(text, path);
    if (saved.kernel !== kernel) throw baselineDamaged(path, "a baseline of the running kernel", "one of another");
    if (saved.name !== name) throw baselineDamaged(path, `the baseline ${name}`, `one called ${saved.name}`);
    return saved.baseline;
  }

  names(kernel: string): string[] {
    let files: string[];
    try {
      files = readdirSync(join(this.place, buildId(kernel)));
    } catch {
      return [];
    }
    const names = files.filter((file) => file.endsWith(SUFFIX)).map((file) => file.slice(0, -SUFFIX.length));
    return names.filter((name) => BASELINE_NAME.test(name)).sort();
  }

  private pathOf(kernel: string, name: string): string {
    return join(this.place, buildId(kernel), `${name}${SUFFIX}`);
  }
}

/** `--state DIR`, else the user's own folder of data. */
export const baselineStore = ({ state, env }: { state?: string; env?: NodeJS.ProcessEnv }): BaselineStore =>
  new BaselineStore(join(state ?? defaultDataFolder(env), "baselines"));
