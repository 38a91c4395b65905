/** Refuses a source module that has neither a test file of its name nor a line with a reason in `mirror-exempt.json`. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const exempt = JSON.parse(readFileSync(join(root, "tools/mirror-exempt.json"), "utf8"));

const listFiles = (folder) =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? listFiles(path) : [relative(root, path)];
  });

/** `*` stands for anything within a folder, `**` + `/` for any folders. */
function toPattern(glob) {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("**/", "\0")
    .replaceAll("*", "[^/]*")
    .replaceAll("\0", "(?:.*/)?");
  return new RegExp(`^${source}$`);
}

const rules = Object.entries(exempt).map(([glob, reason]) => ({ glob, reason, pattern: toPattern(glob), used: false }));
const problems = [];
let mirrored = 0;

for (const file of listFiles(join(root, "src")).filter((path) => path.endsWith(".ts"))) {
  const test = file.replace(/^src\//, "test/").replace(/\.ts$/, ".test.ts");
  const hasTest = existsSync(join(root, test));
  if (hasTest) mirrored++;
  const rule = rules.find(({ pattern }) => pattern.test(file));
  if (rule !== undefined && !(hasTest && rule.glob === file)) rule.used = true;
  if (!hasTest && rule === undefined) problems.push(`${file}: no ${test}, and no reason in tools/mirror-exempt.json`);
}
for (const { glob, reason, used } of rules) {
  if (!used) problems.push(`tools/mirror-exempt.json: "${glob}" is needed no more`);
  if (typeof reason !== "string" || reason.length < 10)
    problems.push(`tools/mirror-exempt.json: "${glob}" has no reason`);
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.error(`mirror: ${mirrored} modules with a test of their own`);
