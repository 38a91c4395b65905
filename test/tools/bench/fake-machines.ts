/** Programs that behave as the two machines do to their driver, for tests of the driver. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { GuestFiles } from "../../../tools/bench/guest-files.ts";

/** A serial console in front of the host's own `sh`: typed lines are echoed, line ends are CR LF. */
const QEMU = `
const { spawnSync } = require("node:child_process");
const show = (text) => process.stdout.write(text.replaceAll("\\n", "\\r\\n"));
const prompt = () => process.stdout.write("/ # \\x1b[6n");
if (process.env.FAKE_END === "panic") {
  show("Kernel panic - not syncing\\n");
  process.exit(4);
}
show("Linux version 6\\nkomainu: guest ready\\n\\n");
if (process.env.FAKE_END === "silent") setInterval(() => {}, 1000);
else prompt();
let typed = "";
process.stdin.on("data", (data) => {
  typed += data;
  if (!typed.endsWith("\\r")) return;
  show(typed.slice(0, -1).replace("\\x15", "") + "\\n");
  const { stdout } = spawnSync("sh", ["-c", typed.slice(0, -1).replace("\\x15", "")], { encoding: "utf8" });
  typed = "";
  show(stdout);
  prompt();
});
`;

/** Answers each command with the words of its own start, and counts 100 instructions more for each. */
const KOMAINU = `
const args = process.argv.slice(2);
if (args.includes("--help")) {
  console.log(process.env.FAKE_CACHE === "yes" ? "  --translation-cache <folder> --boot-cache <where>" : "  --json");
  process.exit(0);
}
const commands = args.slice(args.indexOf("fakeboard") + 1);
const cache = process.env.XDG_CACHE_HOME;
const phases = [{ name: "load", instructions: 0 }, { name: "boot", instructions: 4000 }];
commands.forEach((command, i) => {
  const isShell = command.startsWith("vserial exec guest0/uart0 ");
  const output = command.endsWith("show") ? JSON.stringify({ args, cache }) : "done\\n";
  const status = command.endsWith("false") ? 1 : 0;
  const code = process.env.FAKE_END === "fail" && isShell ? -5 : status;
  const data = isShell ? { output, status } : undefined;
  phases.push({ name: command, instructions: 100 * i });
  console.log(JSON.stringify({ schema: "komainu.exec/1", command, code, text: output, data }));
});
console.error("WARNING: something about uart0");
console.error(JSON.stringify({ schema: "komainu.stats/1", phases }));
`;

export const fakeGuestFiles: GuestFiles = {
  board: "fakeboard",
  kernel: "/guest/zImage",
  deviceTree: "/guest/board.dtb",
  initrd: "/guest/initrd.cpio.gz",
  commandLine: "console=ttyAMA0 rdinit=/init",
  machine: "fakemachine",
  machineMegabytes: 96,
  machineCommandLine: "console=ttyAMA0 rdinit=/init initcall_blacklist=broken",
  readyPattern: "komainu: guest ready",
  shellPrompt: "(?:^|[\\r\\n])(?:~|/[^\\s]*) # $",
  identity: "fake",
};

/** An executable in `folder`. */
export function fakeQemu(folder: string): string {
  const path = join(folder, "qemu");
  writeFileSync(path, `#!${process.execPath}\n${QEMU}`);
  chmodSync(path, 0o755);
  return path;
}

/** A script for Node in `folder`. */
export function fakeKomainu(folder: string): string {
  const path = join(folder, "komainu.cjs");
  writeFileSync(path, KOMAINU);
  return path;
}
