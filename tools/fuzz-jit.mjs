/** `node tools/fuzz-jit.mjs [--instructions N] [--seed N] [--program N]`: the fuzzer of `fuzz-jit.ts` at full speed. */
import { runBundled } from "./bundle.mjs";

await runBundled("fuzz-jit");
