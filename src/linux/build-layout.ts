/** What a build's own files say of the fields that are learned: structure offsets by the names that the kernel has had. */
import type { Structure } from "../debuginfo/index.ts";
import type { Fact } from "./fact.ts";
import type { FieldName } from "./type-table.ts";
import { FIELDS } from "./type-table.ts";

/** Members that are called otherwise in some kernels, or lie in a structure that is another's first member. */
const OTHER_NAMES: Readonly<Partial<Record<FieldName, readonly string[]>>> = {
  "task_struct.state": ["task_struct.__state"],
  "kthread.full_name": ["kthread.full_name"],
  "sock.skc_daddr": ["sock_common.skc_daddr"],
  "sock.skc_rcv_saddr": ["sock_common.skc_rcv_saddr"],
  "sock.skc_dport": ["sock_common.skc_dport"],
  "sock.skc_num": ["sock_common.skc_num"],
  "sock.skc_family": ["sock_common.skc_family"],
  "sock.skc_state": ["sock_common.skc_state"],
  "sock.skc_node": ["sock_common.skc_node"],
  "sock.skc_prot": ["sock_common.skc_prot"],
  "module.core_layout.base": ["module.module_core"],
  "module.core_layout.size": ["module.core_size"],
};

const namesOf = (field: FieldName): readonly string[] => [field, ...(OTHER_NAMES[field] ?? [])];
const isMember = (field: FieldName): boolean => field.includes(".");

/** The structures that fields are members of. */
export const structuresOfFields = (): ReadonlySet<string> =>
  new Set(FIELDS.filter(isMember).flatMap((field) => namesOf(field).map((name) => name.split(".")[0])));

/** The offset of a field by the files of a build; `undefined` when they do not have it. */
export function offsetInBuild(field: FieldName, structures: ReadonlyMap<string, Structure>): number | undefined {
  for (const name of namesOf(field)) {
    const [structure, ...members] = name.split(".");
    const offset = structures.get(structure)?.members.get(members.join("."));
    if (offset !== undefined) return offset;
  }
  return undefined;
}

export interface LayoutMismatch {
  readonly field: FieldName;
  readonly learned: number;
  readonly confidence: string;
  readonly inBuild: number;
}

export interface LayoutComparison {
  /** Fields that were learned and that the build's files say the same of. */
  readonly agreed: readonly FieldName[];
  readonly mismatches: readonly LayoutMismatch[];
}

/** Holds what was learned against a build's files. */
export function compareWithBuild(
  fact: (field: FieldName) => Fact<number>,
  structures: ReadonlyMap<string, Structure>,
): LayoutComparison {
  const agreed: FieldName[] = [];
  const mismatches: LayoutMismatch[] = [];
  for (const field of FIELDS) {
    const learned = fact(field);
    const inBuild = offsetInBuild(field, structures);
    if (!learned.known || inBuild === undefined || !isMember(field)) continue;
    if (learned.value === inBuild) agreed.push(field);
    else mismatches.push({ field, learned: learned.value, confidence: learned.confidence, inBuild });
  }
  return { agreed, mismatches };
}
