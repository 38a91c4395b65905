/**
 * `npm start [-- [BOARD] OPTIONS]`: from a fresh clone to the console; the words are those of `komainu run`.
 *
 * The board's guest is fetched or built first, unless it is given file by file.
 */
import { spawn } from "node:child_process";
import { guests, prepare, program, say } from "./setup.mjs";

const words = process.argv.slice(2);
const isBoardNamed = words.length > 0 && !words[0].startsWith("-");
const [board, options] = isBoardNamed ? [words[0], words.slice(1)] : ["raspberrypi", words];
const isGiven = (option) => words.some((word) => word === option || word.startsWith(`${option}=`));
const isOwnGuest = ["--kernel", "--dtb", "--initrd"].every(isGiven);

prepare();
const status = isOwnGuest || !Object.hasOwn(guests, board) ? 0 : guests[board]();
if (status !== 0) process.exit(status);

const komainu = spawn(process.execPath, ["--enable-source-maps", program, "run", board, ...options], {
  stdio: "inherit",
});
// The terminal sends its signals to both processes; the console decides what they mean.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => komainu.kill(signal));
komainu.on("error", (error) => {
  say(`error: the console does not start: ${error.message}`);
  process.exit(3);
});
komainu.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
