/**
 * A decoded instruction: the letters of its row's bit pattern as numbers.
 *
 * All records come from `makeInsn`, so the interpreter's loop sees one hidden class. A letter that the row's
 * pattern lacks is 0. A record never changes and knows nothing of its place.
 */

export interface Fields {
  /** The instruction as fetched: 32 bits, or 16 for Thumb. */
  readonly raw: number;
  /** Condition, 14 = always. Tested by the caller of the semantic function. */
  readonly c: number;
  /** Set flags. */
  readonly S: number;
  /** Registers: first operand or base, destination, second operand, shift amount or accumulator, transfer, high half. */
  readonly n: number;
  readonly d: number;
  readonly m: number;
  readonly s: number;
  readonly t: number;
  readonly h: number;
  /** Immediate value (offsets, branch distances, 8-bit constants) and its rotation. */
  readonly v: number;
  readonly r: number;
  /** Shift amount and type. */
  readonly i: number;
  readonly y: number;
  /** Pre-indexed, up, byte, write-back, load bits. */
  readonly P: number;
  readonly U: number;
  readonly B: number;
  readonly W: number;
  readonly L: number;
  /** Register list of LDM and STM, one bit a register. */
  readonly l: number;
  /** Top-half selectors of the signed multiplies. */
  readonly x: number;
  readonly z: number;
  /** Coprocessor number, opcodes and registers; fields of MSR and MRS. */
  readonly p: number;
  readonly o: number;
  readonly q: number;
  readonly k: number;
  readonly R: number;
}

/** An instruction as decoded, whatever executes it. */
export interface DecodedInsn extends Fields {
  /** Index into the row table. */
  readonly row: number;
}

/** `O` is the ops class that executes it; decode knows nothing of it. */
export interface Insn<O = unknown> extends DecodedInsn {
  readonly exec: (ops: O, fields: Insn<O>) => void;
}

/**
 * Place of each field in the values a record is made of. Those that most instructions have stand first: the record keeps
 * the order, so that its reader touches few lines of the host's cache.
 */
export const Field = {
  c: 0,
  n: 1,
  d: 2,
  m: 3,
  t: 4,
  v: 5,
  i: 6,
  S: 7,
  y: 8,
  U: 9,
  P: 10,
  W: 11,
  l: 12,
  r: 13,
  s: 14,
  h: 15,
  B: 16,
  L: 17,
  x: 18,
  z: 19,
  p: 20,
  o: 21,
  q: 22,
  k: 23,
  R: 24,
} as const satisfies Record<Exclude<keyof Fields, "raw">, number>;

export const FIELD_COUNT = Object.keys(Field).length;

const ALWAYS = 14;

/** The values of an instruction without any field. */
export function blankValues(): Int32Array {
  const values = new Int32Array(FIELD_COUNT);
  values[Field.c] = ALWAYS;
  return values;
}

const noFields = blankValues();

export function makeInsn<O>(
  raw: number,
  row: number,
  exec: (ops: O, fields: Insn<O>) => void,
  values: Int32Array = noFields,
): Insn<O> {
  return {
    exec,
    c: values[Field.c],
    n: values[Field.n],
    d: values[Field.d],
    m: values[Field.m],
    t: values[Field.t],
    v: values[Field.v],
    i: values[Field.i],
    S: values[Field.S],
    y: values[Field.y],
    U: values[Field.U],
    P: values[Field.P],
    W: values[Field.W],
    l: values[Field.l],
    r: values[Field.r],
    s: values[Field.s],
    h: values[Field.h],
    B: values[Field.B],
    L: values[Field.L],
    x: values[Field.x],
    z: values[Field.z],
    p: values[Field.p],
    o: values[Field.o],
    q: values[Field.q],
    k: values[Field.k],
    R: values[Field.R],
    row,
    raw,
  };
}
