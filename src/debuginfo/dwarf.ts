/**
 * Structures from DWARF 4 or 5 (dwarfstd.org): the units are gone through in order until every wanted one was found, and of
 * each unit only structures, unions, their members and the names in between are kept.
 */

import type { Abbreviation, Attribute } from "./dwarf-reader.ts";
import { Cursor, Form, readAbbreviations, readForm } from "./dwarf-reader.ts";
import type { ElfFile } from "./elf.ts";
import { textAt } from "./elf.ts";
import { debugInfoInvalid } from "./errors.ts";
import type { RawMember, RawStructure, Structure } from "./structure.ts";
import { flatten } from "./structure.ts";

const Tag = { member: 0x0d, structure: 0x13, typedef: 0x16, union: 0x17, const: 0x26, volatile: 0x35 } as const;
const At = {
  name: 0x03,
  byteSize: 0x0b,
  declaration: 0x3c,
  memberLocation: 0x38,
  type: 0x49,
  dataBitOffset: 0x6b,
} as const;
/** Tags whose attributes matter; of the others only where the next one beside them is, so that functions are jumped over. */
const READ_TAGS = new Set<number>(Object.values(Tag));
const SIBLING = 0x01;
const KEPT = new Set<number>([At.name, At.byteSize, At.declaration, At.memberLocation, At.type, At.dataBitOffset]);
/** DW_UT_compile, DW_UT_partial. */
const UNIT_TYPES = new Set([1, 3]);
const MAX_QUALIFIERS = 16;
/** Of all units; a kernel with everything built in has a tenth of it. */
const MAX_ABBREVIATIONS = 8_000_000;

interface Sections {
  readonly info: Uint8Array;
  readonly abbrev: Uint8Array;
  readonly str: Uint8Array;
  readonly lineStr: Uint8Array;
}

interface OpenStructure extends RawStructure {
  readonly name: string | undefined;
  readonly members: RawMember[];
  readonly isDeclaration: boolean;
}

/** The values of the attributes that are kept; those of the others are stepped over. */
type Values = Map<number, { value: number; form: number }>;

class Unit {
  readonly structures = new Map<number, OpenStructure>();
  private readonly aliases = new Map<number, number>();
  private readonly sections: Sections;
  private readonly start: number;
  private readonly isVersion5: boolean;

  constructor(sections: Sections, start: number, isVersion5: boolean) {
    this.sections = sections;
    this.start = start;
    this.isVersion5 = isVersion5;
  }

  /** Reads all entries from the cursor to `end`. */
  read(cursor: Cursor, end: number, abbreviations: Map<number, Abbreviation>): void {
    const open: (OpenStructure | undefined)[] = [];
    while (cursor.at < end) {
      const at = cursor.at - this.start;
      const code = cursor.uleb();
      if (code === 0) {
        open.pop();
        continue;
      }
      const abbreviation = abbreviations.get(code);
      if (abbreviation === undefined) throw debugInfoInvalid("DWARF", "a known abbreviation", `number ${code}`);
      const { tag, hasChildren, attributes } = abbreviation;
      if (!READ_TAGS.has(tag)) {
        const sibling = this.stepOver(cursor, abbreviation);
        if (sibling > cursor.at && sibling <= end) cursor.at = sibling;
        else if (hasChildren) open.push(undefined);
        continue;
      }
      const values = this.readValues(cursor, attributes);
      const entered = this.take(at, tag, values, open.at(-1));
      if (hasChildren) open.push(entered);
    }
  }

  /** Steps over an entry's attributes; where the entry beside it begins, or 0 when that is not said. */
  private stepOver(cursor: Cursor, { hasChildren, attributes, sizeBytes }: Abbreviation): number {
    if (!hasChildren && sizeBytes >= 0) {
      cursor.skip(sizeBytes);
      return 0;
    }
    let sibling = 0;
    for (const attribute of attributes) {
      const value = readForm(cursor, attribute, this.isVersion5);
      if (attribute.name === SIBLING) sibling = this.start + value;
    }
    return hasChildren ? sibling : 0;
  }

  /** The structure or union behind a type. */
  readonly structureAt = (type: number): RawStructure | undefined => {
    let at: number | undefined = type;
    for (let step = 0; step < MAX_QUALIFIERS && at !== undefined; step++) {
      const structure = this.structures.get(at);
      if (structure !== undefined) return structure;
      at = this.aliases.get(at);
    }
    return undefined;
  };

  private readValues(cursor: Cursor, attributes: readonly Attribute[]): Values {
    const values: Values = new Map();
    for (const attribute of attributes) {
      const value = readForm(cursor, attribute, this.isVersion5);
      if (KEPT.has(attribute.name)) values.set(attribute.name, { value, form: attribute.form });
    }
    return values;
  }

  private take(at: number, tag: number, values: Values, parent: OpenStructure | undefined): OpenStructure | undefined {
    switch (tag) {
      case Tag.structure:
      case Tag.union: {
        const name = this.text(values.get(At.name));
        const sizeBytes = values.get(At.byteSize)?.value ?? 0;
        const structure = { name, sizeBytes, members: [], isDeclaration: values.has(At.declaration) };
        this.structures.set(at, structure);
        return structure;
      }
      case Tag.member: {
        const bits = values.get(At.dataBitOffset)?.value;
        const offset = values.get(At.memberLocation)?.value ?? (bits === undefined ? 0 : bits >>> 3);
        parent?.members.push({ name: this.text(values.get(At.name)), offset, type: values.get(At.type)?.value });
        return undefined;
      }
      case Tag.typedef:
      case Tag.const:
      case Tag.volatile: {
        const target = values.get(At.type)?.value;
        if (target !== undefined) this.aliases.set(at, target);
        return undefined;
      }
      default:
        return undefined;
    }
  }

  private text(kept: { value: number; form: number } | undefined): string | undefined {
    if (kept === undefined) return undefined;
    if (kept.form === Form.strp) return textAt(this.sections.str, kept.value);
    if (kept.form === Form.lineStrp) return textAt(this.sections.lineStr, kept.value);
    return kept.form === Form.string ? textAt(this.sections.info, kept.value) : undefined;
  }
}

/** The wanted structures that the file describes. Throws `debug-info-invalid` when it has none, or damaged ones. */
export function readDwarf(elf: ElfFile, wanted: ReadonlySet<string>): Map<string, Structure> {
  const bySection = new Map(elf.sections.map(({ name, bytes }) => [name, bytes]));
  const section = (name: string): Uint8Array => bySection.get(name) ?? new Uint8Array();
  const info = section(".debug_info");
  const sections = {
    info,
    abbrev: section(".debug_abbrev"),
    str: section(".debug_str"),
    lineStr: section(".debug_line_str"),
  };
  if (info.length === 0)
    throw debugInfoInvalid("DWARF", "a section .debug_info", "none (CONFIG_DEBUG_INFO=n, or stripped)");
  const found = new Map<string, Structure>();
  const tables = new Map<number, Map<number, Abbreviation>>();
  let abbreviations = 0;
  for (let start = 0; start < info.length && found.size < wanted.size; ) {
    const cursor = new Cursor(info, start);
    const length = cursor.u32();
    const end = start + 4 + length;
    if (length >= 0xfffffff0 || end > info.length)
      throw debugInfoInvalid("DWARF", "a unit within its section", `${length} bytes`);
    const version = cursor.u16();
    if (version < 4 || version > 5) throw debugInfoInvalid("DWARF", "version 4 or 5", `version ${version}`);
    const unitType = version === 5 ? cursor.u8() : 1;
    if (version === 5) cursor.u8();
    const abbrevAt = cursor.u32();
    if (version === 4) cursor.u8();
    if (UNIT_TYPES.has(unitType)) {
      const known = tables.get(abbrevAt);
      const table = known ?? readAbbreviations(sections.abbrev, abbrevAt);
      if (known === undefined) abbreviations += table.size;
      if (abbreviations > MAX_ABBREVIATIONS)
        throw debugInfoInvalid("DWARF", `at most ${MAX_ABBREVIATIONS} abbreviations`, "more");
      tables.set(abbrevAt, table);
      const unit = new Unit(sections, start, version === 5);
      unit.read(cursor, end, table);
      collect(unit, wanted, found);
    }
    start = end;
  }
  return found;
}

function collect(unit: Unit, wanted: ReadonlySet<string>, found: Map<string, Structure>): void {
  for (const structure of unit.structures.values()) {
    const { name, isDeclaration, members } = structure;
    if (name === undefined || isDeclaration || members.length === 0 || !wanted.has(name) || found.has(name)) continue;
    found.set(name, flatten(structure, unit.structureAt));
  }
}
