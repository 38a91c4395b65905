/** A console on the standard streams: raw on a terminal, plain bytes on a pipe or file. */
import type { Readable, Writable } from "node:stream";
import { ReadStream } from "node:tty";
import { ESCAPE_HELP, ESCAPE_PREFIX, EscapeKeys, type KeyTable, QUIT_KEYS } from "./escape-keys.ts";
import { enterRawMode } from "./raw-mode.ts";
import { STOP_PATIENCE_MS, type Transport, TransportBase, toBytes } from "./transport.ts";

/** Keys that are not for the other end. */
export interface EscapeOptions<A extends string> {
  readonly keys: KeyTable<A>;
  /** Without one there are none. */
  readonly prefix: number | undefined;
  readonly onAction: (action: A) => void;
}

export interface StdioOptions<A extends string> {
  input?: Readable;
  output?: Writable;
  /** In place of quitting and help. */
  ownKeys?: EscapeOptions<A>;
}

export class StdioTransport<A extends string = string> extends TransportBase implements Transport {
  readonly description = "stdio";
  readonly isInteractive: boolean;
  isConnected = false;
  private readonly input: Readable;
  private readonly output: Writable;
  private readonly keys: EscapeKeys<string>;
  private readonly act: (action: string) => void;
  private leaveRawMode: (() => void) | undefined;

  constructor({ input = process.stdin, output = process.stdout, ownKeys }: StdioOptions<A> = {}) {
    super();
    this.keys = new EscapeKeys<string>(
      ownKeys?.keys ?? QUIT_KEYS,
      ownKeys === undefined ? ESCAPE_PREFIX : ownKeys.prefix,
    );
    this.act = (action) => (ownKeys === undefined ? this.quitOrHelp(action) : ownKeys.onAction(action as A));
    this.input = input;
    this.output = output;
    this.isInteractive = input instanceof ReadStream && input.isTTY;
  }

  get pendingBytes(): number {
    return this.output.writableLength;
  }

  async start(): Promise<void> {
    if (this.input instanceof ReadStream && this.input.isTTY) this.leaveRawMode = enterRawMode(this.input);
    this.isConnected = true;
    this.input.on("data", this.take);
    this.input.on("end", this.takeEnd);
    this.input.on("error", this.takeError);
    this.output.on("drain", this.takeDrain);
    this.output.on("error", this.takeOutputError);
    this.onOpen();
    this.input.resume();
  }

  write(data: Uint8Array | string): void {
    if (this.isConnected) this.output.write(toBytes(data));
  }

  pause(): void {
    this.input.pause();
  }

  resume(): void {
    if (this.isConnected) this.input.resume();
  }

  async stop(): Promise<void> {
    this.detach();
    if (!this.isConnected) return;
    await Promise.race([
      new Promise<void>((resolve) => this.output.write("", () => resolve())),
      new Promise<void>((resolve) => setTimeout(resolve, STOP_PATIENCE_MS).unref()),
    ]);
    this.close("stopped");
    this.output.off("error", this.takeOutputError);
  }

  private detach(): void {
    this.leaveRawMode?.();
    this.leaveRawMode = undefined;
    this.input.off("data", this.take);
    this.input.off("end", this.takeEnd);
    this.input.off("error", this.takeError);
    this.output.off("drain", this.takeDrain);
    this.input.pause();
  }

  private close(reason: string): void {
    if (!this.isConnected) return;
    this.isConnected = false;
    this.detach();
    this.onClose({ reason, final: true });
  }

  private readonly take = (chunk: Uint8Array | string): void => {
    const bytes = toBytes(chunk);
    if (!this.isInteractive) {
      this.onData(bytes);
      return;
    }
    const { data, actions } = this.keys.filter(bytes);
    if (data.length > 0) this.onData(data);
    for (const action of actions) this.act(action);
  };

  private quitOrHelp(action: string): void {
    if (action === "quit") this.close("Ctrl-T q was typed");
    else this.write(`\r\n${ESCAPE_HELP}\r\n`);
  }

  private readonly takeEnd = (): void => {
    // Output still goes out after the input ended: `echo help | komainu run` prints its answer.
    this.onClose({ reason: "end of input", final: true });
  };

  private readonly takeError = (error: Error): void => this.close(error.message);
  private readonly takeOutputError = (error: Error): void => this.close(`output: ${error.message}`);
  private readonly takeDrain = (): void => this.onDrain();
}
