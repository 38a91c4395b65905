/** A serial terminal: a person's keys and screen at one end, a line at the other. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { type LineEvent, lineText } from "../base/index.ts";
import { type Disconnection, keyHelp, TAKE_KEYBOARD, type Transport } from "../serial/index.ts";
import { fileUnreadable } from "./errors.ts";
import { HexDump } from "./hex-dump.ts";
import { TERMINAL_KEYS, type TerminalAction } from "./keys.table.ts";
import type { LineMaps } from "./line-maps.ts";
import { type ModemProtocol, ModemSender } from "./modem-send.ts";
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

const HIGH_WATER_BYTES = 65_536;
const BREAK_MS = 300;
const [BS, CR, DEL, CTRL_C] = [0x08, 0x0d, 0x7f, 0x03];
const DEFAULT_TIMES: TimestampFormat = "24hour";

export class Terminal {
  private readonly options: TerminalOptions;
  private readonly dump = new HexDump();
  private showsHex: boolean;
  private lines = { dtr: true, rts: true };
  private sender: ModemSender | undefined;
  /** The name of a file that is being asked for. */
  private question: { answer: string; readonly protocol: ModemProtocol } | undefined;
  private finish: (disconnection: Disconnection) => void = () => {};

  constructor(options: TerminalOptions) {
    this.options = options;
    this.showsHex = options.showsHex;
  }

  /** Passes bytes both ways until one of the ends is gone for good, or the user quits. */
  async run(): Promise<Disconnection> {
    const { near, far, timestamps } = this.options;
    const over = new Promise<Disconnection>((resolve) => {
      this.finish = resolve;
    });
    near.onData = (data) => this.typed(data);
    near.onClose = (disconnection) => {
      if (disconnection.final) this.finish(disconnection);
    };
    far.onData = (data) => this.arrived(data);
    far.onClose = (disconnection) => {
      if (disconnection.final) this.finish(disconnection);
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

  act(action: TerminalAction): void {
    const { far, timestamps, escapePrefix } = this.options;
    switch (action) {
      case "quit":
        this.finish({ reason: "the escape key and q were typed", final: true });
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
        this.ask(action === "send-ymodem" ? "ymodem" : "xmodem-1k");
        return;
      case "take":
        far.write(TAKE_KEYBOARD);
        return;
      case "help":
        this.say(escapePrefix === undefined ? "" : keyHelp(TERMINAL_KEYS, escapePrefix));
    }
  }

  /** Sends a file; what the receiver says is not shown meanwhile. */
  async send(path: string, protocol: ModemProtocol): Promise<void> {
    let data: Uint8Array;
    try {
      data = readFileSync(path);
    } catch (error) {
      throw fileUnreadable(path, error);
    }
    const { far } = this.options;
    let shownPercent = -10;
    const sender = new ModemSender({
      write: (bytes) => far.write(bytes),
      progress: (sent, total) => {
        const percent = Math.floor((100 * sent) / total);
        if (percent < shownPercent + 10 && percent < 100) return;
        shownPercent = percent;
        this.say(`${basename(path)}: ${sent} of ${total} bytes (${percent} %)`);
      },
    });
    this.sender = sender;
    try {
      await sender.send({ name: basename(path), data }, protocol);
      this.say(`${basename(path)}: sent`);
    } finally {
      this.sender = undefined;
    }
  }

  private toggle(which: "dtr" | "rts"): void {
    this.lines = { ...this.lines, [which]: !this.lines[which] };
    this.options.far.setLine({ kind: "modem", lines: { [which]: this.lines[which] } });
    this.say(`${which.toUpperCase()} ${this.lines[which] ? "on" : "off"}`);
  }

  private ask(protocol: ModemProtocol): void {
    this.question = { answer: "", protocol };
    this.options.near.write("\r\nFile to send, Ctrl-C for none: ");
  }

  private answered(byte: number): void {
    const { question } = this;
    const { near } = this.options;
    if (question === undefined) return;
    if (byte === CR || byte === CTRL_C) {
      this.question = undefined;
      near.write("\r\n");
      if (byte === CTRL_C || question.answer === "") return;
      this.send(question.answer, question.protocol).catch((error: Error) => this.say(error.message));
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
    if (this.sender !== undefined) {
      if (data.includes(CTRL_C)) this.sender.cancel();
      return;
    }
    far.write(maps.outgoing(data));
    if (far.pendingBytes > HIGH_WATER_BYTES) near.pause();
  }

  private arrived(data: Uint8Array): void {
    const { near, far, maps, timestamps, log } = this.options;
    if (this.sender !== undefined) {
      this.sender.received(data);
      return;
    }
    log.write(data);
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

  private say(text: string): void {
    this.options.near.write(`\r\n[${text}]\r\n`);
  }
}
