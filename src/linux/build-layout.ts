/** What a build's own files say of the fields that are learned: structure offsets by the names that the kernel has had. */
import type { BuildFile, Structure } from "../debuginfo/index.ts";
import { readBuildFile } from "../debuginfo/index.ts";
import { isMember, namesOf, offsetInStructures, structureOf } from "./member-names.ts";
import type { FieldName } from "./type-table.ts";
import { FIELDS } from "./type-table.ts";

/** The structures that fields are members of. */
export const structuresOfFields = (): ReadonlySet<string> =>
  new Set(FIELDS.filter(isMember).flatMap((field) => namesOf(field).map(structureOf)));

/** The offset of a field by the files of a build; `undefined` when they do not have it. */
export const offsetInBuild = (field: FieldName, structures: ReadonlyMap<string, Structure>): number | undefined =>
  offsetInStructures(field, structures);

/** Reads a file of a kernel's build by its content: System.map, vmlinux, BTF, ISF or VMCOREINFO. Throws what it is instead. */
export const readSymbolFile = (name: string, bytes: Uint8Array): BuildFile =>
  readBuildFile(name, bytes, structuresOfFields());
