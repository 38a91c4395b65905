/** Runs a journal again: the same machine, every input at its own instruction, and the same end. */
import { guestHash, stateHash } from "../vm/index.ts";
import { ConsoleLog } from "./console-log.ts";
import { imagesDiffer, replayDiverged } from "./errors.ts";
import type { Journal, JournalEvent, Moment } from "./journal-format.ts";
import type { Pattern } from "./pattern.ts";
import type { PowerRig } from "./rig.ts";
import { RunningCommand, SessionInterrupted, turn } from "./session.ts";
import { Stage } from "./stage.ts";

export interface ReplayOptions {
  readonly power: PowerRig;
  /** The board as the journal has it, or where it was made ready. */
  readonly board: string;
  /** Ends the replay when the console has printed it. */
  readonly until?: Pattern;
  readonly onPrint?: (byte: number) => void;
  readonly isInterrupted?: () => boolean;
}

export interface ReplayResult {
  readonly end: "same" | "until";
  readonly stage: Stage;
  readonly moment: Moment;
}

const SLICE_INSTRUCTIONS = 400_000;

const momentText = ([instructions, ns]: Moment): string => `instruction ${instructions} at ${(ns / 1e9).toFixed(6)} s`;
const inputName = (event: JournalEvent): string => Object.keys(event).find((key) => key !== "at") ?? "event";

function compareImages(stage: Stage, { header }: Journal): void {
  const { images } = stage.identity;
  const wanted = header.images;
  for (const what of ["kernel", "deviceTree", "initrd", "rootfs"] as const) {
    if (images[what] !== wanted[what]) throw imagesDiffer(what, wanted[what] ?? "(none)", images[what] ?? "none");
  }
  wanted.overlays.forEach((overlay, i) => {
    if (images.overlays[i] !== overlay) throw imagesDiffer(`overlay ${i}`, overlay, images.overlays[i] ?? "none");
  });
}

class Replay {
  readonly stage: Stage;
  private readonly options: ReplayOptions;
  private readonly log: ConsoleLog;
  private running: RunningCommand | undefined;
  isUntil = false;

  constructor(stage: Stage, log: ConsoleLog, options: ReplayOptions) {
    this.stage = stage;
    this.log = log;
    this.options = options;
  }

  /** Lets the machine run to exactly this moment, or to the pattern that ends the replay. */
  async runTo(target: Moment, where: string): Promise<void> {
    const { machine } = this.stage;
    const [instructions, ns] = target;
    const alarm = machine.timeline.clock.timer("replay", () => machine.stop());
    alarm.arm(ns);
    for (;;) {
      const [now, nowNs] = this.stage.moment;
      if (this.isUntil || (now === instructions && nowNs === ns)) break;
      if (now > instructions || nowNs > ns) {
        throw replayDiverged(where, momentText(target), momentText(this.stage.moment));
      }
      const left = Math.min(SLICE_INSTRUCTIONS, Math.max(1, instructions - now));
      const { executed } = machine.runSlice(left, { skipIdle: true });
      if (executed === 0 && this.stage.moment[1] === nowNs && !this.isUntil) {
        throw replayDiverged(where, momentText(target), `a machine that stands still at ${momentText([now, nowNs])}`);
      }
      await turn();
      if (this.options.isInterrupted?.() === true) throw new SessionInterrupted("interrupted");
    }
    alarm.cancel();
    this.stage.settle();
  }

  async apply(event: JournalEvent): Promise<void> {
    if ("command" in event) {
      this.running = new RunningCommand(this.stage, event.command);
      await this.running.settle();
    } else if ("resume" in event) {
      if (this.running?.wait === undefined) throw replayDiverged("resume", "a console command that waits", "none");
      await this.running.resume(event.resume);
    } else if ("abandon" in event) {
      this.running = undefined;
    } else {
      await this.stage.apply(event);
    }
  }

  /** Whether the console has printed what ends the replay. */
  look(): void {
    const { until } = this.options;
    if (until === undefined || this.isUntil || !this.log.takeNew(until)) return;
    this.isUntil = true;
    this.stage.machine.stop();
  }

  compareEnd({ end }: Journal): void {
    const { byteCount, sha256 } = end.console;
    if (this.log.byteCount !== byteCount || this.log.digest() !== sha256) {
      throw replayDiverged("the console", `${byteCount} bytes with SHA-256 ${sha256}`, `${this.log.byteCount} others`);
    }
    const hashes = [
      [end.stateHash, stateHash, "machine"],
      [end.guestHash, guestHash, "guest"],
    ] as const;
    for (const [wanted, hashOf, what] of hashes) {
      if (wanted === undefined) continue;
      const hash = hashOf(this.stage.machine);
      if (hash !== wanted) throw replayDiverged("the end", `a ${what} with state ${wanted}`, hash);
    }
  }
}

/** Throws `replay-diverged` at the first input that cannot come where the journal has it, and when the end differs. */
export async function replayJournal(journal: Journal, options: ReplayOptions): Promise<ReplayResult> {
  const { header, events, end } = journal;
  const log = new ConsoleLog();
  const state: { replay?: Replay; consolePort?: string } = {};
  const feed = (port: string, byte: number): void => {
    state.consolePort ??= port;
    if (port !== state.consolePort) return;
    const isText = log.feed(byte, 0);
    options.onPrint?.(byte);
    if (isText) state.replay?.look();
  };
  const { append, rootfs, baudPacing, epochSeconds, start, diskBytes } = header;
  const request = { board: options.board, append, rootfs, baudPacing, epochSeconds, start, diskBytes };
  const stage = await Stage.open(options.power, request, feed);
  state.consolePort = stage.consolePort;
  compareImages(stage, journal);
  const [instructions, ns] = stage.moment;
  if (instructions !== header.begin[0] || ns !== header.begin[1]) {
    throw replayDiverged("the start", momentText(header.begin), momentText(stage.moment));
  }
  const replay = new Replay(stage, log, options);
  state.replay = replay;
  log.skip();
  for (const [i, event] of events.entries()) {
    await replay.runTo(event.at, `input ${i + 1} of ${events.length} (${inputName(event)})`);
    if (replay.isUntil) return { end: "until", stage, moment: stage.moment };
    await replay.apply(event);
  }
  await replay.runTo(end.end, "the end");
  if (replay.isUntil) return { end: "until", stage, moment: stage.moment };
  replay.compareEnd(journal);
  return { end: "same", stage, moment: stage.moment };
}
