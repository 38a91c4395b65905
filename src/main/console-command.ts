/** `komainu console PORT`: a serial terminal on a real or virtual port, and the list of ports. */
import { ExitCode, type LineEvent } from "../base/index.ts";
import {
  createTransport,
  describeSerialPorts,
  ESCAPE_PREFIX,
  findPortHolders,
  keyHelp,
  parseSerialSpec,
  ReconnectingTransport,
  type SerialPortInfo,
  StdioTransport,
  type Transport,
} from "../serial/index.ts";
import {
  MODEM_PROTOCOLS,
  parseEscape,
  parseLineMaps,
  SessionLog,
  TERMINAL_KEYS,
  Terminal,
  TIMESTAMP_FORMATS,
  type TimestampFormat,
  Timestamps,
} from "../terminal/index.ts";
import { type ConsoleTask, consoleTask, type TaskOptions } from "./console-task.ts";
import { consoleNeedsPort, optionInvalid } from "./errors.ts";
import { Interruption } from "./interruption.ts";
import { createLog } from "./log-text.ts";
import { portToken } from "./port-token.ts";
import type { ProgramIo } from "./program-io.ts";

export interface ConsoleOptions extends TaskOptions {
  escape?: string;
  /** `true` for the usual format. */
  timestamp?: string | true;
  hex?: boolean;
  map?: string;
  log?: string;
  logStripped?: string;
  reconnect?: boolean;
  protocol?: string;
  tokenFile?: string;
}

function oneOf<T extends string>(option: string, text: string, values: readonly T[]): T {
  const value = values.find((known) => known === text);
  if (value === undefined) throw optionInvalid(option, values.join(", "), text);
  return value;
}

function timestampFormat(option: string | true | undefined): TimestampFormat | undefined {
  if (option === undefined) return undefined;
  return option === true ? "24hour" : oneOf("--timestamp", option, TIMESTAMP_FORMATS);
}

interface TaskEnd {
  code?: ExitCode;
  error?: unknown;
}

/** Runs the task when the line stands for the first time; resolves when it is over. */
function startWhenOpen(far: Transport, terminal: Terminal, task: ConsoleTask): Promise<TaskEnd> {
  return new Promise((resolve) => {
    far.onOpen = () => {
      far.onOpen = () => {};
      const run = async (): Promise<TaskEnd> => {
        try {
          return { code: await task.run() };
        } catch (error) {
          return { error };
        }
      };
      void terminal.during(run).then((end) => {
        if (task.endsTerminal || end.error !== undefined) terminal.end("done");
        resolve(end);
      });
    };
  });
}

export async function consoleTerminal(io: ProgramIo, port: string, options: ConsoleOptions = {}): Promise<ExitCode> {
  const spec = parseSerialSpec(port, "connect");
  if (spec.kind === "stdio") throw consoleNeedsPort(port);
  const escapePrefix = options.escape === undefined ? ESCAPE_PREFIX : parseEscape(options.escape);
  const protocol = oneOf("--protocol", options.protocol ?? "ymodem", MODEM_PROTOCOLS);
  const format = timestampFormat(options.timestamp);
  const maps = parseLineMaps(options.map ?? "");
  const log = createLog(io, { verbose: true, newline: "\r\n" });
  const token = portToken(io, options, []);
  const create = (): Transport => createTransport(spec, { log, token });
  const far = options.reconnect === false ? create() : new ReconnectingTransport({ create, log });
  const near: StdioTransport = new StdioTransport({
    ownKeys: { keys: TERMINAL_KEYS, prefix: escapePrefix, onAction: (action) => terminal.act(action) },
  });
  const terminal = new Terminal({
    near,
    far,
    maps,
    escapePrefix,
    log: new SessionLog({ raw: options.log, stripped: options.logStripped }),
    timestamps: new Timestamps(format, Date.now),
    showsHex: options.hex === true,
  });
  const interruption = new Interruption();
  interruption.onRequest = () => void near.stop();
  interruption.listen();
  const ends = {
    terminal,
    name: far.description,
    isInteractive: near.isInteractive,
    write: (data: Uint8Array) => far.write(data),
    setLine: (event: LineEvent) => far.setLine(event),
  };
  try {
    const task = consoleTask(ends, options, protocol);
    const ended = task === undefined ? undefined : startWhenOpen(far, terminal, task);
    const help = escapePrefix === undefined ? "" : `; ${keyHelp(TERMINAL_KEYS, escapePrefix)}`;
    io.err(`${far.description}${near.isInteractive ? help : ""}\n`);
    const end = await terminal.run();
    task?.stop(end);
    const { code = ExitCode.ok, error } = (await ended) ?? {};
    if (error !== undefined) throw error;
    io.err(`\n${task?.report || `${end.reason}\n`}`);
    return interruption.isRequested ? ExitCode.interrupted : code;
  } finally {
    interruption.stop();
  }
}

const shown = ({ path, byId, topology, driver, description, usbId }: SerialPortInfo): string => {
  const facts = [description, usbId, driver, topology === undefined ? undefined : `at ${topology}`];
  const holders = findPortHolders(path).map(({ command, pid }) => `held by ${command} (pid ${pid})`);
  const line = [...facts, ...holders].filter((fact) => fact !== undefined).join(", ");
  return `${path}  ${line}\n${byId === undefined ? "" : `  ${byId}\n`}`;
};

/** `komainu console --list`. */
export function consoleList(io: ProgramIo, { json = false }: { json?: boolean }): ExitCode {
  const ports = describeSerialPorts();
  for (const port of ports) {
    const holders = findPortHolders(port.path);
    io.out(json ? `${JSON.stringify({ schema: "komainu.port/1", ...port, holders })}\n` : shown(port));
  }
  if (ports.length === 0) io.err("No serial ports on this machine.\n");
  return ExitCode.ok;
}
