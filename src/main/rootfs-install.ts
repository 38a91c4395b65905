/** The first boot of a new root file system: on its own board, with virtual time, until it says that it is done. */
import { assert, type Logger } from "../base/index.ts";
import type { InstallJob } from "../guest/index.ts";
import { PanicWatch } from "./panic-watch.ts";
import { powerOn } from "./power-on.ts";

/** Of the guest's time: many times what it takes. */
const LIMIT_NS = 7_200e9;
/** What a line of the guest's console may be long. */
const MAX_LINE_LENGTH = 4_096;

export interface InstallContext {
  readonly env: NodeJS.ProcessEnv;
  readonly log: Logger;
}

/** Returns when the last line that matters was printed, the guest cannot go on, or the signal was given. */
export async function installRootfs(job: InstallJob, { env, log }: InstallContext): Promise<void> {
  const { board, rootfs, card, init, onLine, signal } = job;
  const disk = { rootfs, disk: card, append: `init=${init}` };
  const powered = powerOn({ board, ...disk, clock: "virtual", translationCache: "on", log, env });
  const { machine, driver, consolePort, translations } = powered;
  const port = machine.hypervisor.findSerialPort(consolePort);
  assert(port !== undefined, `the guest has the port ${consolePort}`);
  const panic = new PanicWatch();
  let line = "";
  let isDone = false;
  port.observe((byte) => {
    panic.feed(byte);
    const character = String.fromCharCode(byte);
    if (character !== "\n" && line.length < MAX_LINE_LENGTH) line += character;
    else {
      isDone = onLine(line.trimEnd()) || isDone;
      line = "";
    }
    if (isDone || panic.isOver) machine.stop();
  });
  const [guest] = machine.hypervisor.guests;
  guest.kick();
  const isHalted = (): boolean => guest.vcpus.every((vcpu) => !vcpu.isRunnable && !vcpu.isWaiting);
  await driver.run({
    isDone: () => isDone || panic.isOver || isHalted() || signal?.aborted === true,
    untilNs: LIMIT_NS,
  });
  translations?.save();
}
