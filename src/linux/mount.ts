/** `struct mount`: a file system at a place, and the paths through all of them. */
import { Dentry } from "./dentry.ts";
import type { ObjectContext } from "./kernel-object.ts";
import { KernelObject } from "./kernel-object.ts";
import { SuperBlock } from "./super-block.ts";

const MAX_DEVICE_BYTES = 256;
/** PATH_MAX characters hold no more components. */
const MAX_COMPONENTS = 2048;
const MAX_PATH_LENGTH = 4096;

/** MNT_* of include/linux/mount.h in the order in which /proc/mounts shows them. */
const OPTIONS: readonly (readonly [bit: number, name: string])[] = [
  [0x01, "nosuid"],
  [0x02, "nodev"],
  [0x04, "noexec"],
  [0x08, "noatime"],
  [0x10, "nodiratime"],
  [0x20, "relatime"],
  [0x80, "nosymfollow"],
];
const MNT_READONLY = 0x40;

/** A place in the tree of files: an entry as seen through a mount. */
export interface FilePath {
  readonly mount: Mount;
  readonly dentry: Dentry;
}

export class Mount extends KernelObject {
  /** From the address of the `vfsmount` inside, which paths have. */
  static ofVfsmount(context: ObjectContext, vfsmount: number): Mount | undefined {
    const offset = context.offsetOf("mount.mnt");
    return offset === undefined ? undefined : new Mount(context, vfsmount - offset);
  }

  get deviceName(): string | undefined {
    const pointer = this.pointer("mount.mnt_devname");
    return pointer === undefined ? undefined : this.context.space.readCString(pointer, MAX_DEVICE_BYTES);
  }

  /** The mount itself where it is the first of its name space. */
  get parent(): Mount | undefined {
    const address = this.pointer("mount.mnt_parent");
    return address === undefined ? undefined : new Mount(this.context, address);
  }

  /** Where in its parent it is mounted. */
  get mountpoint(): Dentry | undefined {
    const address = this.pointer("mount.mnt_mountpoint");
    return address === undefined ? undefined : new Dentry(this.context, address);
  }

  /** The entry that is seen at the mount's place. */
  get root(): Dentry | undefined {
    const address = this.ofVfsmount("vfsmount.mnt_root");
    return address === undefined ? undefined : new Dentry(this.context, address);
  }

  get superBlock(): SuperBlock | undefined {
    const address = this.ofVfsmount("vfsmount.mnt_sb");
    return address === undefined ? undefined : new SuperBlock(this.context, address);
  }

  /** `rw` or `ro`, then what the mount restricts, as /proc/mounts has it before the options of the file system. */
  get options(): readonly string[] | undefined {
    const flags = this.ofVfsmount("vfsmount.mnt_flags");
    if (flags === undefined) return undefined;
    const isReadOnly = (flags & MNT_READONLY) !== 0 || this.superBlock?.isReadOnly === true;
    return [isReadOnly ? "ro" : "rw", ...OPTIONS.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name)];
  }

  private ofVfsmount(field: "vfsmount.mnt_root" | "vfsmount.mnt_sb" | "vfsmount.mnt_flags"): number | undefined {
    const at = this.addressOf("mount.mnt");
    const offset = this.context.offsetOf(field);
    return at === undefined || offset === undefined ? undefined : this.context.space.readU32(at + offset);
  }
}

/**
 * The text of a path, from `root` on or from where its mounts begin; `undefined` when it cannot be read or does not end.
 */
export function pathText({ mount, dentry }: FilePath, root?: FilePath): string | undefined {
  const names: string[] = [];
  let length = 0;
  let at: FilePath = { mount, dentry };
  for (let step = 0; step < MAX_COMPONENTS; step++) {
    if (root !== undefined && at.dentry.address === root.dentry.address && at.mount.address === root.mount.address)
      break;
    if (at.dentry.address === at.mount.root?.address) {
      const { parent, mountpoint } = at.mount;
      if (parent === undefined || mountpoint === undefined) return undefined;
      if (parent.address === at.mount.address) break;
      at = { mount: parent, dentry: mountpoint };
      continue;
    }
    const { name, parent } = at.dentry;
    if (name === undefined || parent === undefined) return undefined;
    // The root of a file system that is mounted nowhere, such as that of pipes.
    if (parent.address === at.dentry.address) break;
    names.push(name);
    length += name.length + 1;
    if (length > MAX_PATH_LENGTH || step === MAX_COMPONENTS - 1) return undefined;
    at = { mount: at.mount, dentry: parent };
  }
  return `/${names.reverse().join("/")}`;
}
