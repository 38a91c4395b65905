export * from "./cp15.ts";
export * from "./cpu-models.table.ts";
export * from "./cpu-state.ts";
export * from "./mmu.ts";
export * from "./state-layout.table.ts";
export * from "./tlb.ts";
