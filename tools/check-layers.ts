/** Refuses imports that go up the table in `layers.json`, deep imports across folders, import cycles, and oversized files. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const sourceRoot = join(root, "src");
const table = JSON.parse(readFileSync(join(root, "tools/layers.json"), "utf8")) as Record<
  string,
  { rank: number; mayImport: string[] }
>;
const MAX_LINES = 400;

const listFiles = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? listFiles(path) : path.endsWith(".ts") ? [path] : [];
  });

/** The folder of the table that holds a source file: the longest key that is a prefix of its path. */
function folderOf(file: string): string {
  const path = relative(sourceRoot, file);
  const keys = Object.keys(table).filter((key) => path.startsWith(`${key}/`));
  const longest = keys.sort((a, b) => b.length - a.length)[0];
  if (longest === undefined) throw new Error(`${path}: its folder is not in tools/layers.json`);
  return longest;
}

const importPattern =
  /^(?:import|export)\s[^"']*?from\s+["']([^"']+)["']|^import\s+["']([^"']+)["']|\bimport\(["']([^"']+)["']\)/gm;

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(importPattern)]
    .map((match) => match[1] ?? match[2] ?? match[3])
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => resolve(dirname(file), specifier));
}

const problems: string[] = [];
const graph = new Map<string, string[]>();
for (const file of listFiles(sourceRoot)) {
  const from = folderOf(file);
  const targets = importsOf(file).filter((target) => target.startsWith(sourceRoot));
  graph.set(file, targets);
  for (const target of targets) {
    const to = folderOf(target);
    if (to === from) continue;
    const { mayImport } = table[from];
    if (to !== "base" && !mayImport.includes(to) && !mayImport.includes("*")) {
      problems.push(`${relative(root, file)}: ${from} may not import ${to}`);
    }
    if (target !== join(sourceRoot, to, "index.ts")) {
      problems.push(`${relative(root, file)}: imports ${relative(root, target)} past the face ${to}/index.ts`);
    }
  }
  const lines = readFileSync(file, "utf8").split("\n").length;
  if (lines > MAX_LINES + 1 && !file.endsWith(".table.ts")) {
    problems.push(`${relative(root, file)}: ${lines} lines, at most ${MAX_LINES} (data tables are named *.table.ts)`);
  }
}

const state = new Map<string, "open" | "done">();
function findCycle(file: string, path: string[]): void {
  if (state.get(file) === "done") return;
  if (state.get(file) === "open") {
    problems.push(`cycle: ${[...path.slice(path.indexOf(file)), file].map((f) => relative(root, f)).join(" -> ")}`);
    return;
  }
  state.set(file, "open");
  for (const target of graph.get(file) ?? []) findCycle(target, [...path, file]);
  state.set(file, "done");
}
for (const file of graph.keys()) findCycle(file, []);

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.error(`layers: ${graph.size} files, no breach, no cycle`);
