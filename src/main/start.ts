/** `dist/komainu.js`: loads the program beside it, with compiled code of earlier runs unless something speaks against it. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultCacheFolder, enableBranchHints, keepCompiledCode } from "../base/index.ts";
import { CodeFolder } from "./code-file.ts";
import { CodeLoader } from "./code-loader.ts";
import { beginMachine } from "./machine-start.ts";

const here = fileURLToPath(import.meta.url);
const require = createRequire(here);
const program = join(dirname(here), "program.cjs");

// Node maps stack traces back to the sources, and counts coverage, only for what it loads itself.
const { NODE_DISABLE_COMPILE_CACHE, NODE_V8_COVERAGE } = process.env;
if (process.sourceMapsEnabled || NODE_DISABLE_COMPILE_CACHE !== undefined || NODE_V8_COVERAGE !== undefined) {
  require(program);
} else {
  // The machine's compiler sets this flag too; compiled code is good only for the flags it was written with.
  enableBranchHints();
  keepCompiledCode();
  const cache = defaultCacheFolder();
  const folders = { program: dirname(here), checkpoints: join(cache, "checkpoints") };
  const begun = beginMachine(process.argv.slice(2), folders);
  const loader = new CodeLoader(new CodeFolder(join(cache, "code")), require);
  // A run that failed may have done little of what its words say.
  process.on("exit", (exitCode) => {
    // Until here, so that the module's code is kept.
    void begun;
    if (exitCode === 0) loader.save(process.argv.slice(2));
  });
  loader.load(program);
}
