/**
 * A decoded instruction: the letters of its row's bit pattern as numbers.
 *
 * All records come from `makeInsn`, so the interpreter's loop sees one hidden class. A letter that the row's
 * pattern lacks is 0.
 */

export interface Fields {
  /** The instruction as fetched: 32 bits, or 16 for Thumb. */
  raw: number;
  /** Condition, 14 = always. Tested by the caller of the semantic function. */
  c: number;
  /** Set flags. */
  S: number;
  /** Registers: first operand or base, destination, second operand, shift amount or accumulator, transfer, high half. */
  n: number;
  d: number;
  m: number;
  s: number;
  t: number;
  h: number;
  /** Immediate value (offsets, branch distances, 8-bit constants) and its rotation. */
  v: number;
  r: number;
  /** Shift amount and type. */
  i: number;
  y: number;
  /** Pre-indexed, up, byte, write-back, load bits. */
  P: number;
  U: number;
  B: number;
  W: number;
  L: number;
  /** Register list of LDM and STM, one bit a register. */
  l: number;
  /** Top-half selectors of the signed multiplies. */
  x: number;
  z: number;
  /** Coprocessor number, opcodes and registers; fields of MSR and MRS. */
  p: number;
  o: number;
  q: number;
  k: number;
  R: number;
}

/** An instruction as decoded, whatever executes it. */
export interface DecodedInsn extends Fields {
  /** Index into the row table. */
  row: number;
}

/** `O` is the ops class that executes it; decode knows nothing of it. */
export interface Insn<O = unknown> extends DecodedInsn {
  exec: (ops: O, fields: Insn<O>) => void;
}

export function makeInsn<O>(raw: number, row: number, exec: (ops: O, fields: Insn<O>) => void): Insn<O> {
  return {
    exec,
    row,
    raw,
    c: 14,
    S: 0,
    n: 0,
    d: 0,
    m: 0,
    s: 0,
    t: 0,
    h: 0,
    v: 0,
    r: 0,
    i: 0,
    y: 0,
    P: 0,
    U: 0,
    B: 0,
    W: 0,
    L: 0,
    l: 0,
    x: 0,
    z: 0,
    p: 0,
    o: 0,
    q: 0,
    k: 0,
    R: 0,
  };
}
