export { JitCpu, type JitCounts } from "./jit-cpu.ts";
