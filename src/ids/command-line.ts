/** `ids cmdline`: what the boot loader told the kernel, as /proc/cmdline shows it. */
import type { Kernel } from "../linux/index.ts";
import type { Check, Observation } from "./check.ts";
import { cannotTell, row } from "./check.ts";

function* run(kernel: Kernel): Generator<Observation> {
  const text = kernel.commandLine();
  if (text === undefined) yield cannotTell("saved_command_line: what it points to is no text");
  else yield row({ text });
}

export const commandLine: Check = {
  id: "cmdline",
  title: "kernel command line",
  severity: "info",
  view: "the text that saved_command_line points to",
  cost: "about 10 loads",
  needs: ["saved_command_line"],
  columns: [{ name: "text", heading: "", type: "text" }],
  messages: {},
  run,
};
