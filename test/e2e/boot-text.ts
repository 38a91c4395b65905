/** Boots the tests' guest and prints what its console shows up to the shell's prompt; a process of its own for speed. */
import { silentLogger } from "../../src/base/index.ts";
import { ConsoleWatch } from "../../src/main/console-watch.ts";
import { powerOn } from "../../src/main/power-on.ts";
import { BOARD } from "./program.ts";

const MAX_SLICES = 2_000;

const { board, machine, consolePort } = powerOn({
  board: BOARD,
  clock: "virtual",
  log: silentLogger(),
  env: process.env,
});
const watch = new ConsoleWatch();
watch.expect([board.profile.boot.readyPattern, board.profile.boot.shellPrompt]);
let text = "";
machine.hypervisor.findSerialPort(consolePort)?.observe((byte) => {
  watch.feed(byte);
  text += String.fromCharCode(byte);
});
machine.hypervisor.guests[0].kick();
for (let slice = 0; slice < MAX_SLICES && !watch.isMatched; slice++) machine.runSlice(100_000, { skipIdle: true });
process.stdout.write(text);
