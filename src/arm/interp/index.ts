export { Interpreter } from "./interpreter.ts";
export type { ExceptionCounts } from "./system-ops.ts";
