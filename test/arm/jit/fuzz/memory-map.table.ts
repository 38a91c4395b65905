/** Where a random program has its parts: guest-physical addresses, and the virtual ones that differ from them. */

export const RAM_BYTES = 0x100000;
export const PAGE = 0x1000;
/** Exception vectors, their handlers, and what the handlers count and save. */
export const HANDLERS = 0x100;
export const HANDLER_DATA = 0x1000;
/** Translation tables: first level, second level of megabytes 0 and 2, fine table of megabyte 5. */
export const FIRST_TABLE = 0x4000;
export const LOW_TABLE = 0x8000;
export const ALIAS_TABLE = 0x8400;
export const FINE_TABLE = 0xa000;
/** The tables of a second address space of ARMv6: first level, and second level of megabytes 0 and 2. */
export const SECOND_LOW_TABLE = 0xb000;
export const SECOND_ALIAS_TABLE = 0xb400;
export const SECOND_FIRST_TABLE = 0xc000;
export const TABLES_END = 0x10000;
/** Code that changes mappings and control bits. */
export const ROUTINES = 0x9000;
/** Random code. */
export const CODE = 0x10000;
export const CODE_PAGES = 6;
/** A page of code that only one of two address spaces of ARMv6 may execute. */
export const GUARDED_CODE = CODE + 4 * PAGE;
/** Offset in a page of a function of three instructions: behind what runs over from the page before. */
export const LEAF_OFFSET = 0xc0;
/** A page of code that is mapped to one of two frames, and the frames. */
export const SWITCHED_PAGE = 0x18000;
export const SWITCHED_FRAMES = [0x30000, 0x31000] as const;
/** Pages that have such a function; those of the switched page's frames are all different. */
export const LEAF_PAGES = [CODE + PAGE, GUARDED_CODE, SWITCHED_PAGE] as const;
export const DATA = 0x20000;
export const DATA_PAGES = 4;
/** Nothing here. */
export const NOWHERE = 0x00900000;
/** Device registers, see `FuzzDevice`. */
export const DEVICE = 0x10000000;

/** Virtual: large pages over the code, small pages over the data, a section of domain 1 over all RAM, tiny pages. */
export const LARGE_ALIAS = 0x00210000;
export const SMALL_ALIAS = 0x00220000;
export const SECTION_ALIAS = 0x00300000;
export const TINY_ALIAS = 0x00500000;
/** A section over all RAM whose pages take the TLB entries of those in megabyte 0. */
export const TWIN_ALIAS = 0x00400000;
/** FCSE process ids that programs switch between; the second one has the same mappings as the first. */
export const OTHER_PROCESS = 0x02000000;
