/** What `komainu console` does by itself when its line stands: sends a file, receives files, runs a script. */
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { ExitCode } from "../base/index.ts";
import {
  LineRunner,
  lineExitCode,
  lineResultText,
  parseScript,
  type ScriptLine,
  scenarioUnreadable,
} from "../scenario/index.ts";
import type { ModemProtocol, Terminal } from "../terminal/index.ts";
import { hostTime } from "./drive.ts";
import { consoleTasksClash } from "./errors.ts";

export interface TaskOptions {
  readonly script?: string;
  readonly send?: string;
  readonly receive?: string;
  /** Received files replace what is there. */
  readonly force?: boolean;
  /** The terminal goes on behind a script. */
  readonly thenInteractive?: boolean;
}

export interface TaskTerminal {
  readonly terminal: Terminal;
  /** The line, for messages. */
  readonly name: string;
  /** A person sits at the terminal. */
  readonly isInteractive: boolean;
  write(data: Uint8Array): void;
  setLine: ScriptLine["setLine"];
}

export interface ConsoleTask {
  /** Resolves with the exit code when it is over; throws what went wrong. */
  run(): Promise<ExitCode>;
  /** The terminal has ended before it. */
  stop(why: { by: "near" | "far" | "user"; reason: string }): void;
  /** Whether the terminal ends with it. */
  readonly endsTerminal: boolean;
  /** What is to be said when the terminal is over. */
  readonly report: string;
}

class TransferTask implements ConsoleTask {
  readonly endsTerminal: boolean;
  readonly report = "";
  private readonly terminal: Terminal;
  private readonly transfer: (terminal: Terminal) => Promise<unknown>;

  constructor({ terminal, isInteractive }: TaskTerminal, transfer: (terminal: Terminal) => Promise<unknown>) {
    this.terminal = terminal;
    this.transfer = transfer;
    this.endsTerminal = !isInteractive;
  }

  async run(): Promise<ExitCode> {
    await this.transfer(this.terminal);
    return ExitCode.ok;
  }

  stop(): void {
    this.terminal.transfers.cancel();
  }
}

class ScriptTask implements ConsoleTask {
  readonly endsTerminal: boolean;
  report = "";
  private readonly ends: TaskTerminal;
  private readonly runner: LineRunner;
  private readonly scripts: ReturnType<typeof parseScript>;

  constructor(ends: TaskTerminal, path: string, thenInteractive: boolean) {
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch (error) {
      throw scenarioUnreadable(path, error);
    }
    const { terminal, name } = ends;
    const { transfers } = terminal;
    this.ends = ends;
    this.endsTerminal = !(thenInteractive && ends.isInteractive);
    this.scripts = parseScript(text, path);
    const line: ScriptLine = {
      name,
      write: (data) => ends.write(data),
      setLine: (event) => ends.setLine(event),
      upload: (file, { protocol }) => transfers.send(file, protocol),
      download: (file, options) => transfers.receive(file, options),
      cancelTransfer: () => transfers.cancel(),
    };
    this.runner = new LineRunner({ line, clock: hostTime, folder: dirname(path) });
  }

  async run(): Promise<ExitCode> {
    const { terminal } = this.ends;
    terminal.onArrival = (data) => this.runner.arrived(data);
    const results = await this.runner.run(this.scripts);
    terminal.onArrival = () => {};
    const text = results.map(lineResultText).join("");
    if (this.endsTerminal) this.report = text;
    else terminal.tell(text);
    return lineExitCode(results);
  }

  stop({ by, reason }: { by: "near" | "far" | "user"; reason: string }): void {
    if (by === "far") this.runner.lost(reason);
    else this.runner.interrupt();
  }
}

/** The task of the command line; `undefined` for none. Throws what is wrong with the script before anything is opened. */
export function consoleTask(
  ends: TaskTerminal,
  { script, send, receive, force, thenInteractive = false }: TaskOptions,
  protocol: ModemProtocol,
): ConsoleTask | undefined {
  const wanted = Object.entries({ script, send, receive }).filter(([, value]) => value !== undefined);
  if (wanted.length > 1) throw consoleTasksClash(wanted.map(([name]) => `--${name}`));
  if (script !== undefined) return new ScriptTask(ends, script, thenInteractive);
  if (send !== undefined) return new TransferTask(ends, (terminal) => terminal.transfers.send(send, protocol));
  if (receive === undefined) return undefined;
  return new TransferTask(ends, (terminal) => terminal.transfers.receive(receive, { protocol, force }));
}
