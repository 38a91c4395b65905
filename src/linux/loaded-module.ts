/** `struct module`: code that was loaded into the running kernel. */
import { KernelObject } from "./kernel-object.ts";
import { walkList } from "./list-walk.ts";

const MODULE_NAME_BYTES = 60;
const STATES = ["live", "coming", "going", "unformed"] as const;
/** In `struct module_use`: the module that uses, behind its two list links. */
const USE_SOURCE = 16;
const MAX_USERS = 256;

export class LoadedModule extends KernelObject {
  get name(): string | undefined {
    const at = this.addressOf("module.name");
    return at === undefined ? undefined : this.context.space.readCString(at, MODULE_NAME_BYTES);
  }

  /** `live`, `coming`, `going`, `unformed`. */
  get state(): string | undefined {
    const state = this.word("module.state");
    return state === undefined ? undefined : (STATES[state] ?? String(state));
  }

  /** Where its code and data are. */
  get base(): number | undefined {
    return this.word("module.core_layout.base");
  }

  get sizeBytes(): number | undefined {
    return this.word("module.core_layout.size");
  }

  /** How many hold it: users that are modules, and others; the kernel counts itself as one more. */
  get refcount(): number | undefined {
    const count = this.word("module.refcnt");
    return count === undefined ? undefined : (count | 0) - 1;
  }

  /** Names of the modules that use this one, in the kernel's order. */
  get users(): string[] | undefined {
    const head = this.addressOf("module.source_list");
    if (head === undefined) return undefined;
    const { elements } = walkList(this.context.space, head, this.context.map.modulesStart);
    return elements.slice(0, MAX_USERS).map((use) => {
      const source = this.context.space.readU32(use + USE_SOURCE);
      return (source === undefined ? undefined : new LoadedModule(this.context, source).name) ?? "?";
    });
  }
}
