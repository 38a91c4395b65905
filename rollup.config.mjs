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
  external: (id) => !id.startsWith(".") && !id.startsWith("/") && !id.startsWith("\0"),
  plugins: [
    nodeResolve({ extensions: [".ts", ".js"] }),
    json(),
    esbuild({ target: "node20", define: { KOMAINU_BUILD_DATE: JSON.stringify(buildDate()) } }),
  ],
};
