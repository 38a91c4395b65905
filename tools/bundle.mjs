/**
 * Bundles a TypeScript tool into `node_modules/.cache` and runs it: unbundled imports slow the interpreter down.
 *
 * `--help` prints the comment that the tool's file begins with, which is where its options are described.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const USAGE_ERROR = 2;

/** What is wrong with a command line is an error in words, as `parseArgs` puts it. */
const banner = `process.on("uncaughtException", (error) => {
  const isUsage = String(error?.code).startsWith("ERR_PARSE_ARGS");
  console.error(isUsage ? "error: " + error.message + "\\n  --help tells what there is" : error);
  process.exit(isUsage ? ${USAGE_ERROR} : 1);
});`;

/** The text of the comment at the start of a source file. */
export function leadingComment(source) {
  const [, comment = ""] = /^\/\*\*([\s\S]*?)\*\//.exec(source) ?? [];
  const lines = comment.split("\n").map((line) => line.replace(/^ *\* ?/, "").trimEnd());
  return lines.join("\n").trim();
}

/** Runs `tools/<name>.ts` with the arguments of this process, in the project's folder; never returns. */
export async function runBundled(name) {
  const entry = join(root, `tools/${name}.ts`);
  const words = process.argv.slice(2);
  if (words.includes("--help") || words.includes("-h")) {
    console.log(leadingComment(readFileSync(entry, "utf8")));
    process.exit(0);
  }
  const folder = join(root, "node_modules/.cache/komainu");
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${name}.mjs`);
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    sourcemap: true,
    logLevel: "warning",
    banner: { js: banner },
  });
  const args = ["--enable-source-maps", outfile, ...words];
  const { status, error } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (error) throw error;
  process.exit(status ?? 1);
}
