/** When the compiler compiles, and how much at once. The guest's state is the same whatever these are. */

/** The size of a region, with what it calls: it takes no further block when it has so many blocks or instructions. */
export interface RegionLimits {
  readonly maxBlocks: number;
  readonly maxInstructions: number;
}

export interface Tuning {
  /** Entries of a place by jumps before it is compiled. */
  readonly hotEntries: number;
  /** Functions of a module, and the tries to enter one that waits after which a module is made of fewer. */
  readonly moduleFunctions: number;
  readonly moduleTries: number;
  readonly region: RegionLimits;
}

export const defaultTuning: Tuning = {
  hotEntries: 30_000,
  moduleFunctions: 64,
  moduleTries: 2_000,
  region: { maxBlocks: 16, maxInstructions: 100 },
};
