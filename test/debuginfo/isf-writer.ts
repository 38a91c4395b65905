/** Writes symbol tables in Volatility's format, as dwarf2json does: for tests. */
import type { BuildSymbol } from "../../src/debuginfo/index.ts";
import type { GivenType } from "./btf-writer.ts";

export interface GivenIsf {
  readonly banner?: string;
  readonly symbols: readonly BuildSymbol[];
  readonly types: Readonly<Record<string, GivenType>>;
}

const integer = { kind: "base", name: "unsigned int" };

export function givenIsf({ banner, symbols, types }: GivenIsf): Uint8Array {
  const userTypes = Object.entries(types).map(([name, { kind = "struct", sizeBytes, members }]) => {
    const fields = members.map(({ name: field, offset, of }, index) => {
      const type = of === undefined ? integer : { kind: types[of].kind ?? "struct", name: of };
      return [
        field === "" ? `unnamed_field_${index}` : field,
        { type, offset, anonymous: field === "" ? true : undefined },
      ];
    });
    return [name, { size: sizeBytes, kind, fields: Object.fromEntries(fields) }];
  });
  const places = symbols.map(({ name, address }): [string, object] => [name, { address }]);
  const table = Object.fromEntries(places) as Record<string, { constant_data?: string }>;
  if (banner !== undefined && table.linux_banner !== undefined) {
    table.linux_banner.constant_data = Buffer.from(`${banner}\n\0`, "latin1").toString("base64");
  }
  const json = {
    metadata: { format: "6.2.0", producer: { name: "test", version: "0" } },
    base_types: { "unsigned int": { size: 4, signed: false, kind: "int", endian: "little" } },
    user_types: Object.fromEntries(userTypes),
    enums: {},
    symbols: table,
  };
  return new Uint8Array(Buffer.from(JSON.stringify(json)));
}
