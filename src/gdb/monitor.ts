/** The debugger's `monitor` commands: what it has no packets for. */
import { guestHash } from "../vm/index.ts";
import type { RunControl } from "./run-control.ts";

const HELP = `monitor time      instructions and virtual time since power-on
monitor history   how far reverse commands can go back
monitor hash      a hash of the guest, all of it: equal where the guests are
monitor help      this text
`;

const seconds = (ns: number): string => `${(ns / 1e9).toFixed(6)} s`;

/** The text that the debugger shows. */
export function monitorCommand(command: string, { history, machine }: RunControl): string {
  const { now } = history;
  switch (command.trim()) {
    case "time":
      return `instruction ${now.instruction}, ${seconds(now.ns)}${history.isPast ? ", in the past" : ""}\n`;
    case "history":
      if (!history.isBegun) return "nothing is kept\n";
      return `back to instruction ${history.start.instruction}, ${seconds(history.start.ns)}; ${history.checkpointCount} checkpoints, ${(history.sizeBytes / 2 ** 20).toFixed(1)} MiB\n`;
    case "hash":
      return `${guestHash(machine)}\n`;
    case "help":
    case "":
      return HELP;
    default:
      return `no such command: ${command.trim()}\n${HELP}`;
  }
}
