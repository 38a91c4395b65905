/** `node tools/coverage.mjs [--board B] [--cases N]`: the coverage table of `coverage.ts`. */
import { runBundled } from "./bundle.mjs";

await runBundled("coverage");
