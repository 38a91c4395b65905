/** `node tools/corrupt-memory.mjs [--rounds N] [--seed N] [--image FILE]`: `corrupt-memory.ts` at full speed. */
import { runBundled } from "./bundle.mjs";

await runBundled("corrupt-memory");
