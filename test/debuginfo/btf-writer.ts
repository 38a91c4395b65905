/** Writes BTF by its documentation (Documentation/bpf/btf.rst): for tests, from structures with members at given offsets. */

export interface GivenMember {
  readonly name: string;
  readonly offset: number;
  /** Name of the structure or union that it is of; else it is an integer. */
  readonly of?: string;
}

export interface GivenType {
  readonly kind?: "struct" | "union";
  readonly sizeBytes: number;
  readonly members: readonly GivenMember[];
}

const words = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, index * 4);
  return bytes;
};

/**
 * Type 1 is `unsigned int`, type 2 a `const` of it; then each structure, and behind each a typedef and a `const` of that,
 * which members refer to, so that a reader has to follow them. Names that begin with "." are of nameless types.
 */
export function givenBtf(types: Readonly<Record<string, GivenType>>, { bitfields = false } = {}): Uint8Array {
  let texts = "\0";
  const text = (name: string): number => {
    if (name === "" || name.startsWith(".")) return 0;
    const at = texts.length;
    texts += `${name}\0`;
    return at;
  };
  const names = Object.keys(types);
  const idOf = (name: string): number => 3 + names.indexOf(name) * 3;
  const parts = [words(text("unsigned int"), 1 << 24, 4, 32), words(0, 10 << 24, 1)];
  for (const [name, { kind = "struct", sizeBytes, members }] of Object.entries(types)) {
    const info = ((bitfields ? 1 << 31 : 0) | ((kind === "struct" ? 4 : 5) << 24) | members.length) >>> 0;
    parts.push(words(text(name), info, sizeBytes));
    for (const member of members) {
      const type = member.of === undefined ? 2 : idOf(member.of) + 2;
      const bits = bitfields ? (32 << 24) | (member.offset * 8) : member.offset * 8;
      parts.push(words(text(member.name), type, bits));
    }
    parts.push(words(text(`${name}_t`), 8 << 24, idOf(name)), words(0, 10 << 24, idOf(name) + 1));
  }
  const body = Buffer.concat(parts);
  const strings = Buffer.from(texts, "latin1");
  const header = words(0x0001eb9f, 24, 0, body.length, body.length, strings.length);
  return new Uint8Array(Buffer.concat([header, body, strings]));
}

/** Structures from offsets by `structure.member`; inner members (`structure.member.inner`) are left out. */
export function typesOf(offsets: Readonly<Record<string, number>>): Record<string, GivenType> {
  const types: Record<string, { sizeBytes: number; members: GivenMember[] }> = {};
  for (const [field, offset] of Object.entries(offsets)) {
    const [structure, name, ...inner] = field.split(".");
    if (name === undefined || inner.length > 0) continue;
    types[structure] ??= { sizeBytes: 4096, members: [] };
    types[structure].members.push({ name, offset });
  }
  return types;
}
