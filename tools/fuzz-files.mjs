import { runBundled } from "./bundle.mjs";

await runBundled("fuzz-files");
