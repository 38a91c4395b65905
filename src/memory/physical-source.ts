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
}

/** A source over one flat image. */
export class ImageSource implements PhysicalSource {
  readonly ranges: readonly { startAddress: number; sizeBytes: number }[];
  private readonly image: Uint8Array;
  private readonly view: DataView;
  private readonly startAddress: number;

  constructor(image: Uint8Array, startAddress = 0) {
    this.image = image;
    this.view = new DataView(image.buffer, image.byteOffset, image.byteLength);
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
    return this.view.getUint32(at, true);
  }
}
