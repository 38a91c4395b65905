/** Bundles a TypeScript tool into `node_modules/.cache` and runs it: unbundled imports slow the interpreter down. */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs `tools/<name>.ts` with the arguments of this process, in the project's folder; never returns. */
export async function runBundled(name) {
  const folder = join(root, "node_modules/.cache/komainu");
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${name}.mjs`);
  await build({
    entryPoints: [join(root, `tools/${name}.ts`)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    sourcemap: true,
    logLevel: "warning",
  });
  const args = ["--enable-source-maps", outfile, ...process.argv.slice(2)];
  const { status, error } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (error) throw error;
  process.exit(status ?? 1);
}
