/** Translation tables of a random program: pages of all sizes and permissions, mostly mapped to themselves. */
import { coarseEntry, fineEntry, largeEntry, sectionEntry, smallEntry, tinyEntry } from "../../given-cpu.ts";
import type { Image } from "./image.ts";
import {
  ALIAS_TABLE,
  CODE,
  DATA,
  DEVICE,
  FINE_TABLE,
  FIRST_TABLE,
  LARGE_ALIAS,
  LOW_TABLE,
  OTHER_PROCESS,
  PAGE,
  SECTION_ALIAS,
  SMALL_ALIAS,
  SWITCHED_FRAMES,
  SWITCHED_PAGE,
  TINY_ALIAS,
  TWIN_ALIAS,
} from "./memory-map.table.ts";

const same = (ap: number): number[] => [ap, ap, ap, ap];
/** Pages of megabyte 0 that not everybody may write. */
const lowPermissions: Readonly<Record<number, readonly number[]>> = {
  0: same(1),
  4096: same(1),
  16384: same(1),
  20480: same(1),
  24576: same(1),
  28672: same(1),
  32768: same(1),
  36864: same(2),
  40960: same(1),
  [CODE + 2 * PAGE]: same(2),
  [CODE + 3 * PAGE]: same(1),
  [DATA + PAGE]: same(2),
  [DATA + 2 * PAGE]: [3, 2, 1, 3],
  [DATA + 3 * PAGE]: same(0),
};

export function writeTables(image: Image): void {
  const first = (va: number, descriptor: number): void => image.word(FIRST_TABLE + (va >>> 20) * 4, descriptor);
  for (const process of [0, OTHER_PROCESS]) {
    first(process, coarseEntry(LOW_TABLE));
    first(process | SMALL_ALIAS, coarseEntry(ALIAS_TABLE));
    first(process | SECTION_ALIAS, sectionEntry(0, { ap: 3, domain: 1 }));
    first(process | TWIN_ALIAS, sectionEntry(0, { ap: 3 }));
    first(process | TINY_ALIAS, fineEntry(FINE_TABLE));
  }
  first(DEVICE, sectionEntry(DEVICE, { ap: 3 }));
  for (let page = 0; page < 0x100000; page += PAGE) {
    image.word(LOW_TABLE + (page >>> 12) * 4, smallEntry(page, lowPermissions[page] ?? same(3)));
  }
  image.word(LOW_TABLE + (SWITCHED_PAGE >>> 12) * 4, smallEntry(SWITCHED_FRAMES[0], same(3)));
  for (let page = 0; page < 16; page++) {
    const alias = (va: number) => ALIAS_TABLE + (((va & 0xfffff) >>> 12) + page) * 4;
    image.word(alias(LARGE_ALIAS), largeEntry(CODE, same(3)));
    // Pages in another order, some without an entry.
    if (page % 5 !== 4)
      image.word(alias(SMALL_ALIAS), smallEntry(DATA + ((page * 3) % 4) * PAGE, same(1 + (page % 3))));
  }
  for (let piece = 0; piece < 64; piece++) {
    image.word(FINE_TABLE + piece * 4, tinyEntry(DATA + ((piece * 7) % 16) * 0x400, piece % 4));
  }
}
