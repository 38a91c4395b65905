/** The program that `dist/komainu.js` starts; `start.ts` loads it. */

import { main } from "./program.ts";
import { processIo } from "./program-io.ts";

// A reader that has seen enough (`komainu exec ... | head`) is no error of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

main(process.argv.slice(2), processIo()).then((exitCode) => {
  // What is still on its way to a pipe goes out before the end.
  process.stdout.write("", () => process.exit(exitCode));
});
