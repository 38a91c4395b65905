/** What the compiler asks of V8 before it makes its first module; the program's start asks the same. */
export { enableBranchHints } from "../../base/index.ts";
