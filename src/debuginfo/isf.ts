/**
 * Volatility 3's symbol tables (Intermediate Symbol Format, its schema 6.2.0): JSON with `user_types`, `symbols`, and the
 * version line as the constant data of `linux_banner`, by which Volatility finds the file.
 */
import { latin1 } from "../base/index.ts";
import { debugInfoInvalid } from "./errors.ts";
import type { BuildFacts, BuildSymbol, RawMember, RawStructure, Structure } from "./structure.ts";
import { flatten } from "./structure.ts";

type Json = Readonly<Record<string, unknown>>;

const LARGEST_OFFSET = 1 << 20;
const MAX_NAME_LENGTH = 512;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const invalid = (expected: string, found: string) => debugInfoInvalid("ISF", expected, found);

function parse(bytes: Uint8Array): Json {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  } catch (error) {
    throw invalid("JSON", error instanceof Error ? error.message.slice(0, 100) : String(error));
  }
  if (!isObject(json)) throw invalid("an object", "another value");
  return json;
}

/** A part of the file; absent counts as empty. */
function part(json: Json, name: string): Json {
  const value = json[name] ?? {};
  if (!isObject(value)) throw invalid(`an object as ${name}`, typeof value);
  return value;
}

const isWithin = (value: unknown, largest: number): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= largest;

/** The name of the structure or union that a field is of; a nameless one has a made-up name. */
const structureName = (type: unknown): string | undefined =>
  isObject(type) && (type.kind === "struct" || type.kind === "union") && typeof type.name === "string"
    ? type.name
    : undefined;

class UserTypes {
  private readonly types: Json;
  /** `flatten` knows types by number. */
  private readonly numbers = new Map<string, number>();
  private readonly names: string[] = [];
  /** A type may be a part of many. */
  private readonly read = new Map<string, RawStructure | undefined>();

  constructor(types: Json) {
    this.types = types;
  }

  readonly structureAt = (type: number): RawStructure | undefined => this.structure(this.names[type]);

  structure(name: string): RawStructure | undefined {
    if (!this.read.has(name)) this.read.set(name, this.readStructure(name));
    return this.read.get(name);
  }

  private readStructure(name: string): RawStructure | undefined {
    // Own properties alone: a field may be called as what every object has.
    const type = Object.hasOwn(this.types, name) ? this.types[name] : undefined;
    if (!isObject(type) || !isObject(type.fields)) return undefined;
    const members: RawMember[] = [];
    for (const [field, value] of Object.entries(type.fields)) {
      if (!isObject(value) || !isWithin(value.offset, LARGEST_OFFSET)) {
        throw invalid(`an offset of ${name}.${field}`.slice(0, 200), isObject(value) ? String(value.offset) : "none");
      }
      const inner = structureName(value.type);
      members.push({
        name: value.anonymous === true ? undefined : field,
        offset: value.offset,
        type: inner === undefined ? undefined : this.numberOf(inner),
      });
    }
    return { sizeBytes: isWithin(type.size, LARGEST_OFFSET * 16) ? type.size : 0, members };
  }

  private numberOf(name: string): number {
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    this.names.push(name);
    this.numbers.set(name, this.names.length - 1);
    return this.names.length - 1;
  }
}

function symbolsOf(symbols: Json): BuildSymbol[] {
  const found: BuildSymbol[] = [];
  for (const [name, value] of Object.entries(symbols)) {
    const address = isObject(value) ? value.address : undefined;
    if (address !== undefined && !isWithin(address, 0xffffffff)) {
      throw invalid(`a 32-bit address of ${name.slice(0, 100)}`, String(address).slice(0, 40));
    }
    if (address !== undefined && name.length <= MAX_NAME_LENGTH) found.push({ address, type: "?", name });
  }
  return found;
}

function bannerOf(symbols: Json): string | undefined {
  const banner = Object.hasOwn(symbols, "linux_banner") ? symbols.linux_banner : undefined;
  const data = isObject(banner) ? banner.constant_data : undefined;
  if (typeof data !== "string") return undefined;
  return /^Linux version [^\n\0]+/.exec(latin1(Buffer.from(data, "base64")))?.[0];
}

/** Throws `debug-info-invalid` for what is no such file. */
export function readIsf(bytes: Uint8Array, wanted: ReadonlySet<string>): BuildFacts {
  const json = parse(bytes);
  if (!isObject(json.metadata) && !isObject(json.user_types)) {
    throw invalid("metadata and user_types, as dwarf2json writes them", "other JSON");
  }
  const symbols = part(json, "symbols");
  const types = new UserTypes(part(json, "user_types"));
  const structures = new Map<string, Structure>();
  for (const name of wanted) {
    const raw = types.structure(name);
    if (raw !== undefined && raw.members.length > 0) structures.set(name, flatten(raw, types.structureAt));
  }
  return { kind: "ISF", banner: bannerOf(symbols), symbols: symbolsOf(symbols), structures };
}
