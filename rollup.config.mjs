import json from "@rollup/plugin-json";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import esbuild from "rollup-plugin-esbuild";

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
  plugins: [nodeResolve({ extensions: [".ts", ".js"] }), json(), esbuild({ target: "node20" })],
};
