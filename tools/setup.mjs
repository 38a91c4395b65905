/** Set-up shared by `npm start` and `npm test`: Node version, npm packages, `dist/komainu.js`. Needs nothing but Node. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const program = join(root, "dist/komainu.js");

const packageJson = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const lockFile = join(root, "package-lock.json");
const installedLock = join(root, "node_modules/.package-lock.json");
const stampFile = join(root, "node_modules/.komainu-installed");
const bundler = join(root, "node_modules/rollup/dist/bin/rollup");

/** Everything of ours goes to standard error; standard output belongs to the guest. */
export const say = (text) => process.stderr.write(`${text}\n`);

/** Ends with a message and what to do. */
export function fail(message, exitCode = 3) {
  say(`error: ${message}`);
  process.exit(exitCode);
}

/** Runs a program with our streams; its exit code, or 128 + signal. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (result.error) fail(`${command} does not start: ${result.error.message}`);
  if (result.status !== null) return result.status;
  return result.signal === "SIGINT" ? 130 : 143;
}

function compareVersions(a, b) {
  const parts = (version) => version.split(".").map(Number);
  const [x, y] = [parts(a), parts(b)];
  const i = [0, 1, 2].find((index) => x[index] !== y[index]);
  return i === undefined ? 0 : x[i] - y[i];
}

export function checkNode() {
  const needed = packageJson.engines.node.replace(/^\D+/, "");
  if (compareVersions(process.versions.node, needed) >= 0) return;
  fail(`Komainu needs Node ${needed} or newer, found ${process.versions.node}; see https://nodejs.org/en/download`);
}

const lockHash = () => createHash("sha256").update(readFileSync(lockFile)).digest("hex");

function isInstalled(hash) {
  if (!existsSync(installedLock) || !existsSync(bundler)) return false;
  if (existsSync(stampFile)) return readFileSync(stampFile, "utf8") === hash;
  // Installed by hand: believe it when that was after the last change of the lock file.
  return statSync(installedLock).mtimeMs >= statSync(lockFile).mtimeMs;
}

/** `npm ci`, when the packages are missing or the lock file changed. */
export function install() {
  const hash = lockHash();
  if (!isInstalled(hash)) {
    say("Installing npm packages (about half a minute) ...");
    const status = run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { stdio: ["ignore", 2, 2] });
    if (status !== 0) fail("npm ci failed, see above; it needs the network the first time");
  }
  if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== hash) writeFileSync(stampFile, hash);
}

/** The newest change below `path`, in ms. */
function newestChange(path) {
  const status = statSync(path);
  if (!status.isDirectory()) return status.mtimeMs;
  return Math.max(status.mtimeMs, ...readdirSync(path).map((name) => newestChange(join(path, name))));
}

/** `dist/komainu.js`, when a source is newer than it. */
export function build() {
  const sources = ["src", "rollup.config.mjs", "package.json", "package-lock.json"].map((name) => join(root, name));
  if (existsSync(program) && statSync(program).mtimeMs >= Math.max(...sources.map(newestChange))) return;
  say("Building dist/komainu.js ...");
  if (run(process.execPath, [bundler, "-c", "--silent"], { stdio: ["ignore", 2, 2] }) !== 0)
    fail("the build failed", 1);
}

/** Everything up to a program that runs. */
export function prepare() {
  checkNode();
  install();
  build();
}

const guestCommand = (verb, board) =>
  run(process.execPath, [program, "guest", verb, board], { stdio: ["ignore", 2, 2] });

/**
 * How each board's guest comes into the cache when it is not there; shows its own progress. What is fetched comes first: it
 * takes seconds, and a machine that cannot fetch it says so before the long build.
 */
export const guests = {
  raspberrypi: () => guestCommand("fetch", "raspberrypi"),
  versatilepb: () => guestCommand("build", "versatilepb"),
};
