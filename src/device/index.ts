export * from "./device.ts";
export * from "./registers.ts";
