export type { CodeCounts } from "./code-cache.ts";
export { ExecutionProfile, type RegionTotals, type Tier } from "./execution-profile.ts";
export { JitCpu } from "./jit-cpu.ts";
export { Exit } from "./locals.table.ts";
export { ProfiledCpu } from "./profiled-cpu.ts";
export type { TemplateProgram } from "./template-module.ts";
export { decodeTemplates, encodeTemplates, templateFileName, templatesOf } from "./template-program.ts";
export { TranslationStore } from "./translation-store.ts";
export type { Tuning } from "./tuning.table.ts";
