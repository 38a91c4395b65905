/** Floating-point arithmetic of the VFP: exact results and exception flags. */
export * from "./float-unit.ts";
export * from "./formats.table.ts";
export { SoftFloat } from "./soft-float.ts";
