/** The names that members have had in kernels, where a field is learned under one of them. */
import type { Structure } from "../debuginfo/index.ts";

/** Members that are called otherwise in some kernels, or lie in a structure that is another's first member. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
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

const SIZE_OF = /^sizeof (\w+)$/;

/** A member, or a structure of which the size is learned; other fields are variables. */
export const isMember = (field: string): boolean => field.includes(".") || SIZE_OF.test(field);

/** The structure that a member, by one of its names, or a size is of. */
export const structureOf = (name: string): string => SIZE_OF.exec(name)?.[1] ?? name.split(".")[0];

export const namesOf = (field: string): readonly string[] => [field, ...(OTHER_NAMES[field] ?? [])];

/** The offset of `structure.member` by any of its names, or a size; `undefined` when the structures do not have it. */
export function offsetInStructures(field: string, structures: ReadonlyMap<string, Structure>): number | undefined {
  if (SIZE_OF.test(field)) return structures.get(structureOf(field))?.sizeBytes;
  for (const name of namesOf(field)) {
    const [structure, ...members] = name.split(".");
    const offset = structures.get(structure)?.members.get(members.join("."));
    if (offset !== undefined) return offset;
  }
  return undefined;
}
