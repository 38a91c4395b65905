/**
 * Registers declared once: name, offset, fields with access and reset value; behaviour hangs on fields.
 *
 * `registers({...}, hooks)` compiles the table to one dispatch array, so an access costs an index and a call.
 * Fields marked `todo` are known to hardware and not modelled: touching one is logged by name, once. Bits no field names are reserved:
 * they read as zero and ignore writes.
 */
import type { Logger } from "../base/index.ts";
import { assert } from "../base/index.ts";
import type { AccessSize } from "../memory/index.ts";

export type FieldMode = "rw" | "ro" | "wo" | "w1c" | "todo";

/** A run of bits in a register; `S` is the device's own class or state. */
export interface Field<S> {
  readonly low: number;
  readonly width: number;
  readonly mode: FieldMode;
  /** The field's value now; without it, the stored value. */
  readonly read?: (device: S) => number;
  /** Called after a write with the field's new value (w1c: the ones that were written). */
  readonly write?: (device: S, value: number) => void;
}

export interface FieldHooks<S> {
  read?: (device: S) => number;
  write?: (device: S, value: number) => void;
}

class FieldBuilder {
  private readonly low: number;
  private readonly width: number;

  constructor(low: number, width: number) {
    this.low = low;
    this.width = width;
  }

  /** Reads back what was written; hooks may observe or replace. */
  rw<S>(hooks: FieldHooks<S> = {}): Field<S> {
    return { low: this.low, width: this.width, mode: "rw", ...hooks };
  }

  /** Writes are ignored. Without `read` it is the constant of the register's reset value. */
  ro<S>(read?: (device: S) => number): Field<S> {
    return { low: this.low, width: this.width, mode: "ro", read };
  }

  /** Reads as zero. */
  wo<S>(write: (device: S, value: number) => void): Field<S> {
    return { low: this.low, width: this.width, mode: "wo", write };
  }

  /** Write one to clear. */
  w1c<S>(hooks: FieldHooks<S>): Field<S> {
    return { low: this.low, width: this.width, mode: "w1c", ...hooks };
  }

  /** Known to hardware, not modelled: stored and read back, and logged once when written non-zero. */
  todo<S>(): Field<S> {
    return { low: this.low, width: this.width, mode: "todo" };
  }
}

/** `width` bits from bit `low`. */
export const bits = (low: number, width: number): FieldBuilder => new FieldBuilder(low, width);
export const bit = (low: number): FieldBuilder => new FieldBuilder(low, 1);
export const word = (): FieldBuilder => new FieldBuilder(0, 32);

export interface RegisterSpec<S> {
  readonly offset: number;
  readonly fields: Readonly<Record<string, Field<S>>>;
  readonly reset: number;
  /** Called after all fields of a write were stored; `value` is the whole word written. */
  readonly onWrite?: (device: S, value: number) => void;
}

/** A register of 32 bits at byte `offset`. */
export function at<S>(
  offset: number,
  fields: Readonly<Record<string, Field<S>>>,
  { reset = 0, onWrite }: { reset?: number; onWrite?: (device: S, value: number) => void } = {},
): RegisterSpec<S> {
  return { offset, fields, reset, onWrite };
}

const fieldMask = (field: { low: number; width: number }): number =>
  field.width === 32 ? -1 : ((1 << field.width) - 1) << field.low;

interface Compiled<S> {
  readonly name: string;
  readonly spec: RegisterSpec<S>;
  readonly fields: readonly (Field<S> & { name: string; mask: number })[];
  /** Bits kept in the stored word. */
  readonly storedMask: number;
}

/** One line of `dump()`: a register and its fields, by name. */
export interface RegisterDump {
  name: string;
  offset: number;
  value: number;
  fields: Record<string, number>;
}

/** The compiled table of one device instance; `values` is the device's register state. */
export class RegisterBlock<S> {
  private readonly slots: (Compiled<S> | undefined)[] = [];
  private readonly device: S;
  private readonly log: Logger;
  /** Stored words by register name; plain data, part of the device's state. */
  values: Record<string, number> = {};

  constructor(device: S, table: Readonly<Record<string, RegisterSpec<S>>>, log: Logger) {
    this.device = device;
    this.log = log;
    for (const [name, spec] of Object.entries(table)) {
      assert(spec.offset % 4 === 0 && this.slots[spec.offset >> 2] === undefined, `register ${name} has its own word`);
      const fields = Object.entries(spec.fields).map(([field, f]) => ({ ...f, name: field, mask: fieldMask(f) }));
      const storedMask = fields.reduce((mask, f) => (f.mode === "rw" || f.mode === "todo" ? mask | f.mask : mask), 0);
      this.slots[spec.offset >> 2] = { name, spec, fields, storedMask };
    }
    this.reset();
  }

  reset(): void {
    this.values = {};
    for (const slot of this.slots) if (slot !== undefined) this.values[slot.name] = slot.spec.reset | 0;
  }

  /** Narrow reads take the bytes from the word; the word is read as a whole. */
  read(offset: number, sizeBytes: AccessSize = 4): number {
    const value = this.readWord(offset & ~3);
    return sizeBytes === 4 ? value : value >>> ((offset & 3) * 8);
  }

  /** A narrow write is the word with those bytes given and the others zero, as the APB bridge presents it. */
  write(offset: number, value: number, sizeBytes: AccessSize = 4): void {
    const lane = sizeBytes === 4 ? value : (value & (sizeBytes === 1 ? 0xff : 0xffff)) << ((offset & 3) * 8);
    const slot = this.slots[offset >> 2];
    if (slot === undefined) {
      this.log.warnOnce(`write to unknown register at offset 0x${(offset & ~3).toString(16)}`);
      return;
    }
    const before = this.values[slot.name];
    this.values[slot.name] = (before & ~slot.storedMask) | (lane & slot.storedMask);
    for (const field of slot.fields) this.writeField(slot, field, lane);
    slot.spec.onWrite?.(this.device, lane);
  }

  dump(): RegisterDump[] {
    return this.slots.flatMap((slot) => {
      if (slot === undefined) return [];
      const value = this.values[slot.name];
      const fields: Record<string, number> = {};
      for (const f of slot.fields) fields[f.name] = (value & f.mask) >>> f.low;
      return [{ name: slot.name, offset: slot.spec.offset, value: value >>> 0, fields }];
    });
  }

  private readWord(offset: number): number {
    const slot = this.slots[offset >> 2];
    if (slot === undefined) {
      this.log.warnOnce(`read of unknown register at offset 0x${offset.toString(16)}`);
      return 0;
    }
    let value = this.values[slot.name];
    for (const field of slot.fields) {
      if (field.mode === "wo") value &= ~field.mask;
      else if (field.read !== undefined)
        value = (value & ~field.mask) | ((field.read(this.device) << field.low) & field.mask);
    }
    return value;
  }

  private writeField(slot: Compiled<S>, field: Field<S> & { name: string; mask: number }, lane: number): void {
    const value = (lane & field.mask) >>> field.low;
    if (field.mode === "ro") return;
    if (field.mode === "todo") {
      if (value !== 0)
        this.log.warnOnce(`${slot.name}.${field.name} is not modelled; value ${value} was stored and has no effect`);
      return;
    }
    if (field.mode === "w1c" && value === 0) return;
    field.write?.(this.device, value);
  }
}

/**
 * The eight identification registers at 0xfe0 .. 0xffc that the AMBA bus reads to match a driver.
 *
 * @param partId PeripheralID as one number, for a PL011 `0x00041011`
 */
export function primeCellId<S>(partId: number, cellId = 0xb105f00d): Record<string, RegisterSpec<S>> {
  const table: Record<string, RegisterSpec<S>> = {};
  for (let i = 0; i < 4; i++) {
    table[`PeriphID${i}`] = at(0xfe0 + i * 4, { value: bits(0, 8).ro<S>() }, { reset: (partId >>> (i * 8)) & 0xff });
    table[`PCellID${i}`] = at(0xff0 + i * 4, { value: bits(0, 8).ro<S>() }, { reset: (cellId >>> (i * 8)) & 0xff });
  }
  return table;
}
