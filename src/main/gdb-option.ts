/** `--gdb PORT [--gdb-wait]`: a debugger's port on a machine, and its hand on the run loop. */
import type { Logger } from "../base/index.ts";
import { debuggeeOf, GdbServer, RunControl } from "../gdb/index.ts";
import type { Machine } from "../vm/index.ts";
import type { Drivable } from "./drive.ts";
import type { ProgramIo } from "./program-io.ts";

export interface GdbOptions {
  /** 0 takes a free port. */
  gdb?: number;
  /** The guest is held until a debugger lets it go on. */
  gdbWait?: boolean;
}

export class GdbOption {
  private readonly machine: Machine;
  private readonly options: GdbOptions;
  private readonly control: RunControl;
  private server: GdbServer | undefined;

  /** `onRestore` is told when the run goes back in time. */
  constructor(machine: Machine, options: GdbOptions, onRestore: () => void) {
    this.machine = machine;
    this.options = options;
    this.control = new RunControl(machine, { isHeld: options.gdbWait });
    this.control.history.onRestore = onRestore;
  }

  /** What the driver drives: the guest runs when the debugger lets it. */
  drivable(inner: Drivable): Drivable {
    const { control } = this;
    control.runMachine = (maxInstructions, options) => inner.runSlice(maxInstructions, options);
    return {
      ...inner,
      runSlice: (maxInstructions, options) => control.runSlice(maxInstructions, options),
      advanceTo: (toNs) => control.advanceTo(toNs),
      isHeld: () => control.isHeld,
    };
  }

  /** Opens the port, and says where it is. Throws `gdb-port-unusable`. */
  async listen(io: ProgramIo, { log, wake, kill }: { log: Logger; wake: () => void; kill: () => void }): Promise<void> {
    this.control.onResume = wake;
    this.server = new GdbServer(debuggeeOf(this.machine, this.control, kill), log.child("gdb"));
    const port = await this.server.start(this.options.gdb ?? 0);
    const held = this.options.gdbWait === true ? "; the guest waits for it" : "";
    io.err(`Debugger: gdb-multiarch -ex "target remote localhost:${port}"${held}\n`);
  }

  async stop(): Promise<void> {
    await this.server?.stop();
  }
}
