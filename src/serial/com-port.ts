/** TELNET's COM port option, RFC 2217: a client sets a far serial port's line. Both ends. */
import { DEFAULT_LINE, type LineEvent, type LineSettings, type ModemLines, type Parity } from "../base/index.ts";
import { ComPort, Control, LineState, ModemState, Option, SERVER_OFFSET } from "./telnet.table.ts";
import type { SubOption } from "./telnet-codec.ts";

export interface ComPortEvents {
  /** Sends a word of the option. */
  send(payload: Iterable<number>): void;
  line(event: LineEvent): void;
}

const PARITIES: readonly Parity[] = ["none", "odd", "even", "mark", "space"];
const MAX_BAUD_RATE = 20_000_000;

const rateBytes = (rate: number): number[] => [rate >>> 24, (rate >> 16) & 0xff, (rate >> 8) & 0xff, rate & 0xff];

/** The setting that a word asks for; `undefined` when it only asks what is, or makes no sense. */
function settingOf(command: number, value: Uint8Array): Partial<LineSettings> | undefined {
  const [first] = value;
  switch (command) {
    case ComPort.setBaudRate: {
      const baudRate = value.length === 4 ? Buffer.from(value).readUInt32BE() : 0;
      return baudRate >= 1 && baudRate <= MAX_BAUD_RATE ? { baudRate } : undefined;
    }
    case ComPort.setDataSize:
      return first >= 5 && first <= 8 ? { dataBits: first as LineSettings["dataBits"] } : undefined;
    case ComPort.setParity:
      return first >= 1 && first <= PARITIES.length ? { parity: PARITIES[first - 1] } : undefined;
    case ComPort.setStopSize:
      // 3 is one and a half, which 5 data bits have in place of two.
      return first >= 1 && first <= 3 ? { stopBits: first === 1 ? 1 : 2 } : undefined;
  }
  return undefined;
}

function settingBytes(command: number, line: LineSettings): number[] {
  switch (command) {
    case ComPort.setBaudRate:
      return rateBytes(line.baudRate);
    case ComPort.setDataSize:
      return [line.dataBits];
    case ComPort.setParity:
      return [PARITIES.indexOf(line.parity) + 1];
    default:
      return [line.stopBits];
  }
}

/** The end that has the port: its client's words change the client's side of the line. */
export class ComPortServer implements SubOption {
  readonly number = Option.comPort;
  private readonly events: ComPortEvents;
  private line: LineSettings = DEFAULT_LINE;
  private lines: ModemLines = { dtr: true, rts: true };
  private isBreaking = false;
  private flow: number = Control.flowNone;
  private isAgreed = false;
  private modemMask = 0xff;
  private lineMask = 0;
  /** What the guest's outputs are at the client. */
  private modemState: number = ModemState.cts | ModemState.dsr | ModemState.dcd;

  constructor(events: ComPortEvents) {
    this.events = events;
  }

  agreed(): void {
    this.isAgreed = true;
    this.answer(ComPort.notifyModemState, [this.modemState & this.modemMask]);
  }

  received(payload: Uint8Array): void {
    const [command] = payload;
    const value = payload.subarray(1);
    if (command >= ComPort.setBaudRate && command <= ComPort.setStopSize) this.set(command, value);
    else if (command === ComPort.setControl) this.control(value[0]);
    else if (command === ComPort.signature && value.length === 0) this.answer(command, Buffer.from("komainu"));
    else if (command === ComPort.setModemStateMask) this.setModemMask(value[0] ?? 0);
    else if (command === ComPort.setLineStateMask) {
      this.lineMask = value[0] ?? 0;
      this.answer(command, [this.lineMask]);
    } else if (command === ComPort.purgeData) this.answer(command, value.subarray(0, 1));
  }

  /** What the guest's side does, told to the client. */
  setLine(event: LineEvent): void {
    if (event.kind === "modem") this.setModem(event.lines);
    else if (event.kind === "break" && event.isOn && (this.lineMask & LineState.breakDetected) !== 0) {
      this.answer(ComPort.notifyLineState, [LineState.breakDetected]);
    }
  }

  private set(command: number, value: Uint8Array): void {
    const settings = settingOf(command, value);
    if (settings !== undefined) {
      this.line = { ...this.line, ...settings };
      this.events.line({ kind: "settings", settings });
    }
    this.answer(command, settingBytes(command, this.line));
  }

  private setModemMask(mask: number): void {
    this.modemMask = mask;
    this.answer(ComPort.setModemStateMask, [mask]);
    this.answer(ComPort.notifyModemState, [this.modemState & mask]);
  }

  private setModem({ dtr, rts }: Partial<ModemLines>): void {
    const before = this.modemState;
    const put = (mask: number, isOn: boolean | undefined) => {
      if (isOn !== undefined) this.modemState = isOn ? this.modemState | mask : this.modemState & ~mask;
    };
    put(ModemState.cts, rts);
    put(ModemState.dsr | ModemState.dcd, dtr);
    // The low half says what has changed.
    const changed = (before ^ this.modemState) >> 4;
    if (changed !== 0) this.answer(ComPort.notifyModemState, [(this.modemState | changed) & this.modemMask]);
  }

  private control(value: number | undefined): void {
    const set = (lines: Partial<ModemLines>) => {
      this.lines = { ...this.lines, ...lines };
      this.events.line({ kind: "modem", lines });
    };
    switch (value) {
      case Control.flowNone:
      case Control.flowSoftware:
      case Control.flowHardware:
        this.flow = value;
        break;
      case Control.breakOn:
      case Control.breakOff:
        this.isBreaking = value === Control.breakOn;
        this.events.line({ kind: "break", isOn: this.isBreaking });
        break;
      case Control.dtrOn:
      case Control.dtrOff:
        set({ dtr: value === Control.dtrOn });
        break;
      case Control.rtsOn:
      case Control.rtsOff:
        set({ rts: value === Control.rtsOn });
        break;
    }
    this.answer(ComPort.setControl, [this.controlState(value ?? 0)]);
  }

  /** The state of what a control value is about. */
  private controlState(value: number): number {
    if (value <= Control.flowHardware) return this.flow;
    if (value <= Control.breakOff) return this.isBreaking ? Control.breakOn : Control.breakOff;
    if (value <= Control.dtrOff) return this.lines.dtr ? Control.dtrOn : Control.dtrOff;
    if (value <= Control.rtsOff) return this.lines.rts ? Control.rtsOn : Control.rtsOff;
    // Inbound flow control is the same as outbound here; RFC 2217 has 14 for none, 15 and 16.
    return value <= 16 ? this.flow + Control.askInboundFlow : value;
  }

  private answer(command: number, value: Iterable<number>): void {
    if (this.isAgreed) this.events.send([command + SERVER_OFFSET, ...value]);
  }
}

/** The end without the port. */
export class ComPortClient implements SubOption {
  readonly number = Option.comPort;
  private readonly events: ComPortEvents;
  private line: LineSettings;
  private isAgreed = false;

  constructor(events: ComPortEvents, line: LineSettings = DEFAULT_LINE) {
    this.events = events;
    this.line = line;
  }

  agreed(): void {
    this.isAgreed = true;
    this.setLine({ kind: "settings", settings: this.line });
    this.events.send([ComPort.setModemStateMask, 0xff]);
    this.events.send([ComPort.setLineStateMask, LineState.breakDetected]);
  }

  received(payload: Uint8Array): void {
    const [command, value] = payload;
    if (command === ComPort.notifyModemState + SERVER_OFFSET) {
      const lines = { rts: (value & ModemState.cts) !== 0, dtr: (value & ModemState.dsr) !== 0 };
      this.events.line({ kind: "modem", lines });
    } else if (command === ComPort.notifyLineState + SERVER_OFFSET && (value & LineState.breakDetected) !== 0) {
      this.events.line({ kind: "break", isOn: true });
      this.events.line({ kind: "break", isOn: false });
    }
  }

  setLine(event: LineEvent): void {
    if (event.kind === "settings") this.line = { ...this.line, ...event.settings };
    if (!this.isAgreed) return;
    if (event.kind === "settings") {
      const { settings } = event;
      const { line } = this;
      if (settings.baudRate !== undefined) this.send(ComPort.setBaudRate, line);
      if (settings.dataBits !== undefined) this.send(ComPort.setDataSize, line);
      if (settings.parity !== undefined) this.send(ComPort.setParity, line);
      if (settings.stopBits !== undefined) this.send(ComPort.setStopSize, line);
    } else if (event.kind === "break") {
      this.events.send([ComPort.setControl, event.isOn ? Control.breakOn : Control.breakOff]);
    } else {
      const { dtr, rts } = event.lines;
      if (dtr !== undefined) this.events.send([ComPort.setControl, dtr ? Control.dtrOn : Control.dtrOff]);
      if (rts !== undefined) this.events.send([ComPort.setControl, rts ? Control.rtsOn : Control.rtsOff]);
    }
  }

  private send(command: number, line: LineSettings): void {
    this.events.send([command, ...settingBytes(command, line)]);
  }
}
