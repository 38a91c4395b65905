/** A disk that is part of a scenario: empty at its start, and as the guest left it after a power cut. */
import type { BlockBackend } from "../device/index.ts";

const SECTOR_SIZE_BYTES = 512;

export class MemoryDisk implements BlockBackend {
  readonly sectorCount: number;
  readonly isReadOnly = false;
  private content: Uint8Array;

  /** `sizeBytes` is a whole number of sectors. */
  constructor(sizeBytes: number) {
    this.content = new Uint8Array(sizeBytes);
    this.sectorCount = sizeBytes / SECTOR_SIZE_BYTES;
  }

  read(sector: number, target: Uint8Array): void {
    const at = sector * SECTOR_SIZE_BYTES;
    target.fill(0);
    target.set(this.content.subarray(at, at + target.length));
  }

  write(sector: number, data: Uint8Array): void {
    this.content.set(data, sector * SECTOR_SIZE_BYTES);
  }

  flush(): void {}

  /** A copy of everything, for a snapshot. */
  copy(): Uint8Array {
    return this.content.slice();
  }

  /** Takes what `copy` gave. */
  put(content: Uint8Array): void {
    this.content.set(content);
  }
}
