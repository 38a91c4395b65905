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
  select: 0x1b,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  load: 0x28,
  load8u: 0x2d,
  load16u: 0x2f,
  store: 0x36,
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

export class WasmWriter {
  readonly bytes: number[] = [];

  op(...bytes: readonly number[]): this {
    for (const byte of bytes) this.bytes.push(byte);
    return this;
  }

  u32(value: number): this {
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.bytes.push((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.bytes.push(rest);
    return this;
  }

  s32(value: number): this {
    let rest = value | 0;
    for (;;) {
      const byte = rest & 0x7f;
      rest >>= 7;
      if ((rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0)) {
        this.bytes.push(byte);
        return this;
      }
      this.bytes.push(byte | 0x80);
    }
  }

  const(value: number): this {
    this.bytes.push(Op.const);
    return this.s32(value);
  }

  get(local: number): this {
    this.bytes.push(Op.localGet);
    return this.u32(local);
  }

  set(local: number): this {
    this.bytes.push(Op.localSet);
    return this.u32(local);
  }

  tee(local: number): this {
    this.bytes.push(Op.localTee);
    return this.u32(local);
  }

  /** A load or store; the address is on the stack. `align` is the power of two the access is known to be aligned to. */
  memory(opcode: number, offset: number, align: number): this {
    this.bytes.push(opcode);
    return this.u32(align).u32(offset);
  }

  /** Loads the word at a constant address. */
  loadAt(address: number): this {
    return this.const(0).memory(Op.load, address, 2);
  }

  br(depth: number): this {
    this.bytes.push(Op.br);
    return this.u32(depth);
  }

  brIf(depth: number): this {
    this.bytes.push(Op.brIf);
    return this.u32(depth);
  }

  call(index: number): this {
    this.bytes.push(Op.call);
    return this.u32(index);
  }
}

const text = (value: string): number[] => {
  const bytes = [...Buffer.from(value, "utf8")];
  return [...new WasmWriter().u32(bytes.length).bytes, ...bytes];
};

const vector = (items: readonly (readonly number[])[]): number[] => {
  const writer = new WasmWriter().u32(items.length);
  for (const item of items) for (const byte of item) writer.bytes.push(byte);
  return writer.bytes;
};

function section(id: number, content: readonly number[]): number[] {
  const header = new WasmWriter().op(id).u32(content.length).bytes;
  return header.concat(content);
}

export interface FunctionType {
  readonly params: readonly number[];
  readonly results: readonly number[];
}

export interface ModuleParts {
  readonly types: readonly FunctionType[];
  /** Imported functions, from module `e`, by name and type index; they come first in the index space. */
  readonly imports: readonly { readonly name: string; readonly type: number }[];
  /** Type index, local declarations and code of the one function, exported as `f`. */
  readonly type: number;
  readonly locals: readonly { readonly count: number; readonly type: number }[];
  readonly code: readonly number[];
  /** Imports table `t` of at least this size. */
  readonly tableSize?: number;
}

/** A module of one function that imports memory `m`. */
export function wasmModule(parts: ModuleParts, memoryPages: number): Uint8Array {
  const types = parts.types.map(({ params, results }) => [
    0x60,
    ...new WasmWriter().u32(params.length).bytes,
    ...params,
    ...new WasmWriter().u32(results.length).bytes,
    ...results,
  ]);
  const pages = new WasmWriter().u32(memoryPages).bytes;
  const imports = [[...text("e"), ...text("m"), 0x02, 0x01, ...pages, ...pages]];
  for (const { name, type } of parts.imports) imports.push([...text("e"), ...text(name), 0x00, type]);
  if (parts.tableSize !== undefined) {
    imports.push([...text("e"), ...text("t"), 0x01, FUNCREF, 0x00, ...new WasmWriter().u32(parts.tableSize).bytes]);
  }
  const locals = vector(parts.locals.map(({ count, type }) => [...new WasmWriter().u32(count).bytes, type]));
  const body = locals.concat(parts.code as number[], [Op.end]);
  const sized = new WasmWriter().u32(body.length).bytes.concat(body);
  return Uint8Array.from([
    0x00,
    0x61,
    0x73,
    0x6d,
    0x01,
    0x00,
    0x00,
    0x00,
    ...section(1, vector(types)),
    ...section(2, vector(imports)),
    ...section(3, [1, parts.type]),
    ...section(7, vector([[...text("f"), 0x00, ...new WasmWriter().u32(parts.imports.length).bytes]])),
    ...section(10, [1].concat(sized)),
  ]);
}
