/** `node tools/detect.mjs [--only NAME] [--plain] ...`: the trials of `detect.ts` at full speed. */
import { runBundled } from "./bundle.mjs";

await runBundled("detect");
