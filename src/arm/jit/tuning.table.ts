/** When the compiler compiles, and how much at once. The guest's state is the same whatever these are. */

export interface Tuning {
  /** Entries of a place by jumps before it is compiled. */
  readonly hotEntries: number;
  /** A region takes no further block when it has so many blocks or instructions. */
  readonly maxBlocks: number;
  readonly maxInstructions: number;
}

export const defaultTuning: Tuning = { hotEntries: 2000, maxBlocks: 16, maxInstructions: 100 };
