/** `struct module`: code that was loaded into the running kernel. */
import { KernelObject } from "./kernel-object.ts";
import { walkList } from "./list-walk.ts";

const MODULE_NAME_BYTES = 60;
const STATES = ["live", "coming", "going", "unformed"] as const;
/** In `struct module_use`: the module that uses, behind its two list links. */
const USE_SOURCE = 16;
const MAX_USERS = 256;
/** MOD_MEM_NUM_TYPES. */
const MEM_TYPES = 7;
const MEMORY = ["module.mem", "module_memory.size", "sizeof module_memory"] as const;

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

  /** Where its code is; up to Linux 6.3 its data lies behind. */
  get base(): number | undefined {
    return this.word("module.core_layout.base") ?? this.word("module.mem");
  }

  /** Of code and data, as /proc/modules has it. */
  get sizeBytes(): number | undefined {
    const size = this.word("module.core_layout.size");
    if (size !== undefined) return size;
    const [mem, at, stride] = MEMORY.map((field) => this.context.offsetOf(field));
    if (mem === undefined || at === undefined || stride === undefined) return undefined;
    let sizeBytes = 0;
    for (let type = 0; type < MEM_TYPES; type++) {
      const part = this.context.space.readU32(this.address + mem + type * stride + at);
      if (part === undefined) return undefined;
      sizeBytes += part;
    }
    return sizeBytes;
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
