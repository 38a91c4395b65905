/** `npm test [-- VITEST ARGUMENTS]`: every gate of the project, in one exit code. */
import { join } from "node:path";
import { guests, prepare, root, run, say } from "./setup.mjs";

const node = process.execPath;
const inModules = (path) => join(root, "node_modules", path);

/** The tests come last, so that their own summary ends the output. */
const gates = [
  { title: "types", args: [inModules("typescript/bin/tsc"), "--noEmit"] },
  { title: "lint", args: [inModules("@biomejs/biome/bin/biome"), "check", "--error-on-warnings", "."] },
  { title: "layers", args: ["--import", "tsx", "tools/check-layers.ts"] },
  { title: "mirror", args: ["tools/check-mirror.mjs"] },
  { title: "tests", args: [inModules("vitest/vitest.mjs"), "run", ...process.argv.slice(2)] },
];

prepare();
for (const provide of Object.values(guests)) {
  const status = provide();
  if (status === 0) continue;
  say("The tests boot this guest, so they need it; nothing was tested.");
  process.exit(status);
}

const failed = [];
for (const { title, args } of gates) {
  const startMs = performance.now();
  say(`== ${title}`);
  const status = run(node, args);
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  if (status !== 0) say(`== ${title}: FAILED (${seconds} s)`);
  else if (title !== "tests") say(`== ${title}: good (${seconds} s)`);
  if (status === 130) process.exit(130);
  if (status !== 0) failed.push(title);
}
if (failed.length > 0) say(`Failed: ${failed.join(", ")}.`);
process.exit(failed.length === 0 ? 0 : 1);
