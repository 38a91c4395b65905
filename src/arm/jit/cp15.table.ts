/** What compiled code does of the system control coprocessor by itself. ARM926EJ-S (DDI 0198E) chapter 2.3. */
import { CP15_CONTROL, CP15_DACR, CP15_DFSR, CP15_FAR, CP15_IFSR } from "../core/index.ts";

/** Cache and write buffer operations, which have no effect here; waiting for an interrupt is not among them. */
export const isCacheOperation = (opcode1: number, crn: number, crm: number): boolean =>
  opcode1 === 0 && crn === 7 && crm !== 0;

export const isDomainAccess = (opcode1: number, crn: number, crm: number, opcode2: number): boolean =>
  opcode1 === 0 && crn === 3 && crm === 0 && opcode2 === 0;

/** By CRn and opcode2, for opcode1 and CRm 0: the words that are read as they are. */
const PLAIN_WORDS: Readonly<Record<string, number>> = {
  "1,0": CP15_CONTROL,
  "3,0": CP15_DACR,
  "5,0": CP15_DFSR,
  "5,1": CP15_IFSR,
  "6,0": CP15_FAR,
};

/** The state word of a register that reads as it is. */
export const plainCp15Word = (opcode1: number, crn: number, crm: number, opcode2: number): number | undefined =>
  opcode1 === 0 && crm === 0 ? PLAIN_WORDS[`${crn},${opcode2}`] : undefined;
