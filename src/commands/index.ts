/** The console's commands. */
import type { Check } from "../ids/index.ts";
import { CommandManager } from "../shell/index.ts";
import { echo, help, reset, shutdown, sleep, version } from "./basic.ts";
import { chardev, stdio } from "./character-devices.ts";
import type { CommandContext } from "./context.ts";
import { devtree } from "./devtree.ts";
import { vdisplay } from "./display.ts";
import { guest } from "./guest.ts";
import { heap } from "./heap.ts";
import { host } from "./host.ts";
import { idsFamily } from "./ids.ts";
import { memory } from "./memory.ts";
import { snapshot } from "./snapshot.ts";
import { blockdev, vdisk } from "./storage.ts";
import { module, thread } from "./threads.ts";
import { vcpu } from "./vcpu.ts";
import { vserial } from "./vserial.ts";
import { wallclock } from "./wallclock.ts";

const families = [
  help,
  vdisplay,
  vdisk,
  module,
  wallclock,
  heap,
  stdio,
  chardev,
  thread,
  memory,
  guest,
  vcpu,
  devtree,
  host,
];

/** A manager with every command, in Xvisor's order; `ids` has the checks of `userChecks` too. */
export function createCommandManager(userChecks: readonly Check[] = []): CommandManager<CommandContext> {
  const manager = new CommandManager<CommandContext>({
    onRun: ({ hv, onCommand }, isRunning, { words, rest }) => {
      onCommand?.(rest === undefined ? words : [...words, rest], isRunning);
      hv.consoleTurn(isRunning);
    },
  });
  for (const family of families) manager.register(family);
  for (const family of [shutdown, reset, echo, sleep, version, vserial, blockdev, snapshot, idsFamily(userChecks)])
    manager.register(family);
  return manager;
}

export type {
  BaselineShelf,
  CommandContext,
  FindingsSink,
  GuestWaiter,
  SnapshotShelf,
  SnapshotSummary,
} from "./context.ts";
export { type KernelKnowledge, kernelOf, setKernelKnowledge } from "./guest-kernel.ts";
export { AnswerReader, keysOf, markFor, shellLineProblem, typedLine } from "./shell-answer.ts";
export { passesKeysOn, remoteFilter } from "./vserial.ts";
