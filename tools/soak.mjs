/** `node tools/soak.mjs [--seconds N] [--engine NAME]`: the long run of `soak.ts` at full speed. */
import { runBundled } from "./bundle.mjs";

await runBundled("soak");
