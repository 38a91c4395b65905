/** A serial terminal: a person's keys and screen at one end, a line at the other. */
import { type LineEvent, lineText } from "../base/index.ts";
import { keyHelp, TAKE_KEYBOARD, type Transport } from "../serial/index.ts";
import { FileTransfers } from "./file-transfers.ts";
import { HexDump } from "./hex-dump.ts";
import { TERMINAL_KEYS, type TerminalAction } from "./keys.table.ts";
import type { LineMaps } from "./line-maps.ts";
import type { SessionLog } from "./session-log.ts";
import type { TimestampFormat, Timestamps } from "./timestamps.ts";

export interface TerminalOptions {
  readonly near: Transport;
  readonly far: Transport;
  readonly log: SessionLog;
  readonly maps: LineMaps;
  readonly timestamps: Timestamps;
  readonly escapePrefix: number | undefined;
  readonly showsHex: boolean;
}

/** Which end ended it, or whoever sits at it. */
export interface TerminalEnd {
  readonly by: "near" | "far" | "user";
  readonly reason: string;
}

const HIGH_WATER_BYTES = 65_536;
const BREAK_MS = 300;
const [BS, CR, DEL, CTRL_C] = [0x08, 0x0d, 0x7f, 0x03];
const DEFAULT_TIMES: TimestampFormat = "24hour";

export class Terminal {
  private readonly options: TerminalOptions;
  private readonly dump = new HexDump();
  private showsHex: boolean;
  private lines = { dtr: true, rts: true };
  readonly transfers: FileTransfers;
  /** Sees what arrives, as it came, but for what belongs to a transfer of files. */
  onArrival: (data: Uint8Array) => void = () => {};
  /** A name that is being asked for, and what is done with it. */
  private question: { answer: string; readonly then: (answer: string) => Promise<unknown> } | undefined;
  /** Things that the terminal does by itself now; the end of an input that is no person waits for them. */
  private taskCount = 0;
  private endOfInput: string | undefined;
  private finish: (end: TerminalEnd) => void = () => {};

  constructor(options: TerminalOptions) {
    this.options = options;
    this.showsHex = options.showsHex;
    this.transfers = new FileTransfers({
      write: (data) => options.far.write(data),
      say: (text) => this.say(text),
    });
  }

  /** Passes bytes both ways until one of the ends is gone for good, or the user quits. */
  async run(): Promise<TerminalEnd> {
    const { near, far, timestamps } = this.options;
    const over = new Promise<TerminalEnd>((resolve) => {
      this.finish = resolve;
    });
    near.onData = (data) => this.typed(data);
    near.onClose = ({ reason, final }) => {
      // An input that has ended has an output still.
      if (near.isConnected && this.taskCount > 0) this.endOfInput = reason;
      else if (final) this.finish({ by: "near", reason });
    };
    far.onData = (data) => this.arrived(data);
    far.onClose = ({ reason, final }) => {
      if (final) this.finish({ by: "far", reason });
    };
    far.onDrain = () => near.resume();
    near.onDrain = () => far.resume();
    far.onLine = (event) => this.lineChanged(event);
    far.onTime = (virtualNs) => {
      timestamps.virtualNs = virtualNs;
    };
    await far.start();
    try {
      await near.start();
      return await over;
    } finally {
      near.write(this.dump.flush());
      await near.stop();
      await far.stop();
      this.options.log.close();
    }
  }

  /** Does something by itself, such as sending a file. */
  async during<T>(task: () => Promise<T>): Promise<T> {
    this.taskCount++;
    try {
      return await task();
    } finally {
      this.taskCount--;
      if (this.taskCount === 0 && this.endOfInput !== undefined) this.finish({ by: "near", reason: this.endOfInput });
    }
  }

  /** Ends the terminal, as if its user had. */
  end(reason: string): void {
    this.finish({ by: "user", reason });
  }

  act(action: TerminalAction): void {
    const { far, timestamps, escapePrefix } = this.options;
    switch (action) {
      case "quit":
        this.end("the escape key and q were typed");
        return;
      case "break":
        far.setLine({ kind: "break", isOn: true });
        setTimeout(() => far.setLine({ kind: "break", isOn: false }), BREAK_MS);
        this.say("break");
        return;
      case "dtr":
      case "rts":
        this.toggle(action);
        return;
      case "timestamps":
        timestamps.format = timestamps.format === undefined ? DEFAULT_TIMES : undefined;
        this.say(timestamps.format === undefined ? "no times" : "times");
        return;
      case "hex":
        this.options.near.write(this.dump.flush());
        this.showsHex = !this.showsHex;
        this.say(this.showsHex ? "hex" : "text");
        return;
      case "send-ymodem":
      case "send-xmodem":
        this.ask("File to send", (path) =>
          this.transfers.send(path, action === "send-ymodem" ? "ymodem" : "xmodem-1k"),
        );
        return;
      case "receive-ymodem":
        this.ask("Folder to receive into", (path) => this.transfers.receive(path, { protocol: "ymodem" }));
        return;
      case "receive-xmodem":
        this.ask("File to receive", (path) => this.transfers.receive(path, { protocol: "xmodem" }));
        return;
      case "take":
        far.write(TAKE_KEYBOARD);
        return;
      case "help":
        this.say(escapePrefix === undefined ? "" : keyHelp(TERMINAL_KEYS, escapePrefix));
    }
  }

  private toggle(which: "dtr" | "rts"): void {
    this.lines = { ...this.lines, [which]: !this.lines[which] };
    this.options.far.setLine({ kind: "modem", lines: { [which]: this.lines[which] } });
    this.say(`${which.toUpperCase()} ${this.lines[which] ? "on" : "off"}`);
  }

  private ask(what: string, then: (answer: string) => Promise<unknown>): void {
    this.question = { answer: "", then };
    this.options.near.write(`\r\n${what}, Ctrl-C for none: `);
  }

  private answered(byte: number): void {
    const { question } = this;
    const { near } = this.options;
    if (question === undefined) return;
    if (byte === CR || byte === CTRL_C) {
      this.question = undefined;
      near.write("\r\n");
      if (byte === CTRL_C || question.answer === "") return;
      question.then(question.answer).catch((error: Error) => this.say(error.message));
    } else if (byte === BS || byte === DEL) {
      if (question.answer !== "") near.write("\b \b");
      question.answer = question.answer.slice(0, -1);
    } else if (byte >= 0x20) {
      question.answer += String.fromCharCode(byte);
      near.write(Uint8Array.of(byte));
    }
  }

  private typed(data: Uint8Array): void {
    const { near, far, maps } = this.options;
    if (this.question !== undefined) {
      for (const byte of data) this.answered(byte);
      return;
    }
    if (this.transfers.isActive) {
      if (data.includes(CTRL_C)) this.transfers.cancel();
      return;
    }
    far.write(maps.outgoing(data));
    if (far.pendingBytes > HIGH_WATER_BYTES) near.pause();
  }

  private arrived(data: Uint8Array): void {
    const { near, far, maps, timestamps, log } = this.options;
    if (this.transfers.isActive) {
      this.transfers.received(data);
      return;
    }
    log.write(data);
    this.onArrival(data);
    near.write(this.showsHex ? this.dump.feed(data) : timestamps.mark(maps.incoming(data)));
    if (near.pendingBytes > HIGH_WATER_BYTES) far.pause();
  }

  /** A far end that is ours, or speaks RFC 2217, says what its line does. */
  private lineChanged(event: LineEvent): void {
    if (event.kind === "break" && event.isOn) this.say("the other end sent a break");
    const { baudRate, dataBits, parity, stopBits } = event.kind === "settings" ? event.settings : {};
    if (baudRate === undefined || dataBits === undefined || parity === undefined || stopBits === undefined) return;
    this.say(`the other end is at ${lineText({ baudRate, dataBits, parity, stopBits })}`);
  }

  /** Lines for whoever sits at the terminal. */
  tell(text: string): void {
    this.options.near.write(`\r\n${text.replaceAll("\n", "\r\n")}`);
  }

  private say(text: string): void {
    this.options.near.write(`\r\n[${text}]\r\n`);
  }
}
