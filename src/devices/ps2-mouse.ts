/** A three-button PS/2 mouse, device ID 0; commands as in the IBM PS/2 Technical Reference, "Mouse". */
import type { Logger, State } from "../base/index.ts";
import { PS2_ACK, PS2_RESEND, PS2_SELF_TEST_PASSED, Ps2Peripheral } from "./ps2-peripheral.ts";
import type { StateReader } from "./state-reader.ts";

const SCALING_1_TO_1 = 0xe6;
const SCALING_2_TO_1 = 0xe7;
const SET_RESOLUTION = 0xe8;
const STATUS_REQUEST = 0xe9;
const STREAM_MODE = 0xea;
const READ_DATA = 0xeb;
const RESET_WRAP = 0xec;
const WRAP_MODE = 0xee;
const REMOTE_MODE = 0xf0;
const GET_ID = 0xf2;
const SET_SAMPLE_RATE = 0xf3;
const ENABLE = 0xf4;
const DISABLE = 0xf5;
const SET_DEFAULTS = 0xf6;
const RESET = 0xff;

const DEVICE_ID = 0;
/** A packet carries nine bits, sign included. */
const DELTA_MAX = 255;
/** Motion that waits longer than this is lost; keeps the count of packets bounded. */
const MOTION_MAX = 4 * DELTA_MAX;

const clamp = (value: number, limit: number): number => Math.max(-limit, Math.min(limit, value));

export class Ps2Mouse extends Ps2Peripheral {
  private resolution = 2;
  private sampleRate = 100;
  private isScaled = false;
  private isReporting = false;
  private isRemote = false;
  private isWrapping = false;
  /** Bit 0 left, 1 right, 2 middle. */
  private buttons = 0;
  private dx = 0;
  private dy = 0;
  private readonly log: Logger;

  constructor(log: Logger) {
    super();
    this.log = log;
  }

  /** Moves right by `dx` and up by `dy` counts; buttons: bit 0 left, 1 right, 2 middle. */
  move(dx: number, dy: number, buttons: number): void {
    this.dx = clamp(this.dx + Math.trunc(dx), MOTION_MAX);
    this.dy = clamp(this.dy + Math.trunc(dy), MOTION_MAX);
    this.buttons = buttons & 7;
    if (!this.isReporting || this.isRemote || this.isWrapping) return;
    do {
      if (!this.sendPacket()) {
        this.log.warnOnce("the mouse's queue is full; motion waits");
        return;
      }
    } while (this.dx !== 0 || this.dy !== 0);
  }

  protected override command(byte: number): void {
    if (this.isWrapping && byte !== RESET_WRAP && byte !== RESET) {
      this.send(byte);
      return;
    }
    if (byte === SET_RESOLUTION || byte === SET_SAMPLE_RATE) this.acknowledgeAndAwait(byte);
    else if (!this.changeMode(byte)) this.answer(byte);
  }

  protected override parameter(command: number, byte: number): boolean {
    if (command === SET_RESOLUTION) this.resolution = byte & 3;
    else this.sampleRate = byte;
    this.send(PS2_ACK);
    return true;
  }

  protected override setDefaults(): void {
    this.resolution = 2;
    this.sampleRate = 100;
    this.isScaled = false;
    this.isReporting = false;
    this.isRemote = false;
    this.isWrapping = false;
    this.dx = 0;
    this.dy = 0;
  }

  protected override saveSettings(): State {
    const { resolution, sampleRate, isScaled, isReporting, isRemote, isWrapping, buttons, dx, dy } = this;
    return { resolution, sampleRate, isScaled, isReporting, isRemote, isWrapping, buttons, dx, dy };
  }

  protected override restoreSettings(reader: StateReader): void {
    this.resolution = reader.number("resolution", 0, 3);
    this.sampleRate = reader.number("sampleRate", 0, 0xff);
    this.isScaled = reader.boolean("isScaled");
    this.isReporting = reader.boolean("isReporting");
    this.isRemote = reader.boolean("isRemote");
    this.isWrapping = reader.boolean("isWrapping");
    this.buttons = reader.number("buttons", 0, 7);
    this.dx = reader.number("dx", -MOTION_MAX, MOTION_MAX);
    this.dy = reader.number("dy", -MOTION_MAX, MOTION_MAX);
  }

  /** Commands that only switch something; false when `byte` is none of them. */
  private changeMode(byte: number): boolean {
    const changes: Record<number, () => void> = {
      [SCALING_1_TO_1]: () => {
        this.isScaled = false;
      },
      [SCALING_2_TO_1]: () => {
        this.isScaled = true;
      },
      [STREAM_MODE]: () => {
        this.isRemote = false;
      },
      [REMOTE_MODE]: () => {
        this.isRemote = true;
      },
      [WRAP_MODE]: () => {
        this.isWrapping = true;
      },
      [RESET_WRAP]: () => {
        this.isWrapping = false;
      },
      [ENABLE]: () => {
        this.isReporting = true;
      },
      [DISABLE]: () => {
        this.isReporting = false;
      },
      [SET_DEFAULTS]: () => this.setDefaults(),
    };
    const change = changes[byte];
    if (change === undefined) return false;
    change();
    this.send(PS2_ACK);
    return true;
  }

  private answer(byte: number): void {
    switch (byte) {
      case STATUS_REQUEST:
        this.send(PS2_ACK, this.status(), this.resolution, this.sampleRate);
        break;
      case READ_DATA:
        this.send(PS2_ACK);
        this.sendPacket();
        break;
      case GET_ID:
        this.send(PS2_ACK, DEVICE_ID);
        break;
      case RESET:
        this.clearOutput();
        this.setDefaults();
        this.send(PS2_ACK, PS2_SELF_TEST_PASSED, DEVICE_ID);
        break;
      default:
        this.send(PS2_RESEND);
    }
  }

  private status(): number {
    const modes = (this.isRemote ? 0x40 : 0) | (this.isReporting ? 0x20 : 0) | (this.isScaled ? 0x10 : 0);
    const [left, right, middle] = [this.buttons & 1, (this.buttons >> 1) & 1, this.buttons >> 2];
    return modes | (left << 2) | (middle << 1) | right;
  }

  private sendPacket(): boolean {
    const dx = clamp(this.dx, DELTA_MAX);
    const dy = clamp(this.dy, DELTA_MAX);
    const first = 0x08 | this.buttons | (dx < 0 ? 0x10 : 0) | (dy < 0 ? 0x20 : 0);
    if (!this.send(first, dx & 0xff, dy & 0xff)) return false;
    this.dx -= dx;
    this.dy -= dy;
    return true;
  }
}
