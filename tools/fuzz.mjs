/** `node tools/fuzz.mjs [--cpu MODEL] [--cases N] [--seed N] [--case N]`: the fuzzer of `fuzz.ts` at full speed. */
import { runBundled } from "./bundle.mjs";

await runBundled("fuzz");
