/**
 * `--boot-cache`: the machine at the first prompt of its guest's shell is kept on disk, and the next start of the same
 * board goes on from there.
 *
 * With virtual time a boot without input is a pure function of program, profile and images, so a run that skips it has
 * the same output, counts and state. A file that cannot be trusted is a boot that is executed, never an error.
 */
import { join } from "node:path";
import { assert, defaultCacheFolder, HvError, Logger, type LogRecord, type State } from "../base/index.ts";
import type { Board, Images } from "../board/index.ts";
import {
  type BootPlan,
  boardState,
  type Machine,
  restoreBoardState,
  usedPageRuns,
  type VirtualSerialPort,
} from "../vm/index.ts";
import type { CheckpointFile } from "./checkpoint-file.ts";
import { CheckpointFolder } from "./checkpoint-folder.ts";
import { checkpointKey } from "./checkpoint-key.ts";
import type { BootCacheOption, ClockKind } from "./options.ts";

/** The options that decide whether a boot may be skipped. */
export interface BootCacheChoice {
  readonly clock: ClockKind;
  readonly bootCache?: BootCacheOption;
  /** The virtual time that the boot may take. */
  readonly bootLimitNs?: number;
  readonly disk?: string;
  readonly blockDevice?: object;
  readonly faithfulBoot?: boolean;
  readonly restore?: string;
  readonly fromSnapshot?: string;
  readonly saveAt?: number;
  readonly profile?: boolean;
  readonly countRows?: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Logger;
}

/** What is booted. */
interface BootContent {
  readonly board: Board;
  readonly images: Images;
  /** Digest of a disk that nobody writes to, where there is one. */
  readonly disk?: string;
}

/** More than any boot prints; a guest that prints more is booted each time. */
const MAX_CONSOLE_BYTES = 2 ** 20;
const MAX_LOG_RECORDS = 10_000;

/** A boot is executed when it is what the user wants to see, or when it depends on more than its inputs. */
const isBootWanted = (options: BootCacheChoice): boolean =>
  options.clock !== "virtual" ||
  options.disk !== undefined ||
  options.blockDevice !== undefined ||
  options.faithfulBoot === true ||
  options.restore !== undefined ||
  options.fromSnapshot !== undefined ||
  options.saveAt !== undefined ||
  options.profile === true ||
  options.countRows === true;

interface Booted {
  readonly virtualNs: number;
  readonly commandLine: string;
  readonly notes: readonly string[];
  /** What the guest's console printed. */
  readonly console: Uint8Array;
  readonly log: readonly LogRecord[];
  readonly board: State;
}

export type NotedBootPlan = BootPlan & { readonly notes: readonly string[] };
export type MakeMachine = (boot: NotedBootPlan, options: { startsEmpty: boolean; log: Logger }) => Machine;

/** A boot plan that is made when somebody resets the guest: until then its command line and its notes are enough. */
function latePlan({ commandLine, notes }: Booted, plan: () => NotedBootPlan): NotedBootPlan {
  let made: NotedBootPlan | undefined;
  const whole = (): NotedBootPlan => {
    made ??= plan();
    return made;
  };
  return {
    commandLine,
    notes,
    get segments() {
      return whole().segments;
    },
    get entry() {
      return whole().entry;
    },
  };
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** One board's place in the cache: what is there to go on from, or what is to be put there. */
export class BootCache {
  private readonly folder: CheckpointFolder;
  private readonly path: string;
  private readonly log: Logger;
  private readonly limitNs: number;
  private booted: Booted | undefined;
  private boot: NotedBootPlan | undefined;
  private isRecording = false;
  private readonly records: LogRecord[] = [];
  private readonly printed: number[] = [];

  /** `undefined` when the boot is to be executed, and its end not kept. */
  static open(options: BootCacheChoice, content: BootContent): BootCache | undefined {
    const { bootCache = "off" } = options;
    if (bootCache === "off" || isBootWanted(options)) return undefined;
    return new BootCache(options, bootCache, content);
  }

  private constructor(
    { env, log, bootLimitNs = Number.POSITIVE_INFINITY }: BootCacheChoice,
    where: Exclude<BootCacheOption, "off">,
    { board: { profile }, images, disk }: BootContent,
  ) {
    const path = where === "on" ? join(defaultCacheFolder(env), "checkpoints") : where.folder;
    this.folder = new CheckpointFolder(path);
    this.path = this.folder.pathOf(profile.name, checkpointKey({ profile, images, disk }));
    this.log = log;
    this.limitNs = bootLimitNs;
  }

  /** The boot is skipped: `resume` brings the machine to its end. */
  get isRestored(): boolean {
    return this.booted !== undefined;
  }

  /** Makes the machine, with the RAM of a checkpoint where there is one, else with the guest loaded. */
  powerOn(plan: () => NotedBootPlan, make: MakeMachine): { machine: Machine; boot: NotedBootPlan } {
    return this.restore(plan, make) ?? this.load(plan, make);
  }

  private load(plan: () => NotedBootPlan, make: MakeMachine): { machine: Machine; boot: NotedBootPlan } {
    const boot = plan();
    this.boot = boot;
    const log = new Logger(this.log.source, (record) => {
      if (this.isRecording) this.records.push(record);
      this.log.pass(record);
    });
    return { machine: make(boot, { startsEmpty: false, log }), boot };
  }

  private restore(plan: () => NotedBootPlan, make: MakeMachine): { machine: Machine; boot: NotedBootPlan } | undefined {
    let file: CheckpointFile | undefined;
    try {
      file = this.folder.open(this.path);
      if (file === undefined) return undefined;
      const booted = file.state as unknown as Booted;
      // The boot would not come to its end: let it say so itself.
      if (booted.virtualNs >= this.limitNs) return undefined;
      const boot = latePlan(booted, plan);
      const machine = make(boot, { startsEmpty: true, log: this.log });
      file.readPages(machine.host.ram());
      this.booted = booted;
      this.folder.noteUse(this.path, Date.now());
      return { machine, boot };
    } catch (error) {
      // A guest that cannot be powered on, or a bug: the boot that is executed shows it again.
      if (!(error instanceof HvError) || error.code !== "checkpoint-unusable") throw error;
      this.log.warning(`${error.message}; the guest is booted instead`);
      return undefined;
    } finally {
      file?.close();
    }
  }

  /** Brings the machine to the prompt, and answers what the console printed on the way. */
  resume(machine: Machine): Uint8Array {
    const { booted, log } = this;
    if (booted === undefined) return new Uint8Array();
    restoreBoardState(machine, booted.board);
    log.recall(booted.log);
    return booted.console;
  }

  /** From here on, notes what the console and the log say; `keep` ends it. */
  record(port: VirtualSerialPort): void {
    this.isRecording = true;
    port.observe((byte) => {
      if (this.isRecording && this.printed.length <= MAX_CONSOLE_BYTES) this.printed.push(byte);
    });
  }

  /** The machine has come to the prompt: the next run goes on from here. */
  keep(machine: Machine): void {
    this.isRecording = false;
    const { folder, path, records, printed, boot } = this;
    assert(boot !== undefined, "a boot that was executed has a plan");
    if (printed.length > MAX_CONSOLE_BYTES || records.length > MAX_LOG_RECORDS) return;
    const state: State = {
      virtualNs: machine.timeline.nowNs(),
      commandLine: boot.commandLine,
      notes: [...boot.notes],
      console: Uint8Array.from(printed),
      log: records.map(({ level, source, message }) => ({ level, source, message })),
      board: boardState(machine),
    };
    try {
      folder.write(path, { state, ram: machine.host.ram(), runs: usedPageRuns(machine.host) });
      folder.prune(path, Date.now());
    } catch (error) {
      this.log.info(`the booted machine is not kept: ${reasonOf(error)}`);
    }
  }
}
