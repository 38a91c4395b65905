/** What the files of a kernel's build say of it, whatever they were read from: symbols and structures. */

export interface Structure {
  readonly sizeBytes: number;
  /**
   * Offsets by name; members of nameless structures and unions are the structure's own, those of named ones are there as
   * `member.inner`.
   */
  readonly members: ReadonlyMap<string, number>;
}

export type BuildFileKind = "System.map" | "vmlinux" | "BTF" | "ISF" | "VMCOREINFO";

/** As nm(1) shows it; `type` is its letter. */
export interface BuildSymbol {
  readonly address: number;
  readonly type: string;
  readonly name: string;
}

/** What was read of a file; a part that its format does not have is empty. */
export interface BuildFacts {
  readonly kind: BuildFileKind;
  /** "Linux version ...", without the line's end. */
  readonly banner?: string;
  /** The release alone ("6.1.176"), where that is all there is. */
  readonly release?: string;
  readonly symbols: readonly BuildSymbol[];
  /** By name; those that were asked for. */
  readonly structures: ReadonlyMap<string, Structure>;
}

export interface BuildFile extends BuildFacts {
  /** What to call it: the name of the file. */
  readonly name: string;
}

/** A member as a file has it; `inner` is set when its type is a structure or union. */
export interface RawMember {
  readonly name: string | undefined;
  readonly offset: number;
  readonly type: number | undefined;
}

export interface RawStructure {
  readonly sizeBytes: number;
  readonly members: readonly RawMember[];
}

/** Deeper than any structure of the kernel; types of a damaged file may contain themselves. */
const MAX_DEPTH = 8;
/** Of one structure with all in it; a damaged file may describe parts that multiply. */
const MAX_MEMBERS = 50_000;
/** How deep members of named members are looked up: `mm_mt.ma_root`. */
const NAMED_DEPTH = 2;

/** Flattens a structure; `inner` gives the structure behind a type, qualifiers and typedefs followed. */
export function flatten(raw: RawStructure, inner: (type: number) => RawStructure | undefined): Structure {
  const members = new Map<string, number>();
  let seen = 0;
  const visit = (structure: RawStructure, prefix: string, base: number, depth: number, named: number): void => {
    if (depth > MAX_DEPTH) return;
    for (const { name, offset, type } of structure.members) {
      if (++seen > MAX_MEMBERS) return;
      const path = name === undefined ? prefix : prefix + name;
      if (name !== undefined && !members.has(path)) members.set(path, base + offset);
      const below = type === undefined ? undefined : inner(type);
      if (below === undefined) continue;
      if (name === undefined) visit(below, prefix, base + offset, depth + 1, named);
      else if (named < NAMED_DEPTH) visit(below, `${path}.`, base + offset, depth + 1, named + 1);
    }
  };
  visit(raw, "", 0, 0, 0);
  return { sizeBytes: raw.sizeBytes, members };
}
