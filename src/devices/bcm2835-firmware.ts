/**
 * What the firmware on the VideoCore of a Raspberry Pi knows and keeps: the board's identity, memory split, clocks,
 * power, sensors and display; Raspberry Pi firmware wiki, mailbox property interface.
 *
 * It answers for a healthy board: no throttling, steady voltages, the temperature of the profile. A clock rate that the
 * guest sets is kept and answered; the speed of the model does not depend on it.
 */
import type { Clock, State } from "../base/index.ts";
import type { DeviceContext } from "../device/index.ts";
import { Bcm2835Framebuffer } from "./bcm2835-framebuffer.ts";
import { optionInvalid } from "./errors.ts";
import { numberOption } from "./options.ts";
import type { StateReader } from "./state-reader.ts";

const MIB = 0x100000;
/** The first three bytes of every MAC address of the Raspberry Pi Foundation's early boards. */
const MAC_PREFIX = [0xb8, 0x27, 0xeb];
const MAC_SIZE = 6;
const COMMAND_LINE_SIZE_MAX = 1024;
/** Devices of the old power interface 0 .. 10, domains of the new one 1 .. 23. */
export const POWER_DEVICE_COUNT = 11;
export const POWER_DOMAIN_COUNT = 24;
/** Lines of the firmware's GPIO expander, numbered from 128. */
export const EXPANDER_LINE_COUNT = 8;
const EXPANDER_CONFIG_WORDS = 4;

export interface FirmwareClock {
  rateHz: number;
  isOn: boolean;
  readonly minHz: number;
  readonly maxHz: number;
}

/** Clocks by their number in the property interface, 1 EMMC .. 10 PWM; number 0 does not exist. */
function clocksAtBoot(context: DeviceContext): (FirmwareClock | undefined)[] {
  const armHz = numberOption(context, "armHz", { fallback: 700_000_000, high: 1_200_000_000 });
  const armMinHz = numberOption(context, "armMinHz", { fallback: 700_000_000, high: armHz });
  const coreHz = numberOption(context, "coreHz", { fallback: 250_000_000, high: 600_000_000 });
  const sdramHz = numberOption(context, "sdramHz", { fallback: 400_000_000, high: 600_000_000 });
  const fixed = (rateHz: number): FirmwareClock => ({ rateHz, isOn: rateHz > 0, minHz: rateHz, maxHz: rateHz });
  const scaled = (rateHz: number, minHz: number): FirmwareClock => ({ rateHz, isOn: true, minHz, maxHz: rateHz });
  const media = () => scaled(coreHz, Math.min(coreHz, 250_000_000));
  return [
    undefined,
    fixed(250_000_000),
    fixed(48_000_000),
    scaled(armHz, armMinHz),
    media(),
    media(),
    media(),
    media(),
    fixed(sdramHz),
    // No monitor: no pixels.
    { rateHz: 0, isOn: false, minHz: 0, maxHz: 0 },
    { rateHz: 0, isOn: false, minHz: 0, maxHz: 500_000_000 },
  ];
}

function macOption(context: DeviceContext, serialNumber: number): number[] {
  const { macAddress } = context.options;
  // As on the boards: the end of the serial number.
  if (macAddress === undefined) return [...MAC_PREFIX, ...[16, 8, 0].map((shift) => (serialNumber >>> shift) & 0xff)];
  const bytes = typeof macAddress === "string" ? macAddress.split(":").map((part) => Number.parseInt(part, 16)) : [];
  const isWellFormed = typeof macAddress === "string" && /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(macAddress);
  if (!isWellFormed || bytes.length !== MAC_SIZE)
    throw optionInvalid(context.name, "macAddress", 'six bytes such as "b8:27:eb:00:00:01"', macAddress);
  return bytes;
}

function commandLineOption(context: DeviceContext): string {
  const { commandLine = "" } = context.options;
  if (typeof commandLine !== "string" || commandLine.length > COMMAND_LINE_SIZE_MAX)
    throw optionInvalid(
      context.name,
      "commandLine",
      `text of at most ${COMMAND_LINE_SIZE_MAX} characters`,
      commandLine,
    );
  return commandLine;
}

/**
 * Options: `boardRevision`, `serialNumber`, `macAddress`, `firmwareRevision` (seconds since 1970), `armMemoryMiB` and
 * `vcMemoryMiB` (the memory split), `armHz`, `armMinHz`, `coreHz`, `sdramHz`, `milliCelsius`, `commandLine`.
 */
export class Bcm2835Firmware {
  readonly firmwareRevision: number;
  readonly boardRevision: number;
  readonly serialNumber: number;
  readonly macAddress: readonly number[];
  readonly armMemoryBytes: number;
  readonly vcMemoryBytes: number;
  readonly milliCelsius: number;
  readonly commandLine: string;
  readonly framebuffer: Bcm2835Framebuffer;
  clocks: (FirmwareClock | undefined)[];
  /** A bit for each device and each domain that is on. */
  powerDevices = 0;
  powerDomains = 0;
  /** Levels of the expander's lines, and their direction, polarity, termination and pull. */
  expanderLevels = 0;
  expanderConfig: number[] = [];
  private readonly context: DeviceContext;
  private readonly clock: Clock;

  constructor(context: DeviceContext) {
    this.context = context;
    this.clock = context.clock;
    // 2024-02-29 12:00 UTC.
    this.firmwareRevision = numberOption(context, "firmwareRevision", { fallback: 1_709_208_000 });
    this.boardRevision = numberOption(context, "boardRevision", { fallback: 0x900032 });
    this.serialNumber = numberOption(context, "serialNumber", { fallback: 0x10283501 });
    this.macAddress = macOption(context, this.serialNumber);
    this.armMemoryBytes = numberOption(context, "armMemoryMiB", { fallback: 448, low: 1, high: 1024 }) * MIB;
    this.vcMemoryBytes = numberOption(context, "vcMemoryMiB", { fallback: 64, high: 512 }) * MIB;
    this.milliCelsius = numberOption(context, "milliCelsius", { fallback: 45_000, low: -40_000, high: 150_000 });
    this.commandLine = commandLineOption(context);
    this.framebuffer = new Bcm2835Framebuffer({
      memory: context.memory,
      baseAddress: this.armMemoryBytes,
      sizeBytes: this.vcMemoryBytes,
    });
    this.clocks = clocksAtBoot(context);
  }

  reset(): void {
    this.clocks = clocksAtBoot(this.context);
    // The card and the console work before the ARM starts; all the VideoCore's domains are its own affair.
    this.powerDevices = 0b11;
    this.powerDomains = 0;
    this.expanderLevels = 0;
    this.expanderConfig = new Array(EXPANDER_LINE_COUNT * EXPANDER_CONFIG_WORDS).fill(0);
    this.framebuffer.reset();
  }

  /** Microseconds since power-on. */
  get microseconds(): number {
    return Math.floor(this.clock.nowNs() / 1000);
  }

  /** The rate that the clock has then: the nearest it can make. */
  setClockRate(clock: FirmwareClock, rateHz: number): number {
    clock.rateHz = Math.min(clock.maxHz, Math.max(clock.minHz, rateHz));
    return clock.rateHz;
  }

  save(): State {
    return {
      clockRates: this.clocks.map((clock) => clock?.rateHz ?? 0),
      clocksOn: this.clocks.map((clock) => Number(clock?.isOn ?? false)),
      powerDevices: this.powerDevices,
      powerDomains: this.powerDomains,
      expanderLevels: this.expanderLevels,
      expanderConfig: [...this.expanderConfig],
      framebuffer: this.framebuffer.save(),
    };
  }

  restore(reader: StateReader): void {
    const rates = reader.numbers("clockRates", this.clocks.length, 0);
    const states = reader.numbers("clocksOn", this.clocks.length, 0, 1);
    for (const [id, clock] of this.clocks.entries()) {
      if (clock === undefined) continue;
      this.setClockRate(clock, rates[id] ?? 0);
      clock.isOn = states[id] === 1;
    }
    this.powerDevices = reader.number("powerDevices", 0, (1 << POWER_DEVICE_COUNT) - 1);
    this.powerDomains = reader.number("powerDomains", 0, (1 << POWER_DOMAIN_COUNT) - 1);
    this.expanderLevels = reader.number("expanderLevels", 0, (1 << EXPANDER_LINE_COUNT) - 1);
    this.expanderConfig = reader.numbers("expanderConfig", EXPANDER_LINE_COUNT * EXPANDER_CONFIG_WORDS, 0);
    this.framebuffer.restore(reader.child("framebuffer"));
  }
}
