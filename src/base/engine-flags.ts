/** What is asked of V8: by the compiler before its first module, and by the program at its start for its own code. */
import { setFlagsFromString } from "node:v8";

/** The flag is known up to this major version; those from 14 on have it set. */
const LAST_V8_WITH_FLAG = 13;

/**
 * Lets V8 read the branch hints of compiled regions (WebAssembly branch hinting proposal): ways out of a region, which
 * are rarely taken, then lie apart from the code that is. Without effect on what the code does.
 */
export function enableBranchHints(): void {
  if (Number.parseInt(process.versions.v8, 10) <= LAST_V8_WITH_FLAG)
    setFlagsFromString("--experimental-wasm-branch-hinting");
}

/**
 * Keeps V8 from forgetting the compiled code of functions that were not called for a while: those that run once at the
 * start, the bodies of all chunks among them, would be missing from the code that a run leaves to the next one.
 */
export function keepCompiledCode(): void {
  setFlagsFromString("--no-flush-bytecode");
}
