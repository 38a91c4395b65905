/**
 * `run --journal FILE`: every input of a run at the console, with the instruction and the virtual time at which it came,
 * so that `komainu replay FILE` gives the same run.
 *
 * A guest that waits goes on when an event of its own is due, in the replay as in the run. What the wall clock adds is the
 * time that passes between an input and the guest's next instruction, so that is an input, too. Commands are run again by the replay, so what they send is
 * not written down; `vserial bind` is none of them, its keys are.
 */
import { renameSync, rmSync, writeFileSync } from "node:fs";
import type { Logger } from "../base/index.ts";
import { type CommandContext, type GuestWaiter, passesKeysOn } from "../commands/index.ts";
import { ConsoleLog, JOURNAL_LIMITS, JOURNAL_SCHEMA, type Journal, journalText } from "../scenario/index.ts";
import { guestHash, type VirtualSerialPort } from "../vm/index.ts";
import type { Drivable } from "./drive.ts";
import { journalNeedsPlainStart } from "./errors.ts";
import type { PoweredBoard, PowerOptions } from "./power-on.ts";
import { identityOf } from "./prompt-rig.ts";
import { reportUnwritable } from "./scenario-errors.ts";
import { versionInfo } from "./version.ts";

type JournalEvent = Journal["events"][number];
type Input = JournalEvent extends infer E ? (E extends unknown ? Omit<E, "at"> : never) : never;

/** Options of which a journal does not have what they bring in. */
const FOREIGN = ["disk", "restore", "fromSnapshot", "gdb", "faithfulBoot", "checks"] as const;

/** Throws `journal-needs-plain-start` for a run that the journal alone could not repeat. */
export function checkJournalOptions(options: Partial<Record<(typeof FOREIGN)[number], unknown>>): void {
  const given = FOREIGN.filter((name) => options[name] !== undefined && options[name] !== false);
  if (given.length > 0) throw journalNeedsPlainStart(given);
}

/** Refuses a place that cannot be written to before the run, not after it. */
export function checkJournalPlace(path: string): void {
  try {
    writeFileSync(`${path}.partial`, "");
    rmSync(`${path}.partial`);
  } catch (error) {
    throw reportUnwritable(path, error);
  }
}

/** Sees what the driver does to the machine. */
export class DriveTap {
  /** Time is about to pass without instructions, to this moment. */
  onPass: (toNs: number) => void = () => {};
  /** The guest had its turn, and why that ended. */
  onSlice: (end: string) => void = () => {};

  readonly interpose = (inner: Drivable): Drivable => ({
    ...inner,
    runSlice: (maxInstructions, options) => {
      const report = inner.runSlice(maxInstructions, options);
      this.onSlice(report.end);
      return report;
    },
    advanceTo: (toNs) => {
      this.onPass(toNs);
      inner.advanceTo(toNs);
    },
  });
}

type RunFacts = Pick<PowerOptions, "append" | "rootfs" | "baudPacing">;

export class RunJournal {
  private readonly powered: PoweredBoard;
  private readonly header: Journal["header"];
  private readonly events: JournalEvent[] = [];
  private readonly log: Logger;
  private readonly printed = new ConsoleLog();
  private isCommandRepeated = false;
  /** The guest waits, or cannot run, and nothing has come since. */
  private isAtRest = false;
  private bridged: ReadonlySet<string> = new Set();
  private sizeCharacters = 0;
  private end: Journal["end"] | undefined;

  /** Of a machine that has not run yet. */
  constructor(
    powered: PoweredBoard,
    { append, rootfs, baudPacing }: RunFacts,
    { log, tap }: { log: Logger; tap: DriveTap },
  ) {
    this.powered = powered;
    this.log = log;
    tap.onSlice = (end) => {
      this.isAtRest = end === "idle" || end === "parked";
    };
    tap.onPass = (toNs) => this.passes(toNs);
    const { machine, board, consolePort } = powered;
    machine.hypervisor.findSerialPort(consolePort)?.observe((byte) => void this.printed.feed(byte, 0));
    this.header = {
      schema: JOURNAL_SCHEMA,
      program: { version: versionInfo.version },
      scenario: { name: `run ${board.profile.name}`, place: "console" },
      ...identityOf(powered),
      append,
      rootfs,
      baudPacing: baudPacing === true ? true : undefined,
      epochSeconds: machine.epochSeconds,
      start: "off",
      begin: this.moment,
    };
  }

  /** Hears what comes for the guest's ports; `bridged` are those that have an end of their own outside. */
  attach(bridged: ReadonlySet<string>): void {
    this.bridged = bridged;
    for (const port of this.powered.machine.hypervisor.serialPorts) {
      port.onSend = (bytes) => {
        if (!this.isRepeated(port)) this.note({ send: port.name, bytes: Buffer.from(bytes).toString("latin1") });
        return false;
      };
      port.onFarLine = (event) => {
        this.note({ line: port.name, event });
        return false;
      };
    }
  }

  /** Is told of each command of the console when it begins and when it ends. */
  readonly onCommand: NonNullable<CommandContext["onCommand"]> = (words, isRunning) => {
    this.isCommandRepeated = isRunning && !passesKeysOn(words);
    if (this.isCommandRepeated) this.note({ command: words.join(" ") });
  };

  /** What commands wait by: the end of each wait is an input. */
  waiter(inner: GuestWaiter): GuestWaiter {
    return {
      waitUntil: async (done, deadlineNs) => {
        const isDone = await inner.waitUntil(done, deadlineNs);
        if (this.isCommandRepeated) this.note({ resume: isDone });
        return isDone;
      },
    };
  }

  /** Writes the journal; the run is over. Throws `report-unwritable`. */
  finish(path: string): void {
    const end = this.end ?? this.endNow();
    const partial = `${path}.partial`;
    try {
      writeFileSync(partial, journalText({ header: this.header, events: this.events, end }));
      renameSync(partial, path);
    } catch (error) {
      rmSync(partial, { force: true });
      throw reportUnwritable(path, error);
    }
  }

  private get moment(): [number, number] {
    const { machine } = this.powered;
    return [machine.instructions(), machine.timeline.nowNs()];
  }

  /** What a command sends is sent again when the command is; a port with an end of its own gets nothing from commands. */
  private isRepeated({ name }: VirtualSerialPort): boolean {
    return this.isCommandRepeated && !this.bridged.has(name);
  }

  private passes(toNs: number): void {
    const { timeline } = this.powered.machine;
    // An alarm of the console's own stops time here, and is not there in the replay.
    const pass = Math.min(toNs, timeline.clock.nextDeadlineNs);
    if (!this.isAtRest && pass > timeline.nowNs()) this.note({ pass });
  }

  private note(input: Input): void {
    if (this.end !== undefined) return;
    this.isAtRest = false;
    // What is due happens before anything that comes from outside, as in the replay.
    this.powered.machine.timeline.clock.fireDue();
    const event = { at: this.moment, ...input } as JournalEvent;
    this.sizeCharacters += JSON.stringify(event).length + 1;
    const { maxEvents, maxCharacters } = JOURNAL_LIMITS;
    if (this.events.length < maxEvents && this.sizeCharacters < maxCharacters) {
      this.events.push(event);
      return;
    }
    this.end = this.endNow();
    this.log.warning(`the journal is full: it ends here, after ${this.events.length} inputs`);
  }

  private endNow(): Journal["end"] {
    const { machine } = this.powered;
    machine.timeline.clock.fireDue();
    const { byteCount } = this.printed;
    const console = { byteCount, sha256: this.printed.digest() };
    return { end: this.moment, guestHash: guestHash(machine), console };
  }
}
