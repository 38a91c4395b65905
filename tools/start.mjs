/** `npm start [-- OPTIONS]`: from a fresh clone to the console; OPTIONS are those of `komainu run`. */
import { spawn } from "node:child_process";
import { buildGuest, prepare, program, say } from "./setup.mjs";

const BOARD = "versatilepb";
const options = process.argv.slice(2);

prepare();
const status = buildGuest(BOARD);
if (status !== 0) process.exit(status);

const komainu = spawn(process.execPath, ["--enable-source-maps", program, "run", BOARD, ...options], {
  stdio: "inherit",
});
// The terminal sends its signals to both processes; the console decides what they mean.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => komainu.kill(signal));
komainu.on("error", (error) => {
  say(`error: the console does not start: ${error.message}`);
  process.exit(3);
});
komainu.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
