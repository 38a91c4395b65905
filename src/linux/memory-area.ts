/** The areas of a process's address space, `struct vm_area_struct`. */
import type { ObjectContext } from "./kernel-object.ts";
import { KernelObject } from "./kernel-object.ts";
import { isMapleNode, walkMapleTree } from "./maple-tree.ts";
import { OpenFile } from "./open-file.ts";

const VM_READ = 1;
const VM_WRITE = 2;
const VM_EXEC = 4;
const VM_MAYSHARE = 0x80;
/** sysctl_max_map_count is less in any guest that fits into 4 GiB. */
const MAX_AREAS = 65_536;

export class MemoryArea extends KernelObject {
  get start(): number | undefined {
    return this.word("vm_area_struct.vm_start");
  }

  get end(): number | undefined {
    return this.word("vm_area_struct.vm_end");
  }

  get flags(): number | undefined {
    return this.word("vm_area_struct.vm_flags");
  }

  /** `r-xp`, as in /proc/PID/maps. */
  get permissions(): string | undefined {
    const { flags } = this;
    if (flags === undefined) return undefined;
    const letter = (bit: number, on: string): string => ((flags & bit) !== 0 ? on : "-");
    return (
      letter(VM_READ, "r") + letter(VM_WRITE, "w") + letter(VM_EXEC, "x") + ((flags & VM_MAYSHARE) !== 0 ? "s" : "p")
    );
  }

  /** Where in its file the area begins; 0 without a file. */
  get fileOffset(): number | undefined {
    if (this.file === undefined) return 0;
    const page = this.word("vm_area_struct.vm_pgoff");
    return page === undefined ? undefined : page * 4096;
  }

  get file(): OpenFile | undefined {
    const address = this.pointer("vm_area_struct.vm_file");
    return address === undefined ? undefined : new OpenFile(this.context, address);
  }
}

export interface AreaWalk {
  readonly areas: readonly MemoryArea[];
  /** What is wrong with the tree or list, in words. */
  readonly damage: string | undefined;
}

/** All areas of the `mm_struct` at an address, ascending. */
export function walkAreas(context: ObjectContext, mm: number): AreaWalk {
  const root = context.offsetOf("mm_struct.mm_mt.ma_root");
  if (root === undefined) return walkAreaList(context, mm);
  const entry = context.space.readU32(mm + root) ?? 0;
  const { entries, damage } = isMapleNode(entry)
    ? walkMapleTree(context.space, entry)
    : { entries: [], damage: "no tree of areas" };
  return { areas: entries.map(({ value }) => new MemoryArea(context, value)), damage };
}

function walkAreaList(context: ObjectContext, mm: number): AreaWalk {
  const head = context.offsetOf("mm_struct.mmap");
  const next = context.offsetOf("vm_area_struct.vm_next");
  if (head === undefined || next === undefined) return { areas: [], damage: undefined };
  const areas: MemoryArea[] = [];
  let previousEnd = 0;
  for (let address = context.space.readU32(mm + head); address !== 0; ) {
    if (address === undefined || address < context.map.modulesStart) return { areas, damage: "a wild pointer" };
    const area = new MemoryArea(context, address);
    if ((area.start ?? 0) < previousEnd) return { areas, damage: "areas that do not ascend" };
    if (areas.length >= MAX_AREAS) return { areas, damage: "more areas than a process can have" };
    areas.push(area);
    previousEnd = area.end ?? 0xffffffff;
    address = context.space.readU32(address + next);
  }
  return { areas, damage: undefined };
}
