/** `node tools/power-cut.mjs [--cuts N] [--seed N] [--board NAME] ...`: the power cuts of `power-cut.ts` at full speed. */
import { runBundled } from "./bundle.mjs";

await runBundled("power-cut");
