/** `node tools/template-samples.mjs [OPTIONS]`: `template-samples.ts` at full speed. */
import { runBundled } from "./bundle.mjs";

await runBundled("template-samples");
