/**
 * Loads the chunks of the built program as CommonJS modules, compiled by V8 in an earlier run.
 *
 * Parsing and compiling the program takes longer than all else before the guest's first instruction. Node keeps compiled
 * code itself from version 22.1 on (`module.enableCompileCache`), but only what is compiled when a file is loaded; here the
 * code is taken at the end of a run, so that functions first called in a boot are in it.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cachedDataVersionTag } from "node:v8";
import { Script } from "node:vm";
import type { CodeFolder } from "./code-file.ts";
import { digestOf } from "./code-file.ts";

/** As Node wraps a CommonJS module. */
const WRAPPER = ["(function (exports, require, module, __filename, __dirname) { ", "\n});"] as const;
/** Words of a command line that can tell what a run does: options, commands of ours, first words of console commands. */
const TELLING_WORD = /^-{0,2}[a-z][a-z-]{0,30}$/;
const MAX_WORDS = 200;

/** The words that tell two runs of different code from each other. */
export const tellingWords = (args: readonly string[]): string[] => [
  ...new Set(args.map((arg) => arg.split(" ", 1)[0]).filter((word) => TELLING_WORD.test(word))),
];

interface Chunk {
  script: Script;
  source: Buffer;
  /** Name of its code file. */
  name: string;
  /** Of the code it was loaded with; `undefined` when there was none. */
  words: readonly string[] | undefined;
}

type Require = (id: string) => unknown;

/**
 * Chunks that are loaded when something of theirs is asked for, as `import defer` of ECMAScript has it: what most runs need not.
 * They must be used by functions only, which rollup writes as `chunk.name`.
 */
const DEFERRED: ReadonlySet<string> = new Set(["./profile-schema.cjs", "./zod.cjs"]);

export class CodeLoader {
  private readonly folder: CodeFolder;
  private readonly nativeRequire: Require;
  private readonly exportsOf = new Map<string, { exports: unknown }>();
  private readonly chunks: Chunk[] = [];
  /** Of V8's version, flags and processor features: V8 refuses code of another tag, so each has files of its own. */
  private readonly versionTag = cachedDataVersionTag();

  constructor(folder: CodeFolder, nativeRequire: Require) {
    this.folder = folder;
    this.nativeRequire = nativeRequire;
  }

  /** What the chunk at `path` exports; the chunks beside it that it requires are loaded the same way. */
  load(path: string): unknown {
    const loaded = this.exportsOf.get(path);
    if (loaded !== undefined) return loaded.exports;
    const module: { exports: unknown } = { exports: {} };
    this.exportsOf.set(path, module);
    const folder = dirname(path);
    const require: Require = (id) => {
      if (!id.startsWith("./")) return this.nativeRequire(id);
      return DEFERRED.has(id) ? this.deferred(join(folder, id)) : this.load(join(folder, id));
    };
    const run = this.compile(path).runInThisContext() as (...values: unknown[]) => void;
    run.call(module.exports, module.exports, require, module, path, folder);
    return module.exports;
  }

  private deferred(path: string): unknown {
    return new Proxy({}, { get: (_, name) => (this.load(path) as Record<string | symbol, unknown>)[name] });
  }

  private compile(path: string): Script {
    const source = readFileSync(path);
    const name = digestOf([path, process.version, this.versionTag].join("\0")).toString("hex", 0, 12);
    const code = this.folder.read(name, source);
    const script = new Script(WRAPPER[0] + source.toString("utf8") + WRAPPER[1], {
      filename: path,
      columnOffset: -WRAPPER[0].length,
      cachedData: code?.data,
    });
    const isUsed = code !== undefined && script.cachedDataRejected === false;
    this.chunks.push({ script, source, name, words: isUsed ? code.words : undefined });
    return script;
  }

  /**
   * Writes the code of all chunks that lack it, or that have it of runs with other words only. What an earlier run
   * compiled is in the new code too, as it was loaded.
   */
  save(args: readonly string[]): void {
    // Flags were set during the run: V8 would refuse the code when it is loaded before they are.
    if (cachedDataVersionTag() !== this.versionTag) return;
    const words = tellingWords(args);
    for (const { script, source, name, words: known = [] } of this.chunks) {
      const all = [...new Set([...known, ...words])];
      const isNew = known.length === 0 || (all.length > known.length && all.length <= MAX_WORDS);
      if (isNew) this.folder.write(name, source, { data: script.createCachedData(), words: all });
    }
  }
}
