/** Builds a board's guest without the command line of Komainu: `npx tsx tools/build-guest.ts [BOARD] [--verbose]`. */
import { HvError } from "../src/base/index.ts";
import { buildGuest, progressText } from "../src/guest/index.ts";

const args = process.argv.slice(2);
const abort = new AbortController();
process.once("SIGINT", () => abort.abort());
process.once("SIGTERM", () => abort.abort());

try {
  const guest = await buildGuest({
    board: args.find((arg) => !arg.startsWith("-")) ?? "versatilepb",
    signal: abort.signal,
    nowMs: () => performance.now(),
    onProgress: progressText({
      write: (text) => process.stderr.write(text),
      isTerminal: process.stderr.isTTY ?? false,
    }),
    onOutput: args.includes("--verbose") ? (line) => process.stderr.write(`${line}\n`) : undefined,
  });
  process.stdout.write(`${guest.folder}\n`);
} catch (error) {
  if (!(error instanceof HvError)) throw error;
  process.stderr.write(`\n${error.explain()}\n`);
  process.exitCode = error.exitCode;
}
