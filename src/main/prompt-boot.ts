/** Brings a powered board to the first prompt of its guest's shell: by booting it, or from where an earlier boot was kept. */
import { assert } from "../base/index.ts";
import { type Guest, VcpuState, type VirtualSerialPort } from "../vm/index.ts";
import { ConsoleWatch } from "./console-watch.ts";
import { guestNotReady, guestPanicked, guestStopped, interrupted } from "./errors.ts";
import { PanicWatch } from "./panic-watch.ts";
import type { PoweredBoard } from "./power-on.ts";
import type { StatusLine } from "./status-line.ts";

export interface PromptBootOptions {
  /** Of virtual time. */
  readonly timeoutSeconds: number;
  readonly isInterrupted: () => boolean;
  readonly statusLine?: StatusLine;
}

const CR = 0x0d;

export class PromptBoot {
  /** Everything the guest's console prints goes through both. */
  readonly watch = new ConsoleWatch();
  readonly panic = new PanicWatch();
  /** Sees each of these bytes too, those of a boot that was kept included. */
  onByte: (byte: number) => void = () => {};
  /** Ends the watching. */
  readonly stop: () => void;
  private readonly powered: PoweredBoard;
  private readonly options: PromptBootOptions;

  constructor(powered: PoweredBoard, options: PromptBootOptions) {
    this.powered = powered;
    this.options = options;
    this.stop = this.consolePort.observe((byte) => this.feed(byte));
  }

  get consolePort(): VirtualSerialPort {
    const { machine, consolePort } = this.powered;
    const port = machine.hypervisor.findSerialPort(consolePort);
    assert(port !== undefined, `the guest has the port ${consolePort}`);
    return port;
  }

  /** The boot was skipped. */
  get isRestored(): boolean {
    return this.powered.bootCache?.isRestored === true;
  }

  /** Lets the guest go on from wherever it is; `undefined` when there is none. */
  start(): Guest | undefined {
    const { machine, snapshot } = this.powered;
    const [guest] = machine.hypervisor.guests;
    // A restored guest goes on as it was: only one that was never started is kicked.
    if (!snapshot.isRestoring || guest?.vcpus.every(({ state }) => state === VcpuState.reset)) guest?.kick();
    return guest;
  }

  /** Kicks the guest and lets it run until its shell waits for a line, or goes on from where that was. */
  async run(): Promise<void> {
    const { machine, bootCache } = this.powered;
    if (bootCache?.isRestored === true) {
      for (const byte of bootCache.resume(machine)) this.feed(byte);
      return;
    }
    bootCache?.record(this.consolePort);
    await this.execute();
    if (this.panic.reason === undefined) bootCache?.keep(machine);
  }

  throwWhenPanicked(): void {
    const { panic, watch, powered } = this;
    if (panic.reason === undefined) return;
    throw guestPanicked(panic.reason, watch.lastLines(), powered.machine.timeline.nowNs() / 1e9);
  }

  private feed(byte: number): void {
    const wasMatched = this.watch.isMatched;
    this.watch.feed(byte);
    this.panic.feed(byte);
    this.onByte(byte);
    if (wasMatched !== this.watch.isMatched || this.panic.isOver) this.powered.machine.stop();
  }

  private get progress(): string {
    const { machine, board } = this.powered;
    const instructions = `${(machine.instructions() / 1e6).toFixed(0)} M instructions`;
    return `${board.profile.name} boots: ${instructions}, ${(machine.timeline.nowNs() / 1e9).toFixed(2)} s of its time`;
  }

  private async execute(): Promise<void> {
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
    const { watch, panic } = this;
    const { isInterrupted, statusLine, timeoutSeconds } = this.options;
    const isHalted = (): boolean => guest?.vcpus.every((vcpu) => !vcpu.isRunnable && !vcpu.isWaiting) !== false;
    const isDone = (): boolean => watch.isMatched || panic.isOver || isInterrupted() || isHalted();
    const untilNs = machine.timeline.nowNs() + timeoutSeconds * 1e9;
    const run = () => driver.run({ isDone, untilNs });
    const end = statusLine === undefined ? await run() : await statusLine.during(() => this.progress, run);
    if (isInterrupted()) throw interrupted();
    if (watch.isMatched) return;
    this.throwWhenPanicked();
    const seconds = machine.timeline.nowNs() / 1e9;
    const unready = { pattern: watch.awaited, lastLines: watch.lastLines(), seconds };
    if (end === "timeout") throw guestNotReady(unready);
    throw guestStopped(unready, end === "asleep" ? "waits for ever" : "halted");
  }
}
