export type { CodeRecords } from "./code-pages.ts";
export { Interpreter } from "./interpreter.ts";
export type { ExceptionCounts } from "./system-ops.ts";
