/** What hangs on a PS/2 port: a peripheral that takes command bytes and queues its answers. */
import { Fifo, type State, type Stateful } from "../base/index.ts";
import { StateReader } from "./state-reader.ts";

export const PS2_ACK = 0xfa;
export const PS2_RESEND = 0xfe;
export const PS2_SELF_TEST_PASSED = 0xaa;

const QUEUE_CAPACITY = 256;

/** Queue and command framing that keyboard and mouse share. */
export abstract class Ps2Peripheral implements Stateful {
  /** Called when bytes were queued; the port looks at its interrupt then. */
  onQueued: () => void = () => {};
  /** A command that waits for its parameter byte. */
  protected pendingCommand: number | undefined;
  private readonly queue = new Fifo(QUEUE_CAPACITY);
  private lastSent = 0;

  get hasOutput(): boolean {
    return !this.queue.isEmpty;
  }

  /** The next byte for the host; the last one again when nothing waits. */
  take(): number {
    this.lastSent = this.queue.shift() ?? this.lastSent;
    return this.lastSent;
  }

  /** A byte from the host. */
  receive(byte: number): void {
    const command = this.pendingCommand;
    this.pendingCommand = undefined;
    if (command !== undefined && this.parameter(command, byte)) return;
    if (byte === PS2_RESEND) this.send(this.lastSent);
    else this.command(byte);
  }

  reset(): void {
    this.queue.clear();
    this.pendingCommand = undefined;
    this.lastSent = 0;
    this.setDefaults();
  }

  save(): State {
    return {
      queue: this.queue.toArray(),
      lastSent: this.lastSent,
      pendingCommand: this.pendingCommand ?? null,
      settings: this.saveSettings(),
    };
  }

  restore(state: State): void {
    const reader = new StateReader(state, "ps2");
    this.queue.assign(reader.numbers("queue", QUEUE_CAPACITY, 0, 0xff));
    this.lastSent = reader.number("lastSent", 0, 0xff);
    this.pendingCommand = state.pendingCommand === null ? undefined : reader.number("pendingCommand", 0, 0xff);
    this.restoreSettings(reader.child("settings"));
  }

  /** Queues all bytes or, when they do not fit, none: half a scan code would be another key. */
  protected send(...bytes: number[]): boolean {
    if (this.queue.length + bytes.length > this.queue.capacity) return false;
    for (const byte of bytes) this.queue.push(byte);
    this.onQueued();
    return true;
  }

  protected acknowledgeAndAwait(command: number): void {
    this.pendingCommand = command;
    this.send(PS2_ACK);
  }

  protected clearOutput(): void {
    this.queue.clear();
  }

  protected abstract command(byte: number): void;
  /** The byte after a command; false when it is no parameter but the next command. */
  protected abstract parameter(command: number, byte: number): boolean;
  protected abstract setDefaults(): void;
  protected abstract saveSettings(): State;
  protected abstract restoreSettings(reader: StateReader): void;
}
