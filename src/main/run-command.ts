/** `komainu run`: powers a board on and gives its console on a transport. */
import { ExitCode, Logger, type LogRecord } from "../base/index.ts";
import { type CommandContext, createCommandManager, remoteFilter } from "../commands/index.ts";
import { createTransport, isRemote, parseSerialSpec, type SerialSpec, type Transport } from "../serial/index.ts";
import { PromptSession, TerminalConsole } from "../shell/index.ts";
import { logSeverity } from "../vm/index.ts";
import { bannerText } from "./banner.ts";
import { baselineStore } from "./baseline-store.ts";
import { FindingsFile } from "./findings-file.ts";
import { checkStdio, GuestSerialBridge, parseGuestSerial, portNameOf } from "./guest-serial.ts";
import { Interruption } from "./interruption.ts";
import { createLog } from "./log-text.ts";
import { portToken } from "./port-token.ts";
import { type PoweredBoard, type PowerOptions, powerOn } from "./power-on.ts";
import type { ProgramIo } from "./program-io.ts";
import { checkJournalOptions, checkJournalPlace, DriveTap, RunJournal } from "./run-journal.ts";
import { type SnapshotOptions, snapshotStore } from "./snapshot-option.ts";
import { MachineShelf } from "./snapshot-shelf.ts";
import type { SymbolsOption } from "./symbols-flag.ts";
import { kernelKnowledge } from "./symbols-option.ts";
import { userChecks } from "./user-checks.ts";

export interface RunOptions extends Omit<PowerOptions, "log"> {
  serial: string;
  /** `N=SPEC` each. */
  guestSerial?: readonly string[];
  /** Holds what clients from other machines must say. */
  tokenFile?: string;
  verbose: boolean;
  /** What `profile` reports as a line of JSON. */
  json?: boolean;
  /** Folder with checks of the user's own. */
  checks?: string;
  symbols?: SymbolsOption;
  /** File for all inputs of the run, which `replay` runs again. */
  journal?: string;
  /** Where baselines are kept. */
  state?: string;
  /** Takes findings beside the console. */
  findings?: string;
}

type SessionEnd = "closed" | "shutdown" | "reset" | "interrupted";

class ConsoleRun {
  private readonly io: ProgramIo;
  private readonly options: RunOptions;
  private readonly transport: Transport;
  private readonly bridges: readonly GuestSerialBridge[];
  private readonly interruption: Interruption;
  private readonly log: Logger;
  private readonly findings: FindingsFile | undefined;
  /** The terminal may be in anybody's hands: some commands are refused. */
  private readonly isRemote: boolean;
  private session: PromptSession<CommandContext> | undefined;
  private powered: PoweredBoard | undefined;
  private terminal: TerminalConsole | undefined;
  private isFinal = false;
  private lives = 0;
  /** Profiles of the lives that are over; printed when the terminal is the shell's again. */
  private readonly reports: string[] = [];

  constructor(io: ProgramIo, options: RunOptions, interruption: Interruption) {
    this.io = io;
    this.options = options;
    this.interruption = interruption;
    const spec = parseSerialSpec(options.serial);
    const guestPorts = (options.guestSerial ?? []).map(parseGuestSerial);
    checkStdio(spec, guestPorts);
    const specs: SerialSpec[] = [spec, ...guestPorts.map((port) => port.spec)];
    const newline = specs.some(({ kind }) => kind === "stdio") ? "\r\n" : "\n";
    this.log = createLog(io, { verbose: options.verbose, newline });
    this.isRemote = isRemote(spec);
    const token = portToken(io, options, specs);
    const log = this.log.child("serial");
    this.transport = createTransport(spec, { log, token });
    const wake = (): void => this.powered?.driver.wake();
    const bridging = { log, token, wake, quit: this.quit, feedsBetweenSlices: options.journal !== undefined };
    this.bridges = guestPorts.map((port) => new GuestSerialBridge(port, bridging));
    this.findings = options.findings === undefined ? undefined : new FindingsFile(options.findings);
  }

  /** Messages of the hypervisor appear on its console, as `stdio loglevel` wants them. */
  private readonly announce = (record: LogRecord): void => {
    const { session, powered } = this;
    const level = powered?.machine.hypervisor.stdio.logLevel ?? logSeverity.note;
    if (logSeverity[record.level] > level) return;
    const source = record.source === "" ? "" : `${record.source}: `;
    session?.announce(`${record.level.toUpperCase()}: ${source}${record.message}\n`);
  };

  async run(): Promise<SessionEnd> {
    const { transport, interruption } = this;
    transport.onData = (data) => {
      this.terminal?.input(data);
      this.powered?.driver.wake();
    };
    transport.onClose = ({ final, reason }) => {
      if (!final) return;
      if (this.options.verbose) this.log.info(`console closed: ${reason}`);
      this.isFinal = !transport.isConnected;
      this.terminal?.close();
      this.powered?.driver.wake();
    };
    interruption.onRequest = () => this.powered?.driver.wake();
    try {
      await this.startPorts();
      let end = await this.powerCycle();
      // A reset is a power-on: what was restored and saved belongs to the first life.
      while (end === "reset")
        end = await this.powerCycle({
          save: undefined,
          saveAt: undefined,
          restore: undefined,
          fromSnapshot: undefined,
        });
      return end;
    } finally {
      // The shell that comes next begins its own line.
      if (transport.isInteractive && transport.isConnected) transport.write("\r\n");
      await transport.stop();
      for (const bridge of this.bridges) await bridge.transport.stop();
      for (const report of this.reports) this.io.err(report);
      this.findings?.close();
    }
  }

  private async startPorts(): Promise<void> {
    const { transport, bridges, io } = this;
    await transport.start();
    if (this.options.serial !== "stdio") io.err(`Console on ${transport.description}; Ctrl-C ends it.\n`);
    for (const bridge of bridges) {
      await bridge.transport.start();
      io.err(`The guest's ${bridge.name} on ${bridge.transport.description}.\n`);
    }
    // A board that is switched on while its cable is out: the prompt comes when it is plugged in again.
    transport.onOpen = () => this.session?.announce("Console connected.\n");
  }

  /** Somebody at a terminal quits. */
  private readonly quit = (): void => {
    this.isFinal = true;
    this.terminal?.close();
    this.powered?.driver.wake();
  };

  private async powerCycle(changes: SnapshotOptions = {}): Promise<SessionEnd> {
    this.powered = undefined;
    try {
      return await this.live(changes);
    } finally {
      // Another value by now than TypeScript thinks.
      const { profile, gdb } = (this.powered as PoweredBoard | undefined) ?? {};
      await gdb?.stop();
      if (profile !== undefined) this.reports.push(profile.report({ json: this.options.json === true }));
    }
  }

  /** One life of the board, from power-on to `shutdown`, `reset` or the end of the console. */
  private async live(changes: SnapshotOptions): Promise<SessionEnd> {
    const { transport, options, interruption } = this;
    this.session = undefined;
    const isRepeatable = options.journal !== undefined;
    // The machine's own hand on the journal is there before the journal, which tells of the machine.
    const tap = isRepeatable ? new DriveTap() : undefined;
    const powered = powerOn({
      ...options,
      ...changes,
      isRepeatable,
      interpose: tap?.interpose,
      log: new Logger("", this.announce),
    });
    const { machine, driver } = powered;
    this.powered = powered;
    const { hypervisor } = machine;
    const journal = tap === undefined ? undefined : new RunJournal(powered, options, { log: this.log, tap });
    hypervisor.onSerialPorts = () => {
      const names = this.bridges.flatMap(({ name }) => portNameOf(hypervisor, name) ?? []);
      journal?.attach(new Set(names));
      for (const bridge of this.bridges) bridge.attach(hypervisor);
    };
    hypervisor.onSerialPorts();
    await powered.gdb?.listen(this.io, {
      log: this.log,
      wake: () => driver.wake(),
      kill: () => {
        machine.shutdownHost();
        driver.wake();
      },
    });
    const terminal = new TerminalConsole({
      // A board that is off or resetting shows no prompt any more.
      output: (bytes) => {
        if (machine.powerRequest === "none") transport.write(bytes, machine.timeline.nowNs());
      },
      usesCarriageReturn: transport.isInteractive,
      onInput: () => hypervisor.host.irqNamed("uart0")?.raise(),
      onPressure: (isHigh) => (isHigh ? transport.pause() : transport.resume()),
    });
    this.terminal = terminal;
    terminal.write(bannerText(powered, options.clock));
    const manager = createCommandManager(userChecks(this.options.checks));
    const context: CommandContext = {
      console: terminal,
      hv: hypervisor,
      manager,
      waiter: journal?.waiter(driver) ?? driver,
      onCommand: journal?.onCommand,
      // A run that goes back in time is not one line of inputs.
      snapshots: journal === undefined ? new MachineShelf(snapshotStore(options.env), powered) : undefined,
      baselines: baselineStore(options),
      findings: this.findings,
      nowMs: () => performance.now(),
    };
    const session = new PromptSession({ manager, context, filter: this.isRemote ? remoteFilter : undefined });
    this.session = session;
    let isClosed = false;
    let failure: unknown;
    const reading = session.run().then(
      () => {
        isClosed = true;
      },
      (error: unknown) => {
        failure = error;
        isClosed = true;
      },
    );
    void reading.then(() => driver.wake());
    const isDone = (): boolean =>
      isClosed || this.isFinal || interruption.isRequested || machine.powerRequest !== "none";
    while (!isDone()) {
      if ((await driver.run({ isDone })) === "asleep") await driver.untilWoken();
    }
    if (journal !== undefined) this.keep(journal);
    if (failure !== undefined) throw failure;
    if (machine.powerRequest !== "reset") powered.snapshot.finish(machine);
    powered.translations?.save();
    if (interruption.isRequested) return "interrupted";
    if (machine.powerRequest !== "none") return machine.powerRequest;
    return "closed";
  }

  /** Each life of the board has a journal of its own: the second one is `FILE.2`. */
  private keep(journal: RunJournal): void {
    const { journal: path = "" } = this.options;
    this.lives++;
    const file = this.lives === 1 ? path : `${path}.${this.lives}`;
    journal.finish(file);
    this.reports.push(`Journal: komainu replay ${file}\n`);
  }
}

export async function run(io: ProgramIo, options: RunOptions): Promise<ExitCode> {
  // Bad ones are refused before the console is taken.
  userChecks(options.checks);
  const knowledge = kernelKnowledge(options.symbols);
  if (options.journal !== undefined) {
    checkJournalOptions(options);
    checkJournalPlace(options.journal);
  }
  const interruption = new Interruption();
  const console = new ConsoleRun(io, { ...options, knowledge }, interruption);
  interruption.listen();
  try {
    const end = await console.run();
    return end === "interrupted" ? ExitCode.interrupted : ExitCode.ok;
  } finally {
    interruption.stop();
  }
}
