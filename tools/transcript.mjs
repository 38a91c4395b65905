/**
 * `node tools/transcript.mjs [exec] [console] [tests]`: runs what the README shows and puts the captured text into it.
 *
 * Nothing is edited but this: lines left out are counted in brackets, keys without an echo are named in brackets, the
 * home folder is shown as `~`, the checkout as `~/komainu`.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fail, prepare, root, say } from "./setup.mjs";
import { Terminal } from "./terminal.mjs";
import { terminalSvg } from "./transcript-svg.mjs";

const readme = join(root, "README.md");
const HYPERVISOR_PROMPT = /^XVisor#$/;
const GUEST_PROMPT = /^\[guest0\/uart0\] (?:~|\/\S*) #$/;

/** What is typed, what ends the answer, how many lines of the answer are kept at its start and end. */
const session = [
  { typed: "guest kick guest0", until: HYPERVISOR_PROMPT },
  { typed: "vserial bind guest0/uart0", until: GUEST_PROMPT, keep: [5, 4], picture: [2, 3] },
  { typed: "cat /proc/version", until: GUEST_PROMPT },
  { typed: "sleep 1000 &", until: GUEST_PROMPT },
  { typed: "ps | tail -n 4", until: GUEST_PROMPT },
  { keys: ["Escape", "x", "q"], shown: "[ESC x q]", until: HYPERVISOR_PROMPT },
  { typed: "ids banner", until: HYPERVISOR_PROMPT },
  { typed: "ids plist", until: HYPERVISOR_PROMPT, keep: [7, 5], picture: [4, 4] },
  { typed: "ids syscall", until: HYPERVISOR_PROMPT, keep: [6, 2], picture: [4, 1] },
  { typed: "guest region guest0 0x10000", until: HYPERVISOR_PROMPT, keep: [10, 2], picture: "none" },
  { typed: "vcpu list", until: HYPERVISOR_PROMPT, picture: "none" },
  { typed: "host ram info", until: HYPERVISOR_PROMPT, picture: "none" },
  { typed: "shutdown", picture: "none" },
];

const run = "node dist/komainu.js";
const examples = [
  `${run} exec "ids banner" "vserial exec guest0/uart0 cat /proc/version"; echo "exit code $?"`,
  `${run} exec "vserial exec guest0/uart0 ls /nosuch" 2>/dev/null; echo "exit code $?"`,
  `${run} exec "idz plist"; echo "exit code $?"`,
  `${run} exec --kernel nosuch "ids plist"; echo "exit code $?"`,
  `${run} exec --json "ids banner" 2>/dev/null`,
  `${run} exec --json "ids plist" 2>/dev/null | grep -o '"pid":[0-9]*,"name":"[^"]*"' | tail -n 3`,
];

const withoutHome = (line) => line.replaceAll(root, "~/komainu").replaceAll(homedir(), "~");

/** The first and last lines of `lines`, with a note for what is between. */
function shorten(lines, [first, last] = [Infinity, 0]) {
  const left = lines.length - first - last;
  if (left <= 1) return lines;
  return [...lines.slice(0, first), `[... ${left} lines ...]`, ...lines.slice(lines.length - last)];
}

async function runConsole() {
  const terminal = new Terminal();
  const words = ["env", "npm_config_loglevel=error", "npm_config_update_notifier=false", "npm", "start"];
  terminal.start(words, root);
  try {
    await terminal.waitFor(HYPERVISOR_PROMPT);
    const start = ["$ npm start", ...terminal.take()].map(withoutHome);
    const text = [...start];
    const picture = start.slice(start.findIndex((line) => line.includes("guest0: Created")));
    for (const step of session) {
      if (step.typed !== undefined) {
        terminal.type(step.typed);
        terminal.press("Enter");
      } else terminal.press(...step.keys);
      if (step.until === undefined) await terminal.waitForEnd();
      else await terminal.waitFor(step.until);
      // The line that was typed comes first and is never left out.
      const [echoed = "", ...answer] = terminal.take({ isLast: step.until === undefined });
      const line = step.shown === undefined ? echoed : `${echoed} ${step.shown}`;
      text.push(line, ...shorten(answer, step.keep));
      if (step.picture !== "none") picture.push(line, ...shorten(answer, step.picture ?? step.keep));
    }
    return { text, picture };
  } finally {
    terminal.close();
  }
}

/** Runs a shell line as a person in the checkout would; both output streams, in the order in which they came. */
function runExample(line) {
  const { stdout } = spawnSync("sh", ["-c", `{ ${line}; } 2>&1`], { cwd: root, encoding: "utf8" });
  return [`$ ${line}`, ...stdout.trimEnd().split("\n").map(withoutHome), ""];
}

/** The gates' own lines and the test runner's summary; a failed run is shown here and never put into the README. */
function runTests() {
  const { status, stdout } = spawnSync("sh", ["-c", "npm test 2>&1"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const plain = stdout.replace(/\x1b\[[0-9;]*m/g, "");
  const shown = /^(== .*|layers: .*|mirror: .*|All good\.|Failed: .*| +(Test Files|Tests|Start at|Duration) .*)$/;
  const lines = ["$ npm test", ...plain.split("\n").filter((line) => shown.test(line))];
  if (status !== 0) fail(`npm test failed:\n${lines.join("\n")}`, 1);
  return lines;
}

/** Replaces what stands between the two marks of `name`. */
function putIntoReadme(name, lines) {
  const text = readFileSync(readme, "utf8");
  const [begin, end] = [`<!-- begin ${name} -->\n`, `<!-- end ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from)
    throw new Error(`expected the marks "${begin.trim()}" and "${end}" in README.md, found none`);
  const block = ["```text", ...lines, "```", ""].join("\n");
  writeFileSync(readme, text.slice(0, from + begin.length) + block + text.slice(to));
  say(`README.md: ${name}, ${lines.length} lines`);
}

const parts = {
  console: async () => {
    const { text, picture } = await runConsole();
    putIntoReadme("console", text);
    writeFileSync(join(root, "docs/console.svg"), terminalSvg(picture, "npm start"));
    say(`docs/console.svg: ${picture.length} lines`);
  },
  exec: () => {
    const lines = examples.flatMap(runExample);
    putIntoReadme("exec", lines.slice(0, -1));
  },
  tests: () => putIntoReadme("tests", runTests()),
};

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !(name in parts));
if (unknown !== undefined) {
  say(`expected ${Object.keys(parts).join(", ")}, found "${unknown}"`);
  process.exit(2);
}
prepare();
for (const name of asked.length > 0 ? asked : ["console", "exec"]) await parts[name]();
