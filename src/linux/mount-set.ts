/** The mounts of a name space: a ring up to Linux 6.7, a red-black tree in the order of their IDs since. */
import type { AddressSpace } from "./address-space.ts";
import type { KernelMap } from "./kernel-map.ts";
import { type ListDamage, walkList } from "./list-walk.ts";
import type { MountField } from "./mount-layout.ts";
import { walkRbTree } from "./rb-tree.ts";

export interface MountSetWalk {
  /** Addresses of the `struct mount`s in the order of /proc/mounts. */
  readonly mounts: readonly number[];
  readonly damage: readonly ListDamage[];
  readonly inUpdate: boolean;
}

interface MountSetContext {
  readonly space: AddressSpace;
  readonly map: KernelMap;
}

const NOTHING: MountSetWalk = { mounts: [], damage: [], inUpdate: false };

/** Of the `mnt_namespace` at an address; empty when neither ring nor tree is known. */
export function mountsOfNamespace(
  { space, map }: MountSetContext,
  offsetOf: (field: MountField) => number | undefined,
  namespace: number,
): MountSetWalk {
  const list = offsetOf("mnt_namespace.list");
  const link = offsetOf("mount.mnt_list");
  if (list !== undefined && link !== undefined) {
    const { elements, damage, inUpdate } = walkList(space, namespace + list, map.modulesStart);
    return { mounts: elements.map((element) => element - link), damage, inUpdate: inUpdate.length > 0 };
  }
  const root = offsetOf("mnt_namespace.mounts");
  const node = offsetOf("mount.mnt_node");
  if (root === undefined || node === undefined) return NOTHING;
  const { nodes, damage } = walkRbTree(space, namespace + root, map.modulesStart);
  return { mounts: nodes.map((address) => address - node), damage, inUpdate: false };
}
