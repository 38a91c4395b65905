/** `node tools/lockstep.mjs [OPTIONS]`: the lock-step run of `lockstep.ts` at full speed. */
import { runBundled } from "./bundle.mjs";

await runBundled("lockstep");
