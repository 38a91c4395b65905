export { makeEarly } from "./early-memory.ts";
export * from "./guest-bus.ts";
export * from "./host-memory.ts";
export * from "./page-traps.ts";
export * from "./physical-source.ts";
