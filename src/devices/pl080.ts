/**
 * PL080 DMA controller, registers only; ARM DDI 0196G chapter 3.
 *
 * Transfers are not modelled. A channel that is enabled ends at once with an error, as if its first access had met a
 * bus error, so that a driver learns of it instead of waiting for ever.
 */
import type { State } from "../base/index.ts";
import type { DeviceContext, MmioDevice, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, bit, bits, irqOutput, primeCellId, RegisterBlock, word } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { StateReader } from "./state-reader.ts";

const CHANNEL_COUNT = 8;
const CHANNEL_ENABLE = 1;
/** DMACCxConfiguration.IE: the error interrupt gets through. */
const ERROR_INTERRUPT_ENABLE = 1 << 14;

const channels = () => bits(0, CHANNEL_COUNT);
const requests = (offset: number) => at(offset, { lines: bits(0, 16).todo<Pl080>() });

function channelRegisters(): Record<string, RegisterSpec<Pl080>> {
  const table: Record<string, RegisterSpec<Pl080>> = {};
  for (let i = 0; i < CHANNEL_COUNT; i++) {
    const base = 0x100 + 0x20 * i;
    table[`DMACC${i}SrcAddr`] = at(base, { address: word().rw<Pl080>() });
    table[`DMACC${i}DestAddr`] = at(base + 0x04, { address: word().rw<Pl080>() });
    table[`DMACC${i}LLI`] = at(base + 0x08, { link: word().rw<Pl080>() });
    table[`DMACC${i}Control`] = at(base + 0x0c, { control: word().rw<Pl080>() });
    table[`DMACC${i}Configuration`] = at(
      base + 0x10,
      {
        E: bit(0).wo<Pl080>((s, value) => s.setEnabled(i, value === 1)),
        settings: bits(1, 16).rw<Pl080>(),
        A: bit(17).ro<Pl080>(),
        H: bit(18).rw<Pl080>(),
      },
      { onWrite: (s) => s.update() },
    );
  }
  return table;
}

const table: Record<string, RegisterSpec<Pl080>> = {
  DMACIntStatus: at(0x000, { channels: channels().ro((s) => s.maskedErrors()) }),
  DMACIntTCStatus: at(0x004, { channels: channels().ro<Pl080>() }),
  DMACIntTCClear: at(0x008, { channels: channels().wo(() => {}) }),
  DMACIntErrorStatus: at(0x00c, { channels: channels().ro((s) => s.maskedErrors()) }),
  DMACIntErrClr: at(0x010, { channels: channels().wo((s, ones) => s.clearErrors(ones)) }),
  DMACRawIntTCStatus: at(0x014, { channels: channels().ro<Pl080>() }),
  DMACRawIntErrorStatus: at(0x018, { channels: channels().ro((s) => s.errors) }),
  // No channel stays enabled.
  DMACEnbldChns: at(0x01c, { channels: channels().ro<Pl080>() }),
  DMACSoftBReq: requests(0x020),
  DMACSoftSReq: requests(0x024),
  DMACSoftLBReq: requests(0x028),
  DMACSoftLSReq: requests(0x02c),
  DMACConfiguration: at(0x030, { E: bit(0).rw<Pl080>(), M: bits(1, 2).rw<Pl080>() }),
  DMACSync: at(0x034, { lines: bits(0, 16).rw<Pl080>() }),
  ...channelRegisters(),
  ...primeCellId<Pl080>(0x0a041080),
};

/** Output 0 is DMACINTR, the combined interrupt. */
export class Pl080 implements MmioDevice {
  readonly name: string;
  /** Channels that ended with an error, a bit each. */
  errors = 0;
  private readonly context: DeviceContext;
  private readonly registers: RegisterBlock<Pl080>;

  constructor(context: DeviceContext) {
    this.context = context;
    this.name = context.name;
    this.registers = new RegisterBlock<Pl080>(this, table, context.log);
  }

  reset(): void {
    this.registers.reset();
    this.errors = 0;
    this.update();
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.registers.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    this.registers.write(offset, value, sizeBytes);
  }

  setEnabled(channel: number, isEnabled: boolean): void {
    const isControllerOn = (this.registers.values.DMACConfiguration & CHANNEL_ENABLE) !== 0;
    if (!isEnabled || !isControllerOn) return;
    this.context.log.warnOnce(`DMA transfers are not modelled; channel ${channel} ended with an error`);
    this.errors |= 1 << channel;
  }

  clearErrors(ones: number): void {
    this.errors &= ~ones;
    this.update();
  }

  maskedErrors(): number {
    let masked = 0;
    for (let i = 0; i < CHANNEL_COUNT; i++) {
      const isMasked = (this.registers.values[`DMACC${i}Configuration`] & ERROR_INTERRUPT_ENABLE) === 0;
      if (!isMasked) masked |= this.errors & (1 << i);
    }
    return masked;
  }

  update(): void {
    irqOutput(this.context, 0).set(this.maskedErrors() !== 0);
  }

  dump(): RegisterDump[] {
    return this.registers.dump();
  }

  save(): State {
    return { registers: { ...this.registers.values }, errors: this.errors };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.registers.values = reader.registers("registers", this.registers.values);
    this.errors = reader.number("errors", 0, 0xff);
    this.update();
  }
}
