/** Physical memory as pieces of a file: what every format of a memory image comes down to. */
import type { PhysicalSource } from "../memory/index.ts";

export interface Segment {
  readonly startAddress: number;
  readonly bytes: Uint8Array;
}

export class SegmentSource implements PhysicalSource {
  readonly ranges: readonly { startAddress: number; sizeBytes: number }[];
  private readonly segments: readonly (Segment & { readonly view: DataView })[];

  constructor(segments: readonly Segment[]) {
    this.segments = [...segments]
      .sort((a, b) => a.startAddress - b.startAddress)
      .map(({ startAddress, bytes }) => {
        return { startAddress, bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
      });
    this.ranges = this.segments.map(({ startAddress, bytes }) => ({ startAddress, sizeBytes: bytes.length }));
  }

  read(address: number, target: Uint8Array): boolean {
    for (let done = 0; done < target.length; ) {
      const segment = this.at(address + done);
      if (segment === undefined) return false;
      const from = address + done - segment.startAddress;
      const part = segment.bytes.subarray(from, from + target.length - done);
      target.set(part, done);
      done += part.length;
    }
    return true;
  }

  readU32(address: number): number | undefined {
    const segment = this.at(address);
    const at = segment === undefined ? 0 : address - segment.startAddress;
    return segment === undefined || at + 4 > segment.bytes.length ? undefined : segment.view.getUint32(at, true);
  }

  view(address: number, sizeBytes: number): Uint8Array | undefined {
    const segment = this.at(address);
    if (segment === undefined) return undefined;
    const from = address - segment.startAddress;
    return from + sizeBytes > segment.bytes.length ? undefined : segment.bytes.subarray(from, from + sizeBytes);
  }

  private at(address: number) {
    let low = 0;
    let high = this.segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const { startAddress, bytes } = this.segments[middle];
      if (address < startAddress) high = middle;
      else if (address >= startAddress + bytes.length) low = middle + 1;
      else return this.segments[middle];
    }
    return undefined;
  }
}
