/** The list of built-in modules: device emulators, command families, drivers. */

/** Of every module in this repository. */
export const OWN_AUTHOR = "Komainu authors";
export const OWN_LICENSE = "Apache-2.0";

export interface ModuleInfo {
  readonly name: string;
  readonly description: string;
  readonly author: string;
  readonly license: string;
  /** Modules start in order of this number. */
  readonly priority: number;
}

export class ModuleTable {
  private readonly list: ModuleInfo[] = [];

  get modules(): readonly ModuleInfo[] {
    return this.list;
  }

  register(module: Omit<ModuleInfo, "author" | "license">): void {
    if (this.list.some((m) => m.name === module.name)) return;
    this.list.push({ author: OWN_AUTHOR, license: OWN_LICENSE, ...module });
    this.list.sort((a, b) => a.priority - b.priority);
  }
}
