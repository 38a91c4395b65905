/** `struct dentry` and `struct inode`: a name in a directory, and the file behind it. */
import { latin1 } from "../base/index.ts";
import { KernelObject } from "./kernel-object.ts";
import { SuperBlock } from "./super-block.ts";

const MAX_NAME_BYTES = 255;
/** In `d_name`: the length stands behind the hash, the pointer behind the length. */
const LENGTH = 4;
const POINTER = 8;
/** `d_hash` stands before `d_parent`; its second word is 0 in an entry that was taken out of its directory. */
const HASH_BACK_LINK = -4;

export class Inode extends KernelObject {
  get number(): number | undefined {
    return this.word("inode.i_ino");
  }

  get mode(): number | undefined {
    return this.half("inode.i_mode");
  }

  get uid(): number | undefined {
    return this.word("inode.i_uid");
  }

  get superBlock(): SuperBlock | undefined {
    const address = this.pointer("inode.i_sb");
    return address === undefined ? undefined : new SuperBlock(this.context, address);
  }
}

export class Dentry extends KernelObject {
  /** One character a byte. */
  get name(): string | undefined {
    const { space } = this.context;
    const at = this.addressOf("dentry.d_name");
    const length = at === undefined ? undefined : space.readU32(at + LENGTH);
    const pointer = at === undefined ? undefined : space.readU32(at + POINTER);
    if (length === undefined || pointer === undefined || length > MAX_NAME_BYTES) return undefined;
    const bytes = space.readBytes(pointer, length);
    return bytes === undefined ? undefined : latin1(bytes);
  }

  get parent(): Dentry | undefined {
    const address = this.pointer("dentry.d_parent");
    return address === undefined ? undefined : new Dentry(this.context, address);
  }

  get inode(): Inode | undefined {
    const address = this.pointer("dentry.d_inode");
    return address === undefined ? undefined : new Inode(this.context, address);
  }

  get superBlock(): SuperBlock | undefined {
    const address = this.pointer("dentry.d_sb");
    return address === undefined ? undefined : new SuperBlock(this.context, address);
  }

  /** True when the file was removed while it is still in use. */
  get isUnhashed(): boolean | undefined {
    const at = this.addressOf("dentry.d_parent");
    const link = at === undefined ? undefined : this.context.space.readU32(at + HASH_BACK_LINK);
    return link === undefined ? undefined : link === 0;
  }
}
