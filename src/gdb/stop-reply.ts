/** What a debugger is told when the guest is held. GDB manual, E.3 "Stop Reply Packets". */
import { WatchKind } from "../arm/core/index.ts";
import type { StopReason } from "./run-control.ts";

/** The one thread there is: the guest's VCPU. */
export const THREAD = "1";

const SIGINT = "02";
const SIGTRAP = "05";

const watchNames: Record<WatchKind, string> = {
  [WatchKind.write]: "watch",
  [WatchKind.read]: "rwatch",
  [WatchKind.access]: "awatch",
};

/** A debugger that does not know of the kinds of breakpoints is not told of them. */
export function stopReply(
  reason: StopReason,
  { knowsKinds, isHardware }: { knowsKinds: boolean; isHardware: boolean },
): string {
  const thread = `thread:${THREAD};`;
  switch (reason.kind) {
    case "interrupted":
      return `T${SIGINT}${thread}`;
    case "history-begins":
      return `T${SIGTRAP}replaylog:begin;${thread}`;
    case "place":
      return `T${SIGTRAP}${knowsKinds ? `${isHardware ? "hwbreak" : "swbreak"}:;` : ""}${thread}`;
    case "watch":
      return `T${SIGTRAP}${watchNames[reason.watch.kind]}:${reason.watch.address.toString(16)};${thread}`;
    default:
      return `T${SIGTRAP}${thread}`;
  }
}
