/** What the instructions do, on any kind of value. */
export type { Ops, ShiftType } from "./ops.ts";
export type { Semantic } from "./semantics.ts";
export { execTable, semantics } from "./semantics.ts";
