/** `node tools/mutate-profiles.mjs [--count N] [--seed N] [--first N]`: the campaign of `mutate-profiles.ts` at full speed. */
import { runBundled } from "./bundle.mjs";

await runBundled("mutate-profiles");
