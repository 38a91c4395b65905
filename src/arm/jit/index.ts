export { type JitCounts, JitCpu } from "./jit-cpu.ts";
export type { Tuning } from "./tuning.table.ts";
