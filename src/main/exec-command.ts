/** `komainu exec`: boots, waits for the guest's shell, runs console commands, powers off. */
import { closestName, ExitCode, Status } from "../base/index.ts";
import { type CommandContext, createCommandManager } from "../commands/index.ts";
import type { CommandManager, CommandOutcome, Console } from "../shell/index.ts";
import { type BaselineStore, baselineStore } from "./baseline-store.ts";
import { commandStalled, commandsMissing, commandTimedOut, consoleCommandUnknown, interrupted } from "./errors.ts";
import { FindingsFile } from "./findings-file.ts";
import { Interruption } from "./interruption.ts";
import { DEFAULT_ENGINE } from "./options.ts";
import { type PoweredBoard, type PowerOptions, powerOn } from "./power-on.ts";
import type { ProgramIo } from "./program-io.ts";
import { PromptBoot } from "./prompt-boot.ts";
import { RunStats } from "./run-stats.ts";
import { runTo, snapshotStore, stateLine } from "./snapshot-option.ts";
import { MachineShelf } from "./snapshot-shelf.ts";
import { StatusLine } from "./status-line.ts";
import type { SymbolsOption } from "./symbols-flag.ts";
import { kernelKnowledge } from "./symbols-option.ts";
import { userChecks } from "./user-checks.ts";

export interface ExecOptions extends PowerOptions {
  commands: readonly string[];
  json: boolean;
  stats: boolean;
  /** For the boot and for each command, in seconds of the guest's time. */
  timeoutSeconds: number;
  /** Shows how far the boot is; its `io` must be the one that the log writes to. */
  statusLine?: StatusLine;
  /** Folder with checks of the user's own. */
  checks?: string;
  symbols?: SymbolsOption;
  /** Where baselines are kept. */
  state?: string;
  /** Takes findings beside the console. */
  findings?: string;
  /** Run to this instruction and print the machine's state hash, instead of commands. */
  runTo?: number;
}

type Manager = CommandManager<CommandContext>;

/** Standard output as a console: nothing can be typed. */
export const outputConsole = (io: ProgramIo): Console => ({
  write: (text) => io.out(text),
  writeBytes: (bytes) => io.out(bytes),
  hasInput: false,
  readByte: () => Promise.resolve(undefined),
  pollByte: () => undefined,
  takeInterrupt: () => false,
});

/** Throws `console-command-unknown` before anything is booted. */
export function checkCommands(manager: Manager, lines: readonly string[]): void {
  if (lines.length === 0) throw commandsMissing();
  const known = manager.families.map(({ name }) => name);
  for (const { words } of lines.flatMap((line) => manager.parse(line))) {
    if (!known.includes(words[0])) throw consoleCommandUnknown(words[0], closestName(words[0], known));
  }
}

class Execution {
  private readonly io: ProgramIo;
  private readonly options: ExecOptions;
  private readonly powered: PoweredBoard;
  private readonly manager: Manager;
  private readonly interruption: Interruption;
  private readonly prompt: PromptBoot;
  private readonly baselines: BaselineStore;
  private readonly findings: FindingsFile | undefined;

  constructor(io: ProgramIo, options: ExecOptions, manager: Manager, interruption: Interruption) {
    this.io = io;
    this.options = options;
    this.manager = manager;
    this.interruption = interruption;
    this.baselines = baselineStore(options);
    const bootCache = options.runTo === undefined && options.gdbWait !== true ? options.bootCache : "off";
    this.powered = powerOn({ ...options, bootCache, bootLimitNs: options.timeoutSeconds * 1e9 });
    this.findings = options.findings === undefined ? undefined : new FindingsFile(options.findings);
    const { timeoutSeconds, statusLine = new StatusLine(io) } = options;
    const isInterrupted = () => interruption.isRequested;
    this.prompt = new PromptBoot(this.powered, { timeoutSeconds, isInterrupted, statusLine });
  }

  get counters() {
    const { machine } = this.powered;
    return {
      instructions: machine.instructions(),
      virtualNs: machine.timeline.nowNs(),
      wallNs: Number(process.hrtime.bigint()),
    };
  }

  private get deadlineNs(): number {
    return this.powered.machine.timeline.nowNs() + this.options.timeoutSeconds * 1e9;
  }

  /** The boot was skipped. */
  get isRestored(): boolean {
    return this.prompt.isRestored;
  }

  /** Brings the guest to its shell's prompt. */
  boot(): Promise<void> {
    return this.prompt.run();
  }

  /** `--run-to`: no commands; the line with the state hash is all there is to say. */
  async runTo(instruction: number): Promise<void> {
    const { machine, snapshot } = this.powered;
    this.prompt.start();
    await runTo(machine, snapshot, { runTo: instruction, isInterrupted: () => this.interruption.isRequested });
    if (this.interruption.isRequested) throw interrupted();
    this.io.err(`${stateLine(machine)}\n`);
  }

  /** `--gdb`: from here on a debugger can come; killing the guest from there is as an interrupt. */
  async openDebugger(): Promise<void> {
    const { driver, gdb } = this.powered;
    const wake = (): void => driver.wake();
    const kill = (): void => {
      this.interruption.request();
      driver.wake();
    };
    await gdb?.listen(this.io, { log: this.options.log, wake, kill });
  }

  async close(): Promise<void> {
    await this.powered.gdb?.stop();
    this.findings?.close();
  }

  finish(): void {
    this.powered.snapshot.finish(this.powered.machine);
    this.powered.translations?.save();
  }

  /** `--profile`: also of a run that failed. */
  reportProfile(): void {
    const { profile } = this.powered;
    if (profile !== undefined) this.io.err(profile.report(this.options));
  }

  /** The code of one line's first failing command; its output goes out as it comes, or with `--json` as a line a command. */
  async runLine(line: string): Promise<Status> {
    const { json } = this.options;
    const context = this.context();
    let code: Status | undefined;
    let failure: unknown;
    const running: Promise<Status> = json
      ? this.manager.collect(context, line).then((outcomes) => this.printJson(outcomes))
      : this.manager.execute(context, line);
    const settled = running.then(
      (status) => {
        code = status;
      },
      (error: unknown) => {
        failure = error;
        code = Status.fail;
      },
    );
    const { driver } = this.powered;
    const isDone = (): boolean => code !== undefined || this.prompt.panic.isOver || this.interruption.isRequested;
    const end = await driver.run({ isDone, untilNs: this.deadlineNs });
    if (this.interruption.isRequested) throw interrupted();
    if (code === undefined) this.prompt.throwWhenPanicked();
    if (end === "timeout") throw commandTimedOut(line, this.options.timeoutSeconds);
    if (end === "asleep") throw commandStalled(line);
    await settled;
    if (failure !== undefined) throw failure;
    return code ?? Status.ok;
  }

  private context(): CommandContext {
    const { machine, driver } = this.powered;
    const snapshots = new MachineShelf(snapshotStore(this.options.env), this.powered);
    return {
      console: outputConsole(this.io),
      hv: machine.hypervisor,
      manager: this.manager,
      waiter: driver,
      snapshots,
      baselines: this.baselines,
      findings: this.findings,
      nowMs: () => performance.now(),
    };
  }

  private printJson(outcomes: readonly CommandOutcome[]): Status {
    for (const outcome of outcomes) {
      this.io.out(`${JSON.stringify({ schema: "komainu.exec/1", ...outcome })}\n`);
    }
    return outcomes.find(({ code }) => code !== Status.ok)?.code ?? Status.ok;
  }

  /** `shutdown` or `reset` among the commands: what follows has no machine. */
  get isPoweredOff(): boolean {
    return this.powered.machine.powerRequest !== "none";
  }
}

/** Every command runs, whatever the ones before it did; the exit code is 1 when one failed. */
async function runAll(execution: Execution, lines: readonly string[], stats: RunStats): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.ok;
  await execution.boot();
  stats.end("boot");
  for (const line of lines) {
    if (execution.isPoweredOff) break;
    const code = await execution.runLine(line);
    stats.end(line);
    if (code !== Status.ok) exitCode = ExitCode.failed;
  }
  return exitCode;
}

export async function exec(io: ProgramIo, options: ExecOptions): Promise<ExitCode> {
  const manager = createCommandManager(userChecks(options.checks));
  const needsCommands = options.runTo === undefined && options.save === undefined;
  if (needsCommands || options.commands.length > 0) checkCommands(manager, options.commands);
  const knowledge = kernelKnowledge(options.symbols);
  const startNs = Number(process.hrtime.bigint());
  const interruption = new Interruption();
  interruption.listen();
  try {
    const execution = new Execution(io, { ...options, knowledge }, manager, interruption);
    const stats = new RunStats(() => execution.counters, { ...execution.counters, wallNs: startNs });
    stats.end("load");
    try {
      await execution.openDebugger();
      let exitCode: ExitCode = ExitCode.ok;
      if (options.runTo === undefined) exitCode = await runAll(execution, options.commands, stats);
      else await execution.runTo(options.runTo);
      if (options.runTo !== undefined) stats.end("run to");
      execution.finish();
      return exitCode;
    } finally {
      await execution.close();
      execution.reportProfile();
      const { clock, engine = DEFAULT_ENGINE } = options;
      const boot = execution.isRestored ? "restored" : undefined;
      if (options.stats) io.err(`${stats.toJson({ clock, engine, boot })}\n`);
    }
  } finally {
    interruption.stop();
  }
}
