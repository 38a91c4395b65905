/**
 * The content of a disk that the guest writes, at several moments: what a block held before it was written is kept, and
 * going back writes it there again. The disk itself always is as the guest has it at the moment where it is.
 */
import type { BlockDevice } from "../vm/index.ts";
import { SECTOR_SIZE_BYTES } from "../vm/index.ts";
import { ContentHistory } from "./content-history.ts";

type Backend = BlockDevice["backend"];

const BLOCK_SECTORS = 8;
const BLOCK_SIZE_BYTES = BLOCK_SECTORS * SECTOR_SIZE_BYTES;

export class BlockHistory extends ContentHistory {
  constructor(backend: Backend) {
    const sizeBytesOf = (block: number): number =>
      Math.min(BLOCK_SECTORS, backend.sectorCount - block * BLOCK_SECTORS) * SECTOR_SIZE_BYTES;
    super({
      unitSizeBytes: BLOCK_SIZE_BYTES,
      read: (block) => {
        const content = new Uint8Array(sizeBytesOf(block));
        backend.read(block * BLOCK_SECTORS, content);
        return content;
      },
      // Each block that a moment changed is known of the first one.
      write: (block, content) => content !== undefined && backend.write(block * BLOCK_SECTORS, content),
    });
    this.begin([]);
  }

  /** The guest is about to write whole sectors. */
  willWrite(sector: number, sizeBytes: number): void {
    const end = Math.ceil((sector + sizeBytes / SECTOR_SIZE_BYTES) / BLOCK_SECTORS);
    for (let block = Math.floor(sector / BLOCK_SECTORS); block < end; block++) this.willChange(block);
  }

  override remove(index: number): void {
    super.remove(index);
    if (index === 0) this.forgetUnchanged();
  }
}

/** Whether the guest can change what is on a disk. */
export const needsHistory = ({ isReadOnly }: Backend): boolean => !isReadOnly;
