import { readFileSync } from "node:fs";
import json from "@rollup/plugin-json";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import esbuild from "rollup-plugin-esbuild";

/** As Xvisor's version line has it; `SOURCE_DATE_EPOCH` makes the build repeatable (reproducible-builds.org). */
function buildDate() {
  const { SOURCE_DATE_EPOCH } = process.env;
  const date = SOURCE_DATE_EPOCH === undefined ? new Date() : new Date(Number(SOURCE_DATE_EPOCH) * 1000);
  const [, day, month, year, time] = date.toUTCString().split(" ");
  return `${month} ${day} ${year} ${time}`;
}

const COPY = ".compiler.ts";

/**
 * Gives the compiler (src/arm/jit) a copy of the instruction semantics. The functions run with two kinds of operations,
 * the interpreter's and the compiler's; with a copy for each, V8 finds one kind at every call and inlines it.
 */
function semanticsForCompiler() {
  return {
    name: "semantics-for-compiler",
    async resolveId(source, importer = "") {
      const isFirst = importer.includes("/src/arm/jit/") && source.endsWith("/semantics/index.ts");
      const isWithin = importer.endsWith(COPY) && source.startsWith("./");
      if (!isFirst && !isWithin) return null;
      const resolved = await this.resolve(source, importer.replace(COPY, ".ts"), { skipSelf: true });
      return resolved === null ? null : resolved.id.replace(/\.ts$/, COPY);
    },
    load(id) {
      return id.endsWith(COPY) ? readFileSync(id.replace(COPY, ".ts"), "utf8") : null;
    },
  };
}

/** Everything of ours in one file; npm dependencies stay outside, loaded from node_modules. */
export default {
  input: "src/main/komainu.ts",
  output: {
    file: "dist/komainu.js",
    format: "es",
    sourcemap: true,
    banner: "#!/usr/bin/env node",
    inlineDynamicImports: true,
  },
  external: (id) => id.startsWith("node:") || id === "serialport",
  plugins: [
    semanticsForCompiler(),
    nodeResolve({ extensions: [".ts", ".js"] }),
    json(),
    esbuild({ target: "node20", define: { KOMAINU_BUILD_DATE: JSON.stringify(buildDate()) } }),
  ],
};
