/** Guest memory that is being filled, and the encodings that the generator needs by name. ARM ARM (DDI 0100I), A3 and A7. */
import { RAM_BYTES } from "./memory-map.table.ts";

export class Image {
  readonly bytes = new Uint8Array(RAM_BYTES);
  private readonly view = new DataView(this.bytes.buffer);

  word(address: number, value: number): void {
    this.view.setUint32(address, value >>> 0, true);
  }

  half(address: number, value: number): void {
    this.view.setUint16(address, value & 0xffff, true);
  }

  words(address: number, values: readonly number[]): void {
    for (const [index, value] of values.entries()) this.word(address + index * 4, value);
  }
}

const ALWAYS = 0xe0000000;

export const arm = {
  /** `b` or `bl`, from an address to another. */
  branch: (from: number, to: number, { link = false, condition = 14 } = {}): number =>
    ((condition << 28) | (link ? 0x0b000000 : 0x0a000000) | (((to - from - 8) >> 2) & 0xffffff)) >>> 0,
  /** `blx` to Thumb code. */
  blx: (from: number, to: number): number =>
    (0xfa000000 | (((to - from - 8) & 2) << 23) | (((to - from - 8) >> 2) & 0xffffff)) >>> 0,
  /** `ldr rt, [pc, #...]` of the word at an address. */
  loadLiteral: (t: number, from: number, at: number): number => pcRelative(0x051f0000, t, from, at),
  /** `str rt, [pc, #...]` to an address. */
  storeTo: (t: number, from: number, at: number): number => pcRelative(0x050f0000, t, from, at),
  bx: (m: number): number => ALWAYS | 0x012fff10 | m,
  blxReg: (m: number): number => ALWAYS | 0x012fff30 | m,
  movImm: (d: number, imm8: number): number => ALWAYS | 0x03a00000 | (d << 12) | imm8,
  mcr: (t: number, crn: number, crm: number, opcode2: number): number =>
    ALWAYS | 0x0e000f10 | (crn << 16) | (t << 12) | (opcode2 << 5) | crm,
  mrc: (t: number, crn: number, crm: number, opcode2: number): number => arm.mcr(t, crn, crm, opcode2) | 0x00100000,
} as const;

function pcRelative(opcode: number, t: number, from: number, at: number): number {
  const distance = at - from - 8;
  return (ALWAYS | opcode | (t << 12) | (distance >= 0 ? 0x00800000 : 0) | Math.abs(distance)) >>> 0;
}

export const thumb = {
  /** `b.n`, or `undefined` when it does not reach. */
  branch: (from: number, to: number): number | undefined => {
    const distance = (to - from - 4) >> 1;
    return distance >= -1024 && distance < 1024 ? 0xe000 | (distance & 0x7ff) : undefined;
  },
  conditional: (from: number, to: number, condition: number): number | undefined => {
    const distance = (to - from - 4) >> 1;
    return distance >= -128 && distance < 128 ? 0xd000 | (condition << 8) | (distance & 0xff) : undefined;
  },
  /** Both halves of `bl`, or of `blx` to ARM code. */
  call: (from: number, to: number, isExchange: boolean): [number, number] => {
    const distance = isExchange ? to - ((from + 4) & ~3) : to - from - 4;
    const low = (distance >> 1) & 0x7ff;
    return [0xf000 | ((distance >> 12) & 0x7ff), (isExchange ? 0xe800 : 0xf800) | (isExchange ? low & ~1 : low)];
  },
  /** `ldr rt, [pc, #...]`; the literal lies ahead. */
  loadLiteral: (t: number, from: number, at: number): number => 0x4800 | (t << 8) | ((at - ((from + 4) & ~3)) >> 2),
  bx: (m: number): number => 0x4700 | (m << 3),
  blxReg: (m: number): number => 0x4780 | (m << 3),
} as const;
