/** State of a buddy allocator as `heap state` and `host vapool state` print it. */
import type { BuddyBin } from "../vm/index.ts";

const binName = (sizeBytes: number): string => {
  if (sizeBytes >= 1 << 20) return `${sizeBytes >> 20}M`;
  return sizeBytes >= 1024 ? `${sizeBytes >> 10}K` : `${sizeBytes}B`;
};

export function poolStateText(name: string, bins: readonly BuddyBin[], freeRecords: number, records: number): string {
  const lines = bins.map(
    ({ blockSizeBytes, areaCount, freeBlockCount }) =>
      `  [BLOCK ${binName(blockSizeBytes).padStart(5)}]: ${String(areaCount).padStart(5)} area(s), ${String(freeBlockCount).padStart(5)} free block(s)\n`,
  );
  return `${name} State\n${lines.join("")}${name} House-Keeping State\n  Buddy Areas: ${freeRecords} free out of ${records}\n`;
}
