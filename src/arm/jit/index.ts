export { type JitCounts, JitCpu } from "./jit-cpu.ts";
