/** A structure in the guest's kernel: its members are loaded from guest memory when they are asked for. */
import type { AddressSpace } from "./address-space.ts";
import type { KernelMap } from "./kernel-map.ts";
import type { FieldName } from "./type-table.ts";

/** What an object needs of its kernel. */
export interface ObjectContext {
  readonly space: AddressSpace;
  readonly map: KernelMap;
  /** The offset of a field that was learned, else `undefined`. */
  offsetOf(field: FieldName): number | undefined;
}

/** Every read is translated and bounded; what is not mapped, or of unknown place, is `undefined`. */
export class KernelObject {
  /** Where the structure begins. */
  readonly address: number;
  protected readonly context: ObjectContext;

  constructor(context: ObjectContext, address: number) {
    this.context = context;
    this.address = address;
  }

  /** The address of a member. */
  protected addressOf(field: FieldName): number | undefined {
    const offset = this.context.offsetOf(field);
    return offset === undefined ? undefined : this.address + offset;
  }

  /** The word that a member is. */
  protected word(field: FieldName): number | undefined {
    const address = this.addressOf(field);
    return address === undefined ? undefined : this.context.space.readU32(address);
  }

  /** The half-word that a member is. */
  protected half(field: FieldName): number | undefined {
    const address = this.addressOf(field);
    const word = address === undefined ? undefined : this.context.space.readU32(address & ~3);
    if (address === undefined || word === undefined) return undefined;
    return (address & 2) === 0 ? word & 0xffff : word >>> 16;
  }

  /** The byte that a member is. */
  protected byte(field: FieldName): number | undefined {
    const address = this.addressOf(field);
    const word = address === undefined ? undefined : this.context.space.readU32(address & ~3);
    return address === undefined || word === undefined ? undefined : (word >>> ((address & 3) * 8)) & 0xff;
  }

  /** Two words, low first, as a number; exact below 2^53. */
  protected double(field: FieldName): number | undefined {
    const address = this.addressOf(field);
    const low = address === undefined ? undefined : this.context.space.readU32(address);
    const high = address === undefined ? undefined : this.context.space.readU32(address + 4);
    return low === undefined || high === undefined ? undefined : high * 0x100000000 + low;
  }

  /** A member that points into the kernel; `undefined` also when it is 0 or points elsewhere. */
  protected pointer(field: FieldName): number | undefined {
    const value = this.word(field);
    return value !== undefined && value >= this.context.map.modulesStart ? value : undefined;
  }
}
