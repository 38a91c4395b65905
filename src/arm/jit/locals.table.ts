/** Locals of a compiled region: its parameter, two i64 scratch locals, then any number of i32 locals. */

/** The parameter: the block to enter; later the block to go on with, for the dispatch table. */
export const LOCAL_NEXT = 0;
export const WIDE_A = 1;
export const WIDE_B = 2;
/** The first i32 local: R0 .. R14. */
export const REGISTER_LOCAL = 3;
export const LOCAL_N = REGISTER_LOCAL + 15;
/** N is its sign; Z is set when it is zero; C is 0 or 1; V is its sign. */
export const LOCAL_Z = LOCAL_N + 1;
export const LOCAL_C = LOCAL_N + 2;
export const LOCAL_V = LOCAL_N + 3;
/** Instructions left in the slice. */
export const LOCAL_REMAINING = LOCAL_N + 4;
/** PC and reason when the region is left. */
export const LOCAL_EXIT_PC = LOCAL_N + 5;
export const LOCAL_EXIT_REASON = LOCAL_N + 6;
/** Host address of the access at hand, and of the open block. */
export const LOCAL_HOST = LOCAL_N + 7;
export const LOCAL_BLOCK = LOCAL_N + 8;
/** Byte offset of the TLB bank, and of the entry at hand. */
export const LOCAL_BANK = LOCAL_N + 9;
export const LOCAL_ENTRY = LOCAL_N + 10;
/** Temporaries and page caches, from here on. */
export const FIRST_TEMPORARY = LOCAL_N + 11;

/** Why a region returned to the dispatcher. */
export const Exit = {
  /** Go on at PC. */
  next: 0,
  /** Interpret one instruction at PC first. */
  interpret: 1,
  /** Too few instructions are left in the slice for the path ahead: the interpreter finishes it. */
  budget: 2,
  /** The slice must end now: an interrupt may be taken. */
  slice: 3,
  /** No region is known for PC (the dispatcher's own). */
  miss: 4,
  /** The page of PC cannot be fetched from as a whole, or not at all (the dispatcher's own). */
  unmapped: 5,
  /** The instruction at PC has no record yet, or its page has none (the template interpreter's own). */
  undecoded: 6,
  /** Control came to a place that was reached so often that code for it pays (the template interpreter's own). */
  hot: 7,
  /** The page of PC cannot be fetched from as a whole, or not at all (the template interpreter's own). */
  unfetchable: 8,
} as const;
