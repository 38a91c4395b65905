/** Random programs: basic blocks of ARM and Thumb code that jump among each other, with handlers and mappings. */
import type { RegionLimits, Tuning } from "../../../../src/arm/jit/tuning.table.ts";
import type { Random } from "../../fuzz/random.ts";
import { makeRandom, mixSeeds } from "../../fuzz/random.ts";
import { makeVfp } from "../../fuzz/vfp-case-generator.ts";
import {
  BLOCK_BYTES,
  type BlockPlace,
  BlockWriter,
  emphasesOf,
  entryOf,
  randomPointer,
  type Surroundings,
} from "./block-writer.ts";
import { RESTART_COUNT, writeHandlers, writeRoutines } from "./handlers.ts";
import { Image } from "./image.ts";
import {
  CODE,
  CODE_PAGES,
  DATA,
  DATA_PAGES,
  LEAF_OFFSET,
  LEAF_PAGES,
  PAGE,
  SWITCHED_FRAMES,
  SWITCHED_PAGE,
} from "./memory-map.table.ts";
import { type Architecture, leadRowsOf } from "./random-instruction.ts";
import { writeExtendedTables, writeTables } from "./translation-tables.ts";

export interface Program {
  readonly image: Image;
  readonly isMmuOn: boolean;
  readonly cpsr: number;
  readonly registers: readonly number[];
  readonly pc: number;
  readonly tuning: Partial<Tuning>;
  /** Without them the compiling machine counts what it executes by row. */
  readonly hasTemplates: boolean;
  readonly architecture: Architecture;
  /** Words and halves may be unaligned (control bit U of ARMv6). */
  readonly allowsUnaligned: boolean;
  /** The page tables are those of ARMv6, for two address spaces. */
  readonly hasSpaces: boolean;
  /** S0 .. S31 and FPSCR. */
  readonly vfp: readonly number[];
}

/** Blocks have twice their size each, so that they can begin anywhere in it, and the last of a page runs into the next. */
const SLOT_BYTES = BLOCK_BYTES * 2;
const SLOTS = (CODE_PAGES * PAGE) / SLOT_BYTES - 1;
const SWITCHED_BLOCKS = 3;

function makePlaces(random: Random): BlockPlace[] {
  const slots = new Set(Array.from({ length: 4 + random.below(12) }, () => random.below(SLOTS)));
  const starts = [...slots].map((slot) => CODE + BLOCK_BYTES + slot * SLOT_BYTES);
  for (let slot = 0; slot < SWITCHED_BLOCKS; slot++) starts.push(SWITCHED_PAGE + BLOCK_BYTES + slot * SLOT_BYTES);
  const places = starts.map((start) => {
    const isThumb = random.oneIn(2);
    return { isThumb, address: start + (isThumb ? 2 : 4) * random.below(48) };
  });
  // Exceptions go on in ARM state.
  return [{ ...places[0], isThumb: false, address: places[0].address & ~3 }, ...places.slice(1)];
}

function writeBlocks(image: Image, surroundings: Surroundings): void {
  for (const place of surroundings.places) {
    const isSwitched = (place.address & ~0xfff) === SWITCHED_PAGE;
    const shifts = isSwitched ? [0, ...SWITCHED_FRAMES.map((frame) => frame - SWITCHED_PAGE)] : [0];
    for (const shift of shifts) new BlockWriter(surroundings, place).write(image, shift);
  }
}

/** The frame changes r0 and r1 in its own way, so that code of another one shows. */
function writeLeaves(image: Image): void {
  for (const [i, page] of [...LEAF_PAGES, ...SWITCHED_FRAMES].entries()) {
    image.words(page + LEAF_OFFSET, [0xe2800001 + i * 2, 0xe0211000, 0xe12fff1e]); // add r0, r0, #..; eor r1, r1, r0; bx lr
  }
}

function writeData(image: Image, surroundings: Surroundings): void {
  const { random, places } = surroundings;
  const kinds = [
    () => random.word(),
    () => entryOf(random.pick(places)),
    () => randomPointer(surroundings),
    () => random.below(64) - 32,
  ];
  for (let address = DATA; address < DATA + DATA_PAGES * PAGE; address += 4) image.word(address, random.pick(kinds)());
}

const makeLimits = (random: Random, isRoomy: boolean): RegionLimits => ({
  maxBlocks: isRoomy ? 16 : random.pick([1, 3, 10, 96]),
  maxInstructions: isRoomy ? 100 : random.pick([10, 50, 150, 1200]),
});

/** So many entries make nothing hot: every other program with templates runs by them alone. */
const NEVER_HOT = 50_000;

/** Program number `number` of a campaign; the same seed gives the same programs. */
export function makeProgram(seed: number, number: number, architecture: Architecture = 5): Program {
  const random = makeRandom(mixSeeds(seed, number));
  const image = new Image();
  const places = makePlaces(random);
  const armPlaces = places.filter(({ isThumb }) => !isThumb).map(({ address }) => address);
  writeHandlers(
    image,
    Array.from({ length: RESTART_COUNT }, () => random.pick(armPlaces)),
    architecture === 6,
  );
  const hasSpaces = architecture === 6 && random.oneIn(2);
  // What crosses pages must be compiled as it does so, and may change mappings.
  const isCrossing = random.oneIn(6);
  const emphasis = isCrossing ? "crossings" : random.pick(emphasesOf(architecture));
  const leadRows = leadRowsOf(architecture);
  const lead = leadRows[number % leadRows.length];
  // Each row leads a program in which rows are counted, then one that runs by templates.
  const hasTemplates = Math.floor(number / leadRows.length) % 2 === 1;
  const surroundings = { random, places, emphasis, lead, architecture, routines: writeRoutines(image, hasSpaces) };
  if (hasSpaces) writeExtendedTables(image, random.oneIn(2));
  else writeTables(image);
  writeBlocks(image, surroundings);
  writeLeaves(image);
  writeData(image, surroundings);
  const hotEntries = 1 + random.below(3);
  return {
    image,
    isMmuOn: isCrossing || random.below(4) > 0,
    cpsr:
      (random.word() & (architecture === 6 ? 0xf80f0000 : 0xf8000000)) |
      random.pick(isCrossing ? [0x1f, 0x13] : [0x10, 0x13, 0x1f, 0x1f, 0x93, 0x11, 0xd2]),
    registers: Array.from({ length: 15 }, () => (random.oneIn(2) ? randomPointer(surroundings) : random.word())),
    pc: random.pick(armPlaces),
    tuning: {
      hotEntries: hasTemplates && number % 2 === 0 ? hotEntries + NEVER_HOT : hotEntries,
      moduleFunctions: random.pick([1, 1, 1, 4]),
      moduleTries: random.pick([1, 3, 40]),
      region: makeLimits(random, isCrossing),
    },
    hasTemplates,
    architecture,
    allowsUnaligned: architecture === 6 && random.oneIn(2),
    hasSpaces,
    vfp: makeVfp({ random, isDouble: random.oneIn(2), isVector: random.oneIn(8) }),
  };
}
