import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CodeFolder, digestOf } from "../../src/main/code-file.ts";
import { CodeLoader, tellingWords } from "../../src/main/code-loader.ts";

interface Exports {
  add(a: number, b: number): number;
  fail(): void;
  here: string[];
  base: string;
}

const program = (operator: string) => `"use strict";
const other = require("./other.cjs");
exports.base = require("node:path").basename(__filename);
exports.add = (a, b) => other.note(a ${operator} b);
exports.fail = () => { throw new Error("failed"); };
exports.here = [__filename, __dirname];
`;

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "komainu-loader-"));
  mkdirSync(join(root, "dist"));
  writeFileSync(join(root, "dist/program.cjs"), program("+"));
  writeFileSync(
    join(root, "dist/other.cjs"),
    "exports.loads = (globalThis.loads ?? 0) + 1; exports.note = (x) => x;\n",
  );
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const path = () => join(root, "dist/program.cjs");
const files = () => readdirSync(join(root, "code")).map((name) => join(root, "code", name));

function load() {
  const loader = new CodeLoader(new CodeFolder(join(root, "code")), createRequire(import.meta.url));
  return { loader, exports: loader.load(path()) as Exports };
}

describe("loading the program's chunks", () => {
  it("is as Node loads CommonJS modules, with places in stack traces", () => {
    const { exports, loader } = load();
    expect(exports.add(2, 3)).toBe(5);
    expect(exports.base).toBe("program.cjs");
    expect(exports.here).toEqual([path(), join(root, "dist")]);
    expect(loader.load(path())).toBe(exports);
    expect(exports.fail).toThrow("failed");
    try {
      exports.fail();
    } catch (error) {
      expect((error as Error).stack).toContain(`${path()}:5:30`);
    }
  });

  it("leaves a chunk that most runs need not until something of it is asked for", () => {
    writeFileSync(join(root, "dist/zod.cjs"), "globalThis.zodLoads = (globalThis.zodLoads ?? 0) + 1; exports.z = 7;\n");
    writeFileSync(join(root, "dist/program.cjs"), 'const zod = require("./zod.cjs"); exports.z = () => zod.z;\n');
    const loads = () => (globalThis as { zodLoads?: number }).zodLoads ?? 0;
    const { exports } = load() as unknown as { exports: { z(): number } };
    const before = loads();
    expect([exports.z(), exports.z()]).toEqual([7, 7]);
    expect(loads() - before).toBe(1);
    expect(before).toBe(0);
  });

  it("takes the code of the run before, and writes no more", () => {
    const first = load();
    first.exports.add(1, 1);
    first.loader.save(["exec"]);
    const times = files().map((file) => statSync(file, { bigint: true }).mtimeNs);
    expect(times).toHaveLength(2);
    const second = load();
    expect(second.exports.add(2, 3)).toBe(5);
    second.loader.save(["exec"]);
    expect(files().map((file) => statSync(file, { bigint: true }).mtimeNs)).toEqual(times);
  });

  it("writes again after a run with words that are new", () => {
    const first = load();
    first.loader.save(["exec", "a b"]);
    const second = load();
    second.exports.add(1, 1);
    second.loader.save(["run", "/dev/ttyS0"]);
    const text = readFileSync(files()[0], "latin1");
    expect(text).toContain("exec a run");
  });

  it("executes a changed source, though V8 would take the old code for it", () => {
    const first = load();
    expect(first.exports.add(7, 3)).toBe(10);
    first.loader.save(["exec"]);
    writeFileSync(path(), program("-"));
    expect(load().exports.add(7, 3)).toBe(4);
  });

  it("executes the source when the file holds what V8 refuses", () => {
    const first = load();
    first.loader.save(["exec"]);
    const folder = new CodeFolder(join(root, "code"));
    const source = readFileSync(path());
    for (const file of files()) {
      const name = file.slice(file.lastIndexOf("/") + 1, -".bin".length);
      folder.write(name, source, { data: Buffer.alloc(2000, 0x5a), words: ["exec"] });
    }
    expect(load().exports.add(2, 3)).toBe(5);
  });

  it("writes nothing when V8's flags were changed in between", () => {
    const { loader } = load();
    setFlagsFromString("--stack-trace-limit=11");
    loader.save(["exec"]);
    setFlagsFromString("--stack-trace-limit=10");
    expect(readdirSync(root)).not.toContain("code");
    loader.save(["exec"]);
    expect(files()).toHaveLength(2);
  });
});

describe("the words that tell runs apart", () => {
  it("are options, commands and the first words of console commands, not paths or values", () => {
    const args = ["exec", "versatilepb", "--engine", "jit", "ids plist", "ids banner", "/tmp/x.json", "5", "A=b"];
    expect(tellingWords(args)).toEqual(["exec", "versatilepb", "--engine", "jit", "ids"]);
  });
});

describe("digestOf", () => {
  it("is SHA-256", () => {
    expect(digestOf("a", Buffer.from("bc")).toString("hex")).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });
});
