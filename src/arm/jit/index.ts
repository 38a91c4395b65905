export type { CodeCounts } from "./code-cache.ts";
export { JitCpu } from "./jit-cpu.ts";
export { TranslationStore } from "./translation-store.ts";
export type { Tuning } from "./tuning.table.ts";
