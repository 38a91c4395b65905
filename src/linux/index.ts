/** The guest's Linux kernel seen from outside: symbols, types and typed objects over physical memory. */
export { AddressSpace } from "./address-space.ts";
export type { BannerLocation, Utsname } from "./banner.ts";
export { BANNER_PATTERN } from "./banner.ts";
export type { Confidence, Fact, KnownFact, UnknownFact } from "./fact.ts";
export { likely, proved, unknown } from "./fact.ts";
export type { KernelOptions, TaskWalk } from "./kernel.ts";
export { Kernel, openKernel } from "./kernel.ts";
export type { CpuRegisters, KernelMap, KernelSource } from "./kernel-map.ts";
export { KernelSymbols } from "./kernel-symbols.ts";
export type { ListDamage } from "./list-walk.ts";
export type { DescriptorFormat } from "./page-table.ts";
export { UNMAPPED, walkPageTable } from "./page-table.ts";
export type { KernelSymbol, SymbolAt, SymbolSource } from "./symbol-table.ts";
export { compareWithSystemMap, parseSystemMap, SymbolTable } from "./symbol-table.ts";
export type { SyscallEntry, SyscallTable } from "./syscall-table.ts";
export { Task } from "./task.ts";
export type { FieldName } from "./type-table.ts";
export { FIELDS } from "./type-table.ts";
