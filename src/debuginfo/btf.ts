/** Structures from BTF (Documentation/bpf/btf.rst): a list of types, numbered from 1, and their names behind it. */
import { textAt } from "./elf.ts";
import { debugInfoInvalid } from "./errors.ts";
import type { RawMember, RawStructure, Structure } from "./structure.ts";
import { flatten } from "./structure.ts";

const MAGIC = 0xeb9f;
const HEADER_BYTES = 24;
const TYPE_BYTES = 12;
const MEMBER_BYTES = 12;
const Kind = { structure: 4, union: 5, typedef: 8, volatile: 9, const: 10, restrict: 11, typeTag: 18 } as const;
/** Kinds that only pass another type on. */
const ALIASES = new Set<number>([Kind.typedef, Kind.volatile, Kind.const, Kind.restrict, Kind.typeTag]);
const MAX_QUALIFIERS = 16;

/** Bytes behind a type's first twelve, by kind: a fixed part and one for each of `vlen` members. */
const EXTRA_BYTES: readonly (readonly [fixed: number, each: number] | undefined)[] = [
  undefined,
  [4, 0], // INT
  [0, 0], // PTR
  [12, 0], // ARRAY
  [0, MEMBER_BYTES], // STRUCT
  [0, MEMBER_BYTES], // UNION
  [0, 8], // ENUM
  [0, 0], // FWD
  [0, 0], // TYPEDEF
  [0, 0], // VOLATILE
  [0, 0], // CONST
  [0, 0], // RESTRICT
  [0, 0], // FUNC
  [0, 8], // FUNC_PROTO
  [4, 0], // VAR
  [0, 12], // DATASEC
  [0, 0], // FLOAT
  [4, 0], // DECL_TAG
  [0, 0], // TYPE_TAG
  [0, 12], // ENUM64
];

const invalid = (expected: string, found: string) => debugInfoInvalid("BTF", expected, found);

export const isBtf = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 && ((bytes[0] === 0x9f && bytes[1] === 0xeb) || (bytes[0] === 0xeb && bytes[1] === 0x9f));

interface Sections {
  readonly types: DataView;
  readonly texts: Uint8Array;
}

function sectionsOf(bytes: Uint8Array): Sections {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES) throw invalid(`a header of ${HEADER_BYTES} bytes`, `${bytes.length} bytes`);
  if (view.getUint16(0, true) !== MAGIC) throw invalid("little-endian data", "big-endian");
  if (bytes[2] !== 1) throw invalid("version 1", `version ${bytes[2]}`);
  const headerBytes = view.getUint32(4, true);
  const part = (offsetAt: number, what: string): Uint8Array => {
    const start = headerBytes + view.getUint32(offsetAt, true);
    const end = start + view.getUint32(offsetAt + 4, true);
    if (end > bytes.length) throw invalid(`${what} up to byte ${end}`, `a file of ${bytes.length}`);
    return bytes.subarray(start, end);
  };
  const types = part(8, "types");
  return { types: new DataView(types.buffer, types.byteOffset, types.byteLength), texts: part(16, "names") };
}

/** Where each type begins; type 0 is void. */
function typeOffsets(types: DataView): number[] {
  const offsets = [-1];
  for (let at = 0; at < types.byteLength; ) {
    if (at + TYPE_BYTES > types.byteLength) throw invalid("a whole type", "the end of the types");
    const info = types.getUint32(at + 4, true);
    const kind = (info >>> 24) & 0x1f;
    const extra = EXTRA_BYTES[kind];
    if (extra === undefined) throw invalid("a known kind of type", `kind ${kind} at ${at}`);
    offsets.push(at);
    at += TYPE_BYTES + extra[0] + extra[1] * (info & 0xffff);
    if (at > types.byteLength) throw invalid("a whole type", "the end of the types");
  }
  return offsets;
}

class Types {
  private readonly types: DataView;
  private readonly texts: Uint8Array;
  private readonly offsets: readonly number[];
  /** By place: a type may be a part of many. */
  private readonly read = new Map<number, RawStructure>();

  constructor({ types, texts }: Sections) {
    this.types = types;
    this.texts = texts;
    this.offsets = typeOffsets(types);
  }

  /** Named structures and unions by name; of several with one name the first. */
  *named(wanted: ReadonlySet<string>): Generator<[name: string, structure: RawStructure]> {
    for (const at of this.offsets.slice(1)) {
      const kind = this.kindAt(at);
      if (kind !== Kind.structure && kind !== Kind.union) continue;
      const name = textAt(this.texts, this.types.getUint32(at, true));
      if (wanted.has(name)) yield [name, this.structure(at)];
    }
  }

  /** The structure behind a type, qualifiers followed. */
  readonly structureOf = (type: number): RawStructure | undefined => {
    let id = type;
    for (let step = 0; step < MAX_QUALIFIERS; step++) {
      const at = this.offsets[id] ?? -1;
      if (at < 0) return undefined;
      const kind = this.kindAt(at);
      if (kind === Kind.structure || kind === Kind.union) return this.structure(at);
      if (!ALIASES.has(kind)) return undefined;
      id = this.types.getUint32(at + 8, true);
    }
    return undefined;
  };

  private kindAt(at: number): number {
    return (this.types.getUint32(at + 4, true) >>> 24) & 0x1f;
  }

  private structure(at: number): RawStructure {
    const known = this.read.get(at) ?? this.readStructure(at);
    this.read.set(at, known);
    return known;
  }

  private readStructure(at: number): RawStructure {
    const { types, texts } = this;
    const info = types.getUint32(at + 4, true);
    const hasBitfields = info >>> 31 === 1;
    const members: RawMember[] = [];
    for (let index = 0; index < (info & 0xffff); index++) {
      const member = at + TYPE_BYTES + index * MEMBER_BYTES;
      const name = textAt(texts, types.getUint32(member, true));
      const position = types.getUint32(member + 8, true);
      // With bit fields the upper byte is the field's size in bits.
      const offset = (hasBitfields ? position & 0xffffff : position) >>> 3;
      members.push({ name: name === "" ? undefined : name, offset, type: types.getUint32(member + 4, true) });
    }
    return { sizeBytes: types.getUint32(at + 8, true), members };
  }
}

/** The wanted structures that the data describes. Throws `debug-info-invalid` when it is damaged. */
export function readBtf(bytes: Uint8Array, wanted: ReadonlySet<string>): Map<string, Structure> {
  const types = new Types(sectionsOf(bytes));
  const found = new Map<string, Structure>();
  for (const [name, structure] of types.named(wanted)) {
    if (!found.has(name) && structure.members.length > 0) found.set(name, flatten(structure, types.structureOf));
  }
  return found;
}
