/** Any source of a guest's physical memory for reading: the live machine, a snapshot, a memory image. */

export interface PhysicalSource {
  /** The ranges that hold memory, by guest-physical address. */
  readonly ranges: readonly { startAddress: number; sizeBytes: number }[];
  /**
   * Copies `target.length` bytes from guest-physical `address`.
   * False, with `target` undefined, when any byte of it is not memory. Never throws, never changes the guest.
   */
  read(address: number, target: Uint8Array): boolean;
  /** A little-endian word, unsigned, or `undefined` where no memory is. */
  readU32(address: number): number | undefined;
  /**
   * The memory itself, to be read before the guest goes on and not kept; `undefined` where it lies in no single piece. A source
   * that cannot give it has no such function: copies serve as well.
   */
  view?(address: number, sizeBytes: number): Uint8Array | undefined;
}

/** A source over one flat image. */
export class ImageSource implements PhysicalSource {
  readonly ranges: readonly { startAddress: number; sizeBytes: number }[];
  private readonly image: Uint8Array;
  private readonly words: DataView;
  private readonly startAddress: number;

  constructor(image: Uint8Array, startAddress = 0) {
    this.image = image;
    this.words = new DataView(image.buffer, image.byteOffset, image.byteLength);
    this.startAddress = startAddress;
    this.ranges = [{ startAddress, sizeBytes: image.length }];
  }

  read(address: number, target: Uint8Array): boolean {
    const at = address - this.startAddress;
    if (at < 0 || at + target.length > this.image.length) return false;
    target.set(this.image.subarray(at, at + target.length));
    return true;
  }

  readU32(address: number): number | undefined {
    const at = address - this.startAddress;
    if (at < 0 || at + 4 > this.image.length) return undefined;
    return this.words.getUint32(at, true);
  }

  view(address: number, sizeBytes: number): Uint8Array | undefined {
    const at = address - this.startAddress;
    return at < 0 || at + sizeBytes > this.image.length ? undefined : this.image.subarray(at, at + sizeBytes);
  }
}
