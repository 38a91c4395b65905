/**
 * Registers declared once: name, offset, fields with access and reset value; behaviour hangs on fields.
 *
 * `RegisterBlock` compiles the table to one dispatch array, so an access costs an index and a call, and allocates nothing.
 * Fields marked `todo` are known to hardware and not modelled: touching one is logged by name, once. Bits no field names are reserved:
 * they read as zero and ignore writes.
 */
import type { Logger } from "../base/index.ts";
import { assert } from "../base/index.ts";
import type { AccessSize } from "../memory/index.ts";

export type FieldMode = "rw" | "ro" | "wo" | "w1c" | "w1s" | "todo";

/** A run of bits in a register; `S` is the device's own class or state. */
export interface Field<S> {
  readonly low: number;
  readonly width: number;
  readonly mode: FieldMode;
  /** The field's value now; without it, the stored value. On a `ro` field it has no effect on the device. */
  readonly read?: (device: S) => number;
  /** What `dump()` shows where `read` has an effect, such as taking a character from a FIFO. */
  readonly peek?: (device: S) => number;
  /** Called after a write with the field's new value (w1c, w1s: the ones that were written). */
  readonly write?: (device: S, value: number) => void;
}

export interface FieldHooks<S> {
  read?: (device: S) => number;
  peek?: (device: S) => number;
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

  /**
   * Writes are ignored. Without `read` it is the constant of the register's reset value. `read` must not change the
   * device, for `dump()` calls it too; a read with an effect is declared `rw` with a `peek`.
   */
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

  /** Write one to set: `write` gets the ones, `read` says the state, which the device keeps. */
  w1s<S>(hooks: FieldHooks<S>): Field<S> {
    return { low: this.low, width: this.width, mode: "w1s", ...hooks };
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
  /** Gives the whole word at once, instead of field by field; for registers that are polled. No effect on the device. */
  readonly readWord?: (device: S) => number;
}

export interface RegisterOptions<S> {
  reset?: number;
  onWrite?: (device: S, value: number) => void;
  readWord?: (device: S) => number;
}

/** A register of 32 bits at byte `offset`. */
export function at<S>(
  offset: number,
  fields: Readonly<Record<string, Field<S>>>,
  { reset = 0, onWrite, readWord }: RegisterOptions<S> = {},
): RegisterSpec<S> {
  return { offset, fields, reset, onWrite, readWord };
}

const fieldMask = (field: { low: number; width: number }): number =>
  field.width === 32 ? -1 : ((1 << field.width) - 1) << field.low;

type NamedField<S> = Field<S> & { readonly name: string; readonly mask: number };

interface Compiled<S> {
  readonly name: string;
  readonly spec: RegisterSpec<S>;
  readonly fields: readonly NamedField<S>[];
  /** Fields that a write does more with than to store them. */
  readonly effects: readonly NamedField<S>[];
  /** Bits kept in the stored word. */
  readonly storedMask: number;
  /** Stored bits a read gives; the others are reserved, write-only or come from hooks. */
  readonly plainMask: number;
  /** Fields whose value comes from a hook. */
  readonly computed: readonly NamedField<S>[];
  /** Set where one call gives the whole word. */
  readonly readWord: ((device: S) => number) | undefined;
}

function compile<S>(name: string, spec: RegisterSpec<S>): Compiled<S> {
  const fields = Object.entries(spec.fields).map(([field, f]) => ({ ...f, name: field, mask: fieldMask(f) }));
  let [storedMask, plainMask, namedMask] = [0, 0, 0];
  for (const f of fields) {
    assert((namedMask & f.mask) === 0, `field ${name}.${f.name} has bits of its own`);
    namedMask |= f.mask;
    if (f.mode === "rw" || f.mode === "todo") storedMask |= f.mask;
    if (f.mode !== "wo" && f.read === undefined) plainMask |= f.mask;
  }
  const effects = fields.filter((f) => f.mode === "todo" || (f.mode !== "ro" && f.write !== undefined));
  const computed = fields.filter((f) => f.read !== undefined);
  const only = computed.length === 1 && computed[0].mask === -1 ? computed[0].read : undefined;
  return { name, spec, fields, effects, storedMask, plainMask, computed, readWord: spec.readWord ?? only };
}

/**
 * A copy whose properties V8 keeps by position: an object filled by keyed stores turns into a hash table after a dozen,
 * and each access to it costs five times as much.
 */
const fastRecord = (record: Readonly<Record<string, number>>): Record<string, number> =>
  JSON.parse(JSON.stringify(record)) as Record<string, number>;

/** One line of `dump()`: a register and its fields, by name. */
export interface RegisterDump {
  name: string;
  offset: number;
  value: number;
  fields: Record<string, number>;
}

/** The compiled table of one device instance; `values` is the device's register state. */
export class RegisterBlock<S> {
  private readonly slots: (Compiled<S> | undefined)[];
  private readonly device: S;
  private readonly log: Logger;
  private readonly resetValues: Record<string, number>;
  private stored: Record<string, number>;

  /** `S` is what the table says, so that a class can give `this`. */
  constructor(device: NoInfer<S>, table: Readonly<Record<string, RegisterSpec<S>>>, log: Logger) {
    this.device = device;
    this.log = log;
    const specs = Object.values(table);
    this.slots = new Array(Math.max(0, ...specs.map((spec) => (spec.offset >> 2) + 1))).fill(undefined);
    for (const [name, spec] of Object.entries(table)) {
      assert(spec.offset % 4 === 0 && this.slots[spec.offset >> 2] === undefined, `register ${name} has its own word`);
      this.slots[spec.offset >> 2] = compile(name, spec);
    }
    const names = Object.keys(table);
    this.resetValues = fastRecord(Object.fromEntries(names.map((name) => [name, table[name].reset | 0])));
    this.stored = { ...this.resetValues };
  }

  /** Stored words by register name; plain data, part of the device's state. */
  get values(): Record<string, number> {
    return this.stored;
  }

  /** Takes the words of the registers this block has. */
  set values(words: Readonly<Record<string, number>>) {
    const stored = { ...this.resetValues };
    for (const name of Object.keys(stored)) stored[name] = words[name] ?? stored[name];
    this.stored = stored;
  }

  reset(): void {
    this.stored = { ...this.resetValues };
  }

  /** Narrow reads take the bytes from the word; the word is read as a whole. */
  read(offset: number, sizeBytes: AccessSize = 4): number {
    const value = this.readSlot(offset);
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
    const before = this.stored[slot.name];
    this.stored[slot.name] = (before & ~slot.storedMask) | (lane & slot.storedMask);
    for (let i = 0; i < slot.effects.length; i++) this.writeField(slot, slot.effects[i], lane);
    slot.spec.onWrite?.(this.device, lane);
  }

  /** All registers as a read would show them, without the effects a read may have. */
  dump(): RegisterDump[] {
    return this.slots.flatMap((slot) => {
      if (slot === undefined) return [];
      let value = slot.spec.readWord?.(this.device) ?? this.stored[slot.name] & (slot.plainMask | slot.storedMask);
      if (slot.spec.readWord === undefined)
        for (const f of slot.computed) {
          const look = f.peek ?? (f.mode === "ro" ? f.read : undefined);
          if (look !== undefined) value = (value & ~f.mask) | ((look(this.device) << f.low) & f.mask);
        }
      const fields: Record<string, number> = {};
      for (const f of slot.fields) fields[f.name] = (value & f.mask) >>> f.low;
      return [{ name: slot.name, offset: slot.spec.offset, value: value >>> 0, fields }];
    });
  }

  private readSlot(offset: number): number {
    const slot = this.slots[offset >> 2];
    if (slot === undefined) {
      this.log.warnOnce(`read of unknown register at offset 0x${(offset & ~3).toString(16)}`);
      return 0;
    }
    if (slot.readWord !== undefined) return slot.readWord(this.device);
    let value = this.stored[slot.name] & slot.plainMask;
    for (let i = 0; i < slot.computed.length; i++) {
      const field = slot.computed[i];
      if (field.read !== undefined) value |= (field.read(this.device) << field.low) & field.mask;
    }
    return value;
  }

  private writeField(slot: Compiled<S>, field: NamedField<S>, lane: number): void {
    const value = (lane & field.mask) >>> field.low;
    if (field.mode === "todo") {
      if (value !== 0) this.log.warnOnce(`${slot.name}.${field.name} is not modelled; the value written has no effect`);
      return;
    }
    if ((field.mode === "w1c" || field.mode === "w1s") && value === 0) return;
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
