/** `komainu exec`: boots, waits for the guest's shell, runs console commands, powers off. */
import { assert, closestName, ExitCode, Status } from "../base/index.ts";
import { type CommandContext, createCommandManager } from "../commands/index.ts";
import type { CommandManager, CommandOutcome, Console } from "../shell/index.ts";
import { type Guest, VcpuState, type VirtualSerialPort } from "../vm/index.ts";
import { ConsoleWatch } from "./console-watch.ts";
import {
  commandStalled,
  commandsMissing,
  commandTimedOut,
  consoleCommandUnknown,
  guestNotReady,
  guestPanicked,
  guestStopped,
  interrupted,
} from "./errors.ts";
import { Interruption } from "./interruption.ts";
import { DEFAULT_ENGINE } from "./options.ts";
import { PanicWatch } from "./panic-watch.ts";
import { type PoweredBoard, type PowerOptions, powerOn } from "./power-on.ts";
import type { ProgramIo } from "./program-io.ts";
import { RunStats } from "./run-stats.ts";
import { runTo, stateLine } from "./snapshot-option.ts";
import { StatusLine } from "./status-line.ts";
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
  /** Run to this instruction and print the machine's state hash, instead of commands. */
  runTo?: number;
}

type Manager = CommandManager<CommandContext>;

const CR = 0x0d;

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
  /** Everything the guest's console prints goes through both. */
  private readonly watch = new ConsoleWatch();
  private readonly panic = new PanicWatch();

  constructor(io: ProgramIo, options: ExecOptions, manager: Manager, interruption: Interruption) {
    this.io = io;
    this.options = options;
    this.manager = manager;
    this.interruption = interruption;
    const bootCache = options.runTo === undefined && options.gdbWait !== true ? options.bootCache : "off";
    this.powered = powerOn({ ...options, bootCache, bootLimitNs: options.timeoutSeconds * 1e9 });
    const { machine } = this.powered;
    this.consolePort.observe((byte) => {
      const wasMatched = this.watch.isMatched;
      this.watch.feed(byte);
      this.panic.feed(byte);
      if (wasMatched !== this.watch.isMatched || this.panic.isOver) machine.stop();
    });
  }

  private get consolePort(): VirtualSerialPort {
    const { machine, consolePort } = this.powered;
    const port = machine.hypervisor.findSerialPort(consolePort);
    assert(port !== undefined, `the guest has the port ${consolePort}`);
    return port;
  }

  get counters() {
    const { machine } = this.powered;
    return {
      instructions: machine.instructions(),
      virtualNs: machine.timeline.nowNs(),
      wallNs: Number(process.hrtime.bigint()),
    };
  }

  private get progress(): string {
    const { instructions, virtualNs } = this.counters;
    const done = `${(instructions / 1e6).toFixed(0)} M instructions, ${(virtualNs / 1e9).toFixed(2)} s of its time`;
    return `${this.powered.board.profile.name} boots: ${done}`;
  }

  private get deadlineNs(): number {
    return this.powered.machine.timeline.nowNs() + this.options.timeoutSeconds * 1e9;
  }

  /** Lets the guest go on from wherever it is; true when there is one that can. */
  private start(): Guest | undefined {
    const { machine, snapshot } = this.powered;
    const [guest] = machine.hypervisor.guests;
    // A restored guest goes on as it was: only one that was never started is kicked.
    if (!snapshot.isRestoring || guest?.vcpus.every(({ state }) => state === VcpuState.reset)) guest?.kick();
    return guest;
  }

  /** The boot was skipped. */
  get isRestored(): boolean {
    return this.powered.bootCache?.isRestored === true;
  }

  /** Kicks the guest and lets it run until its shell waits for a line, or goes on from where that was. */
  async boot(): Promise<void> {
    const { machine, bootCache } = this.powered;
    if (bootCache?.isRestored !== true) {
      bootCache?.record(this.consolePort);
      await this.executeBoot();
      if (this.panic.reason === undefined) bootCache?.keep(machine);
      return;
    }
    for (const byte of bootCache.resume(machine)) {
      this.watch.feed(byte);
      this.panic.feed(byte);
    }
  }

  private async executeBoot(): Promise<void> {
    const { board, snapshot } = this.powered;
    const { watch } = this;
    const { readyPattern, login, shellPrompt } = board.profile.boot;
    const hasLogin = login !== undefined && !snapshot.isRestoring;
    watch.expect(snapshot.isRestoring ? [shellPrompt] : [readyPattern, ...(hasLogin ? [] : [shellPrompt])]);
    const guest = this.start();
    // The prompt of a restored guest was printed before: an empty line gives another.
    if (snapshot.isRestoring) this.consolePort.send(Uint8Array.of(CR));
    await this.runUntilPrinted(guest);
    if (!hasLogin) return;
    watch.expect([shellPrompt]);
    this.consolePort.send(Buffer.from(`${login}\r`));
    await this.runUntilPrinted(guest);
  }

  /** Lets the guest run until its console has printed what the watch expects. */
  private async runUntilPrinted(guest: Guest | undefined): Promise<void> {
    const { machine, driver } = this.powered;
    const { watch, panic, interruption } = this;
    const isHalted = (): boolean => guest?.vcpus.every((vcpu) => !vcpu.isRunnable && !vcpu.isWaiting) !== false;
    const isDone = (): boolean => watch.isMatched || panic.isOver || interruption.isRequested || isHalted();
    const { statusLine = new StatusLine(this.io) } = this.options;
    const end = await statusLine.during(
      () => this.progress,
      () => driver.run({ isDone, untilNs: this.deadlineNs }),
    );
    if (interruption.isRequested) throw interrupted();
    if (watch.isMatched) return;
    this.throwWhenPanicked();
    const seconds = machine.timeline.nowNs() / 1e9;
    const unready = { pattern: watch.awaited, lastLines: watch.lastLines(), seconds };
    if (end === "timeout") throw guestNotReady(unready);
    throw guestStopped(unready, end === "asleep" ? "waits for ever" : "halted");
  }

  private throwWhenPanicked(): void {
    const { panic, watch, powered } = this;
    if (panic.reason === undefined) return;
    throw guestPanicked(panic.reason, watch.lastLines(), powered.machine.timeline.nowNs() / 1e9);
  }

  /** `--run-to`: no commands; the line with the state hash is all there is to say. */
  async runTo(instruction: number): Promise<void> {
    const { machine, snapshot } = this.powered;
    this.start();
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

  async closeDebugger(): Promise<void> {
    await this.powered.gdb?.stop();
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
    const isDone = (): boolean => code !== undefined || this.panic.isOver || this.interruption.isRequested;
    const end = await driver.run({ isDone, untilNs: this.deadlineNs });
    if (this.interruption.isRequested) throw interrupted();
    if (code === undefined) this.throwWhenPanicked();
    if (end === "timeout") throw commandTimedOut(line, this.options.timeoutSeconds);
    if (end === "asleep") throw commandStalled(line);
    await settled;
    if (failure !== undefined) throw failure;
    return code ?? Status.ok;
  }

  private context(): CommandContext {
    const { machine, driver } = this.powered;
    return {
      console: outputConsole(this.io),
      hv: machine.hypervisor,
      manager: this.manager,
      waiter: driver,
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
  const startNs = Number(process.hrtime.bigint());
  const interruption = new Interruption();
  interruption.listen();
  try {
    const execution = new Execution(io, options, manager, interruption);
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
      await execution.closeDebugger();
      execution.reportProfile();
      const { clock, engine = DEFAULT_ENGINE } = options;
      const boot = execution.isRestored ? "restored" : undefined;
      if (options.stats) io.err(`${stats.toJson({ clock, engine, boot })}\n`);
    }
  } finally {
    interruption.stop();
  }
}
