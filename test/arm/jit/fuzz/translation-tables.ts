/** Translation tables of a random program: pages of all sizes and permissions, mostly mapped to themselves. */
import {
  coarseEntry,
  extendedLarge,
  extendedSection,
  extendedSmall,
  fineEntry,
  largeEntry,
  sectionEntry,
  smallEntry,
  tinyEntry,
} from "../../given-cpu.ts";
import type { Image } from "./image.ts";
import {
  ALIAS_TABLE,
  CODE,
  DATA,
  DEVICE,
  FINE_TABLE,
  FIRST_TABLE,
  GUARDED_CODE,
  LARGE_ALIAS,
  LOW_TABLE,
  OTHER_PROCESS,
  PAGE,
  SECOND_ALIAS_TABLE,
  SECOND_FIRST_TABLE,
  SECOND_LOW_TABLE,
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
  45056: same(1),
  49152: same(1),
  53248: same(1),
  57344: same(1),
  61440: same(1),
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

/** One of the two address spaces of a program with the page tables of ARMv6. */
interface Space {
  readonly first: number;
  readonly low: number;
  readonly alias: number;
  readonly isSecond: boolean;
}

const spaces: readonly Space[] = [
  { first: FIRST_TABLE, low: LOW_TABLE, alias: ALIAS_TABLE, isSecond: false },
  { first: SECOND_FIRST_TABLE, low: SECOND_LOW_TABLE, alias: SECOND_ALIAS_TABLE, isSecond: true },
];

/** Pages of megabyte 0 that are not the same in both spaces. */
function ownPage(page: number, isSecond: boolean): number | undefined {
  const own = isSecond ? 1 : 0;
  if (page === SWITCHED_PAGE) return extendedSmall(SWITCHED_FRAMES[own], { ap: 3, nG: 1 });
  if (page === GUARDED_CODE) return extendedSmall(page, { ap: 3, nG: 1, xn: own });
  // Read-only for everybody in the second space.
  if (page === DATA + 2 * PAGE) return extendedSmall(page, { ap: isSecond ? 2 : 3, apx: own, nG: 1 });
  return undefined;
}

function writeSpace(image: Image, { first: table, low, alias, isSecond }: Space, isSectionNever: boolean): void {
  const first = (va: number, descriptor: number): void => image.word(table + (va >>> 20) * 4, descriptor);
  for (const process of [0, OTHER_PROCESS]) {
    first(process, coarseEntry(low));
    first(process | SMALL_ALIAS, coarseEntry(alias));
    first(process | SECTION_ALIAS, extendedSection(0, { ap: 3, domain: 1, xn: isSectionNever ? 1 : 0 }));
    first(process | TWIN_ALIAS, extendedSection(0, { ap: 3, nG: 1 }));
  }
  first(DEVICE, extendedSection(DEVICE, { ap: 3, xn: 1 }));
  for (let page = 0; page < 0x100000; page += PAGE) {
    const [ap] = lowPermissions[page] ?? [3];
    image.word(low + (page >>> 12) * 4, ownPage(page, isSecond) ?? extendedSmall(page, { ap }));
  }
  for (let page = 0; page < 16; page++) {
    const entry = (va: number) => alias + (((va & 0xfffff) >>> 12) + page) * 4;
    image.word(entry(LARGE_ALIAS), extendedLarge(CODE, { ap: 3, nG: 1, xn: isSecond ? 1 : 0 }));
    if (page % 5 === 4) continue;
    const frame = DATA + ((page * (isSecond ? 5 : 3)) % 4) * PAGE;
    image.word(entry(SMALL_ALIAS), extendedSmall(frame, { ap: 1 + (page % 3), nG: 1, xn: page & 1 }));
  }
}

/** Tables without subpages, for two address spaces; of the alias in domain 1 nobody but a manager may execute code, if told. */
export function writeExtendedTables(image: Image, isSectionNever: boolean): void {
  for (const space of spaces) writeSpace(image, space, isSectionNever);
}
