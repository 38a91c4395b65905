/** When the compiler compiles, and how much at once. The guest's state is the same whatever these are. */

/** The size of a region: it takes no further block when it has so many blocks or instructions. */
export interface RegionLimits {
  readonly maxBlocks: number;
  readonly maxInstructions: number;
  /** Also takes what it calls, and code that other regions have already. */
  readonly isInlining: boolean;
}

export interface Tuning {
  /** Entries of a place by jumps before it is compiled. */
  readonly hotEntries: number;
  /** Entries of its code by the dispatcher before it is compiled again, as a larger region. */
  readonly veryHotEntries: number;
  /** Functions of a module, and the tries to enter one that waits after which a module is made of fewer. */
  readonly moduleFunctions: number;
  readonly moduleTries: number;
  readonly hot: RegionLimits;
  readonly veryHot: RegionLimits;
}

/** One size for all: what is compiled after so many jumps is worth a large region at once. */
const LARGE: RegionLimits = { maxBlocks: 16, maxInstructions: 100, isInlining: true };

export const defaultTuning: Tuning = {
  hotEntries: 30_000,
  veryHotEntries: 10_000,
  moduleFunctions: 64,
  moduleTries: 2_000,
  hot: LARGE,
  veryHot: LARGE,
};
