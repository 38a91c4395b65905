import { readFileSync } from "node:fs";
import json from "@rollup/plugin-json";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { build } from "esbuild";
import esbuild from "rollup-plugin-esbuild";

const TARGET = "node20";

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

/** commander asks for Node's child_process, which takes 5 ms to load, for commands in files of their own: there are none. */
const withoutChildProcess = {
  name: "without-child-process",
  setup({ onResolve, onLoad }) {
    const namespace = "no-child-process";
    onResolve({ filter: /^node:child_process$/ }, () => ({ path: "child_process", namespace }));
    onLoad({ filter: /./, namespace }, () => ({
      contents: 'exports.spawn = () => { throw new Error("assertion failed: no command is a program of its own"); };',
    }));
  },
};

/** These packages are CommonJS, which rollup does not read: esbuild makes modules of them. */
const commonJs = { commander: "Command, CommanderError, Option", ws: "WebSocket, WebSocketServer" };

function commonJsPackages() {
  return {
    name: "common-js",
    resolveId: (source) => (source in commonJs ? `\0${source}` : null),
    async load(loaded) {
      const name = loaded.slice(1);
      if (loaded[0] !== "\0" || !(name in commonJs)) return null;
      const plugins = name === "commander" ? [withoutChildProcess] : [];
      const stdin = { contents: `export { ${commonJs[name]} } from "${name}";`, resolveDir: import.meta.dirname };
      const { outputFiles } = await build({
        ...moduleOptions,
        external: optionalParts,
        stdin,
        format: "esm",
        banner,
        plugins,
      });
      return outputFiles[0].text;
    },
  };
}

/** What ws uses where somebody has installed it. */
const optionalParts = ["bufferutil", "utf-8-validate"];
/** esbuild leaves `require` of Node's own modules in a package that rollup makes CommonJS again. */
const banner = { js: 'import { createRequire } from "node:module"; const require = createRequire("file:///");' };

const moduleOptions = { bundle: true, write: false, platform: "node", target: TARGET, logLevel: "warning" };

/** `komainu.js`, which loads the program; in a file of its own, because it decides how the program is loaded. */
function start() {
  const entry = "src/main/start.ts";
  return {
    name: "start",
    buildStart() {
      this.addWatchFile(entry);
    },
    async generateBundle() {
      // The folder's files are CommonJS, whatever the package's own are: Node starts them without its module loader.
      const define = { "import.meta.url": "entryUrl" };
      const banner = { js: 'const entryUrl = require("node:url").pathToFileURL(__filename).href;' };
      const { outputFiles } = await build({ ...moduleOptions, entryPoints: [entry], format: "cjs", define, banner });
      const source = `#!/usr/bin/env node\n${outputFiles[0].text}`;
      this.emitFile({ type: "asset", fileName: "komainu.js", source });
      this.emitFile({ type: "asset", fileName: "package.json", source: '{ "type": "commonjs" }\n' });
    },
  };
}

/** The templates of the template interpreter (src/arm/jit), so that no start has to make them. */
function templates() {
  const entry = "tools/template-programs.ts";
  return {
    name: "templates",
    async generateBundle() {
      const { outputFiles } = await build({ ...moduleOptions, entryPoints: [entry], format: "esm" });
      const code = Buffer.from(outputFiles[0].text).toString("base64");
      const { templateFiles } = await import(`data:text/javascript;base64,${code}`);
      for (const file of templateFiles) this.emitFile({ type: "asset", ...file });
    },
  };
}

/** The boards that come with the program, checked, so that no start has to. */
function checkedProfiles() {
  const entry = "tools/checked-profiles.ts";
  return {
    name: "checked-profiles",
    async generateBundle() {
      const { outputFiles } = await build({ ...moduleOptions, entryPoints: [entry], format: "esm", banner });
      const code = Buffer.from(outputFiles[0].text).toString("base64");
      const { checkedProfilesFile } = await import(`data:text/javascript;base64,${code}`);
      this.emitFile({ type: "asset", ...checkedProfilesFile("boards") });
    },
  };
}

/** The types of `komainu/testing`, and the module that gives its matchers to vitest. */
function testing() {
  const types = "src/main/testing-types.ts";
  const values = "export declare const Board: BoardFactory;\nexport declare const matchers: BoardMatchers;\n";
  return {
    name: "testing",
    buildStart() {
      this.addWatchFile(types);
    },
    generateBundle() {
      const emit = (fileName, source) => this.emitFile({ type: "asset", fileName, source });
      emit("testing.d.cts", `${readFileSync(types, "utf8")}\n${values}`);
      emit("testing-vitest.mjs", readFileSync("src/main/testing-vitest.mjs", "utf8"));
      emit("testing-vitest.d.mts", readFileSync("src/main/testing-vitest.d.mts", "utf8"));
    },
  };
}

/** The licenses of the npm packages whose code is in the program. */
function licenses() {
  return {
    name: "licenses",
    generateBundle() {
      const inside = [...this.getModuleIds()].map((id) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1]);
      const names = [...new Set([...Object.keys(commonJs), ...inside.filter((name) => name !== undefined)])].sort();
      const texts = names.map((name) => `== ${name}\n\n${readFileSync(`node_modules/${name}/LICENSE`, "utf8")}`);
      this.emitFile({ type: "asset", fileName: "THIRD-PARTY-LICENSES.txt", source: texts.join("\n") });
    },
  };
}

/**
 * The program in chunks that load what a command needs, npm dependencies included; `rollup -c -d FOLDER` builds another
 * copy. serialport is native and optional, so it stays in node_modules.
 */
export default {
  input: { program: "src/main/komainu.ts", testing: "src/main/testing.ts" },
  output: {
    dir: "dist",
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name].cjs",
    format: "cjs",
    sourcemap: true,
    dynamicImportInCjs: false,
    // Loaded when they are needed: see src/main/code-loader.ts.
    manualChunks: { zod: ["zod"], "profile-schema": ["src/board/profile-schema.ts"] },
  },
  onLog: (level, log, report) => {
    const isOfDependency = log.code === "CIRCULAR_DEPENDENCY" && log.ids?.every((id) => id.includes("/node_modules/"));
    if (!isOfDependency) report(level, log);
  },
  external: (id) => id.startsWith("node:") || id === "serialport" || id === "koffi",
  plugins: [
    semanticsForCompiler(),
    commonJsPackages(),
    nodeResolve({ extensions: [".ts", ".js"] }),
    json(),
    // Dependencies too: it takes the comments out.
    esbuild({ target: TARGET, exclude: [], define: { KOMAINU_BUILD_DATE: JSON.stringify(buildDate()) } }),
    start(),
    templates(),
    checkedProfiles(),
    testing(),
    licenses(),
  ],
};
