/** `vserial`: the guest's serial ports: list, bind the console to one, show a backlog, run a command at its shell. */
import { Status } from "../base/index.ts";
import type { CommandFamily, CommandFilter, CommandResult } from "../shell/index.ts";
import { columns, decimal, failed, ok, optional, table, verbatim, word } from "../shell/index.ts";
import type { VirtualSerialPort } from "../vm/index.ts";
import { VcpuState } from "../vm/index.ts";
import { GuestOutputFilter, TerminalInputFilter } from "./bind-filter.ts";
import type { CommandContext } from "./context.ts";
import { form, waitAsleep, whileAsleep } from "./context.ts";
import { runAtGuestShell } from "./guest-shell.ts";

const portName = word("name", ({ hv }: CommandContext) => hv.serialPorts.map((port) => port.name));

/**
 * Refuses what a console of a remote session may not do: take a serial port, read what a guest printed, replace the whole
 * machine or what later looks at the guest are compared with, or write a file of this host.
 */
export const remoteFilter: CommandFilter = ([name, subCommand, verb]) =>
  (name === "vserial" && (subCommand === "bind" || subCommand === "dump")) ||
  (name === "vdisplay" && subCommand === "save") ||
  (name === "ids" && subCommand === "baseline" && verb === "save") ||
  name === "snapshot";

/** Commands that give what is typed to a guest, until the typed keys end them. */
export const passesKeysOn = ([name, subCommand]: readonly string[]): boolean =>
  name === "vserial" && subCommand === "bind";

type Answer = CommandResult | Promise<CommandResult>;

function withPort({ hv }: CommandContext, name: string, use: (port: VirtualSerialPort) => Answer): Answer {
  const port = hv.findSerialPort(name);
  return port === undefined ? failed(Status.fail, "Failed to find virtual serial port\n") : use(port);
}

const boundAlready = (port: VirtualSerialPort): CommandResult =>
  failed(Status.invalid, `Error: expected ${port.name} to be free, found it bound to another console\n`);

/** Gathers what a guest prints in one slice into one write: a write for each character would be slow. */
class ByteBatch {
  private bytes: number[] = [];
  private readonly write: (bytes: Uint8Array) => void;

  constructor(write: (bytes: Uint8Array) => void) {
    this.write = write;
  }

  add(bytes: readonly number[]): void {
    if (bytes.length === 0) return;
    if (this.bytes.length === 0) queueMicrotask(() => this.flush());
    this.bytes.push(...bytes);
  }

  flush(): void {
    if (this.bytes.length > 0) this.write(Uint8Array.from(this.bytes));
    this.bytes = [];
  }
}

/** A guest that takes nothing for so long is not waited for any more: `ESC x q` must be seen behind what it leaves. */
const PATIENCE_NS = 1_000_000_000;

/** What is typed, up to `limit` bytes for the guest; `isOver` at `ESC x q`, and when there will be no more input. */
async function typed(context: CommandContext, input: TerminalInputFilter, limit: number) {
  const { console } = context;
  const bytes: number[] = [];
  let byte = await whileAsleep(context, () => console.readByte());
  let isOver = byte === undefined;
  while (byte !== undefined) {
    const { toGuest, isQuit } = input.feed(byte);
    bytes.push(...toGuest);
    isOver = isQuit;
    byte = isOver || bytes.length >= limit ? undefined : console.pollByte();
  }
  return { bytes: Uint8Array.from(bytes), isOver };
}

/** Passes what is typed on, as fast as the guest takes it. */
async function typeAt(context: CommandContext, port: VirtualSerialPort, input: TerminalInputFilter): Promise<void> {
  for (;;) {
    const { bytes, isOver } = await typed(context, input, Math.max(1, port.space));
    let rest = bytes;
    while (rest.length > 0) {
      rest = rest.subarray(port.send(rest));
      if (rest.length === 0) break;
      const deadlineNs = context.hv.clock.nowNs() + PATIENCE_NS;
      if (await waitAsleep(context, () => port.space > 0, deadlineNs)) continue;
      context.hv.log.warnOnce(`${port.name}: the guest does not take what is typed, it is dropped`);
      break;
    }
    if (isOver) return;
  }
}

/** Passes bytes both ways until `ESC x q`, or until the console has no more input. */
async function bind(context: CommandContext, port: VirtualSerialPort): Promise<CommandResult> {
  const { console } = context;
  if (port.isListenedTo) return boundAlready(port);
  const output = new GuestOutputFilter(port.name);
  const input = new TerminalInputFilter(port.name);
  const screen = new ByteBatch((bytes) => console.writeBytes(bytes));
  const show = (byte: number): void => screen.add(output.feed(byte));
  console.write(`[${port.name}] `);
  for (const byte of port.takeBacklog()) show(byte);
  const stopListening = port.listen(show);
  try {
    await typeAt(context, port, input);
    return ok("\n");
  } finally {
    stopListening();
    screen.flush();
  }
}

/** Why no command can run at the guest's shell now. */
function notRunning({ hv }: CommandContext, port: VirtualSerialPort): string | undefined {
  const guest = hv.guests.find(({ name }) => port.name.startsWith(`${name}/`));
  const vcpu = guest?.vcpus[0];
  if (vcpu === undefined) return `expected a guest behind ${port.name}, found none`;
  const canRun = vcpu.isRunnable || (vcpu.state === VcpuState.paused && vcpu.isWaiting);
  return canRun ? undefined : `expected ${vcpu.name} to run, found it ${vcpu.stateName}`;
}

async function execute(context: CommandContext, port: VirtualSerialPort, command: string): Promise<CommandResult> {
  if (port.isListenedTo) return boundAlready(port);
  const reason = notRunning(context, port);
  if (reason !== undefined) return failed(Status.invalid, `Error: ${reason}\n`);
  const { code, output, problem } = await runAtGuestShell(context, port, command);
  const text = problem === undefined ? output : `${output}Error: ${problem}\n`;
  return { code, text, data: { output, status: code } };
}

function dump(port: VirtualSerialPort, byteCount: number | undefined): CommandResult {
  const backlog = port.backlog();
  const bytes = byteCount === undefined ? backlog : backlog.subarray(Math.max(0, backlog.length - byteCount));
  const text = Buffer.from(bytes).toString("utf8");
  return ok(text === "" || text.endsWith("\n") ? text : `${text}\n`, text);
}

export const vserial: CommandFamily<CommandContext> = {
  name: "vserial",
  summary: "talk to the guest's serial ports (ESC x q leaves a binding)",
  forms: [
    form({
      words: "list",
      run: ({ hv }) =>
        table(
          { columns: columns(["Name", 39]), ruleWidth: 40 },
          hv.serialPorts.map(({ name }) => [name]),
        ),
    }),
    form({
      words: "bind",
      args: { name: portName },
      run: (context, { name }) => withPort(context, name, (port) => bind(context, port)),
    }),
    form({
      words: "dump",
      args: { name: portName, byteCount: optional(decimal("byte_count")) },
      run: (context, { name, byteCount }) => withPort(context, name, (port) => dump(port, byteCount)),
    }),
    form({
      words: "exec",
      args: { name: portName, command: verbatim("command line") },
      run: (context, { name, command }) => withPort(context, name, (port) => execute(context, port, command)),
    }),
  ],
};
