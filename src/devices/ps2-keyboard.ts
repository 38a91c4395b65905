/** An AT keyboard on a PS/2 port; commands as in the IBM PS/2 Technical Reference, "Keyboards (101- and 102-key)". */
import type { Logger, State } from "../base/index.ts";
import { PS2_ACK, PS2_RESEND, PS2_SELF_TEST_PASSED, Ps2Peripheral } from "./ps2-peripheral.ts";
import type { StateReader } from "./state-reader.ts";

const SET_LEDS = 0xed;
const ECHO = 0xee;
const SCAN_CODE_SET = 0xf0;
const IDENTIFY = 0xf2;
const TYPEMATIC = 0xf3;
const ENABLE = 0xf4;
const DISABLE = 0xf5;
const SET_DEFAULTS = 0xf6;
/** 0xf7 .. 0xfa set typematic and break behaviour of all keys, for scan code set 3 only. */
const SET_ALL_FIRST = 0xf7;
const SET_ALL_LAST = 0xfa;
const RESET = 0xff;
const FIRST_COMMAND = 0xed;

const TYPEMATIC_DEFAULT = 0x2b;

export class Ps2Keyboard extends Ps2Peripheral {
  /** Bit 0 scroll lock, 1 num lock, 2 caps lock. */
  leds = 0;
  private scanCodeSet = 2;
  private typematic = TYPEMATIC_DEFAULT;
  private isScanning = true;
  private readonly log: Logger;

  constructor(log: Logger) {
    super();
    this.log = log;
  }

  /** Types: the bytes of one or more keys in the current scan code set; dropped while the guest has scanning off. */
  key(scanCodes: readonly number[]): void {
    if (!this.isScanning) return;
    if (!this.send(...scanCodes)) this.log.warnOnce("the keyboard's queue is full; keys are lost");
  }

  protected override command(byte: number): void {
    switch (byte) {
      case SET_LEDS:
      case SCAN_CODE_SET:
      case TYPEMATIC:
        this.acknowledgeAndAwait(byte);
        break;
      case ECHO:
        this.send(ECHO);
        break;
      case IDENTIFY:
        this.send(PS2_ACK, 0xab, 0x83);
        break;
      case ENABLE:
        this.clearOutput();
        this.isScanning = true;
        this.send(PS2_ACK);
        break;
      case DISABLE:
      case SET_DEFAULTS:
        this.clearOutput();
        this.setDefaults();
        this.isScanning = byte === SET_DEFAULTS;
        this.send(PS2_ACK);
        break;
      case RESET:
        this.clearOutput();
        this.setDefaults();
        this.send(PS2_ACK, PS2_SELF_TEST_PASSED);
        break;
      default:
        this.send(byte >= SET_ALL_FIRST && byte <= SET_ALL_LAST ? PS2_ACK : PS2_RESEND);
    }
  }

  protected override parameter(command: number, byte: number): boolean {
    if (byte >= FIRST_COMMAND) return false;
    if (command === SET_LEDS) this.leds = byte & 7;
    else if (command === TYPEMATIC) this.typematic = byte & 0x7f;
    else if (byte === 0) {
      this.send(PS2_ACK, this.scanCodeSet);
      return true;
    } else if (byte <= 3) this.scanCodeSet = byte;
    else {
      this.pendingCommand = command;
      this.send(PS2_RESEND);
      return true;
    }
    this.send(PS2_ACK);
    return true;
  }

  protected override setDefaults(): void {
    this.leds = 0;
    this.scanCodeSet = 2;
    this.typematic = TYPEMATIC_DEFAULT;
    this.isScanning = true;
  }

  protected override saveSettings(): State {
    const { leds, scanCodeSet, typematic, isScanning } = this;
    return { leds, scanCodeSet, typematic, isScanning };
  }

  protected override restoreSettings(reader: StateReader): void {
    this.leds = reader.number("leds", 0, 7);
    this.scanCodeSet = reader.number("scanCodeSet", 1, 3);
    this.typematic = reader.number("typematic", 0, 0x7f);
    this.isScanning = reader.boolean("isScanning");
  }
}
