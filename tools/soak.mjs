/** `node tools/soak.mjs [--board NAME] [--seconds N] [--engine NAME]`: the long run of `soak.ts` at full speed. */
import { runBundled } from "./bundle.mjs";

await runBundled("soak");
