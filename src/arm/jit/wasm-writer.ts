/** A small writer of WebAssembly binary code (WebAssembly Core Specification 1.0, chapter 5): opcodes, LEB128, sections. */

/** Opcodes that the compiler uses; all operate on i32 unless their name says i64. */
export const Op = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  drop: 0x1a,
  select: 0x1b,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  load: 0x28,
  i64Load: 0x29,
  load8u: 0x2d,
  load16u: 0x2f,
  store: 0x36,
  i64Store: 0x37,
  store8: 0x3a,
  store16: 0x3b,
  const: 0x41,
  eqz: 0x45,
  eq: 0x46,
  ne: 0x47,
  ltS: 0x48,
  ltU: 0x49,
  gtS: 0x4a,
  gtU: 0x4b,
  leS: 0x4c,
  leU: 0x4d,
  geS: 0x4e,
  geU: 0x4f,
  clz: 0x67,
  add: 0x6a,
  sub: 0x6b,
  mul: 0x6c,
  and: 0x71,
  or: 0x72,
  xor: 0x73,
  shl: 0x74,
  shrS: 0x75,
  shrU: 0x76,
  rotr: 0x78,
  wrap: 0xa7,
  i64Const: 0x42,
  i64LtS: 0x53,
  i64GtS: 0x55,
  i64Add: 0x7c,
  i64Sub: 0x7d,
  i64Mul: 0x7e,
  i64Or: 0x84,
  i64Shl: 0x86,
  i64ShrS: 0x87,
  i64ShrU: 0x88,
  i64ExtendS: 0xac,
  i64ExtendU: 0xad,
  extend8S: 0xc0,
  extend16S: 0xc1,
} as const;

export const I32 = 0x7f;
export const I64 = 0x7e;
const FUNCREF = 0x70;
/** Block type: no result. */
export const VOID = 0x40;

interface BranchHint {
  readonly offset: number;
  readonly isLikely: boolean;
}

/** Growing bytes; a compiler writes hundreds of kilobytes a second here, so plain arrays are too slow. */
export class WasmWriter {
  private data: Uint8Array;
  length = 0;
  /** Offset and value of each branch hint: 1 when the branch at the offset is likely taken, else 0. */
  hints: BranchHint[] = [];

  constructor(capacity = 32) {
    this.data = new Uint8Array(capacity);
  }

  /** Forgets what was written. */
  clear(): this {
    this.length = 0;
    if (this.hints.length > 0) this.hints = [];
    return this;
  }

  /** The next opcode, an `if` or `br_if`, likely finds its condition true, or false. */
  hint(isLikely: boolean): this {
    this.hints.push({ offset: this.length, isLikely });
    return this;
  }

  /** What was written; valid until the next write. */
  get bytes(): Uint8Array {
    return this.data.subarray(0, this.length);
  }

  private byte(value: number): void {
    if (this.length === this.data.length) {
      const larger = new Uint8Array(this.data.length * 2);
      larger.set(this.data);
      this.data = larger;
    }
    this.data[this.length++] = value;
  }

  append(bytes: ArrayLike<number>): this {
    if (this.length + bytes.length > this.data.length) {
      const larger = new Uint8Array(Math.max(this.data.length * 2, this.length + bytes.length));
      larger.set(this.data);
      this.data = larger;
    }
    this.data.set(bytes, this.length);
    this.length += bytes.length;
    return this;
  }

  op(a: number, b?: number, c?: number, d?: number): this {
    this.byte(a);
    if (b !== undefined) this.byte(b);
    if (c !== undefined) this.byte(c);
    if (d !== undefined) this.byte(d);
    return this;
  }

  u32(value: number): this {
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
    return this;
  }

  s32(value: number): this {
    let rest = value | 0;
    for (;;) {
      const byte = rest & 0x7f;
      rest >>= 7;
      if ((rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0)) {
        this.byte(byte);
        return this;
      }
      this.byte(byte | 0x80);
    }
  }

  const(value: number): this {
    this.byte(Op.const);
    return this.s32(value);
  }

  get(local: number): this {
    this.byte(Op.localGet);
    return this.u32(local);
  }

  set(local: number): this {
    this.byte(Op.localSet);
    return this.u32(local);
  }

  tee(local: number): this {
    this.byte(Op.localTee);
    return this.u32(local);
  }

  /** A load or store; the address is on the stack. `align` is the power of two the access is known to be aligned to. */
  memory(opcode: number, offset: number, align: number): this {
    this.byte(opcode);
    return this.u32(align).u32(offset);
  }

  /** Loads the word at a constant address. */
  loadAt(address: number): this {
    return this.const(0).memory(Op.load, address, 2);
  }

  br(depth: number): this {
    this.byte(Op.br);
    return this.u32(depth);
  }

  brIf(depth: number): this {
    this.byte(Op.brIf);
    return this.u32(depth);
  }

  call(index: number): this {
    this.byte(Op.call);
    return this.u32(index);
  }
}

/** Custom section of the branch hinting proposal; engines that do not know it ignore it. */
const BRANCH_HINTS = "metadata.code.branch_hint";

const text = (value: string): Uint8Array => {
  const bytes = Buffer.from(value, "utf8");
  return new WasmWriter().u32(bytes.length).append(bytes).bytes;
};

function vector(items: readonly ArrayLike<number>[]): Uint8Array {
  const writer = new WasmWriter().u32(items.length);
  for (const item of items) writer.append(item);
  return writer.bytes;
}

export interface FunctionType {
  readonly params: readonly number[];
  readonly results: readonly number[];
}

export interface FunctionParts {
  /** Local declarations, and pieces of code, one after the other. */
  readonly locals: readonly { readonly count: number; readonly type: number }[];
  readonly code: readonly WasmWriter[];
}

export interface ModuleParts {
  readonly types: readonly FunctionType[];
  /** Imported functions, from module `e`, by name and type index; they come first in the index space. */
  readonly imports: readonly { readonly name: string; readonly type: number }[];
  /** Type index of all the functions. */
  readonly type: number;
  readonly functions: readonly FunctionBody[];
  /** Imports table `t` of at least this size. */
  readonly tableSize?: number;
}

/** The code section's entry of a function, and what the hint section says of it. */
export interface FunctionBody {
  readonly bytes: Uint8Array;
  readonly hints: Uint8Array | undefined;
}

export function functionBody({ locals, code }: FunctionParts): FunctionBody {
  const declarations = vector(locals.map(({ count, type }) => new WasmWriter().u32(count).op(type).bytes));
  const sizeBytes = declarations.length + code.reduce((sum, piece) => sum + piece.length, 0) + 1;
  const body = new WasmWriter(sizeBytes + 5).u32(sizeBytes).append(declarations);
  const hints = new WasmWriter();
  let count = 0;
  let offset = declarations.length;
  for (const piece of code) {
    for (const { offset: at, isLikely } of piece.hints) hints.u32(offset + at).op(1, isLikely ? 1 : 0);
    count += piece.hints.length;
    offset += piece.length;
    body.append(piece.bytes);
  }
  const counted = count === 0 ? undefined : new WasmWriter().u32(count).append(hints.bytes).bytes;
  return { bytes: body.op(Op.end).bytes, hints: counted };
}

/** The name a module exports its function under. */
export const functionName = (index: number): string => `f${index}`;

/** Of an imported memory, in pages of 64 KiB. */
export interface MemoryLimits {
  readonly min: number;
  readonly max: number;
}

/** A module that imports memory `m` and exports its functions. */
export function wasmModule(
  { types, imports, type, functions, tableSize }: ModuleParts,
  memoryPages: number | MemoryLimits,
): Uint8Array {
  const { min, max } = typeof memoryPages === "number" ? { min: memoryPages, max: memoryPages } : memoryPages;
  const module = new WasmWriter(1024 + functions.reduce((sum, { bytes }) => sum + bytes.length * 2, 0)).append([
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  ]);
  const section = (id: number, content: Uint8Array): void => {
    module.op(id).u32(content.length).append(content);
  };
  const ofType = ({ params, results }: FunctionType): Uint8Array =>
    new WasmWriter()
      .op(0x60)
      .append(vector(params.map((t) => [t])))
      .append(vector(results.map((t) => [t]))).bytes;
  section(1, vector(types.map(ofType)));
  const named = (name: string): WasmWriter => new WasmWriter().append(text("e")).append(text(name));
  const imported = [named("m").op(0x02, 0x01).u32(min).u32(max).bytes];
  for (const { name, type } of imports) imported.push(named(name).op(0x00).u32(type).bytes);
  if (tableSize !== undefined) imported.push(named("t").op(0x01, FUNCREF, 0x00).u32(tableSize).bytes);
  section(2, vector(imported));
  section(3, vector(functions.map(() => [type])));
  const exported = functions.map((_, i) =>
    new WasmWriter()
      .append(text(functionName(i)))
      .op(0x00)
      .u32(imports.length + i),
  );
  section(7, vector(exported.map(({ bytes }) => bytes)));
  const hinted = functions.flatMap(({ hints }, i) =>
    hints === undefined ? [] : [new WasmWriter().u32(imports.length + i).append(hints).bytes],
  );
  if (hinted.length > 0) section(0, new WasmWriter().append(text(BRANCH_HINTS)).append(vector(hinted)).bytes);
  section(10, vector(functions.map(({ bytes }) => bytes)));
  return module.bytes;
}
