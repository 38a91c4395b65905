export * from "./bits.ts";
export * from "./bytes.ts";
export * from "./clock.ts";
export * from "./error.ts";
export * from "./fifo.ts";
export * from "./log.ts";
export * from "./state.ts";
export * from "./status.ts";
