/** `node tools/boot-logs.mjs [--keep FOLDER]`: the comparison of `boot-logs.ts` at full speed. */
import { runBundled } from "./bundle.mjs";

await runBundled("boot-logs");
