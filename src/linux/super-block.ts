/** `struct super_block`: a file system that is mounted somewhere, or only inside the kernel. */
import { KernelObject } from "./kernel-object.ts";

const MAX_TYPE_BYTES = 64;
const SB_RDONLY = 1;
const MINOR_BITS = 20;

export class SuperBlock extends KernelObject {
  /** `proc`, `ext4`, `sockfs`. */
  get typeName(): string | undefined {
    const type = this.pointer("super_block.s_type");
    const name = type === undefined ? undefined : this.context.space.readU32(type);
    return name === undefined ? undefined : this.context.space.readCString(name, MAX_TYPE_BYTES);
  }

  /** Major and minor number of the device. */
  get device(): { major: number; minor: number } | undefined {
    const number = this.word("super_block.s_dev");
    return number === undefined ? undefined : { major: number >>> MINOR_BITS, minor: number & ((1 << MINOR_BITS) - 1) };
  }

  get isReadOnly(): boolean | undefined {
    const flags = this.word("super_block.s_flags");
    return flags === undefined ? undefined : (flags & SB_RDONLY) !== 0;
  }
}
