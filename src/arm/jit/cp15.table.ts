/** What compiled code does of the system control coprocessor by itself. DDI 0198E chapter 2.3, DDI 0301H chapter 3.2. */
import type { SystemControl } from "../core/index.ts";

/** What the compiler must know of the coprocessor. */
export type Cp15View = Pick<SystemControl, "plainWord" | "hasNoEffect" | "flushesPage">;

export const isDomainAccess = (opcode1: number, crn: number, crm: number, opcode2: number): boolean =>
  opcode1 === 0 && crn === 3 && crm === 0 && opcode2 === 0;

/** The thread registers of ARMv6 that user code may read. */
export const isUserReadable = (opcode1: number, crn: number, crm: number, opcode2: number): boolean =>
  opcode1 === 0 && crn === 13 && crm === 0 && (opcode2 === 2 || opcode2 === 3);
