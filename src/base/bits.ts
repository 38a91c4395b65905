/** Arithmetic on 32-bit words held in JavaScript numbers. Words are signed (`| 0`) unless a name says otherwise. */

/** The unsigned value of a word: 0 .. 0xffffffff. */
export const u32 = (word: number): number => word >>> 0;

/** Bits `high` down to `low` of `word`, as an unsigned number. */
export const bitField = (word: number, high: number, low: number): number =>
  high - low === 31 ? word >>> 0 : (word >>> low) & ((1 << (high - low + 1)) - 1);

/** `value`, of `width` bits, sign-extended to a word. */
export const signExtend = (value: number, width: number): number => (value << (32 - width)) >> (32 - width);

export const rotateRight = (word: number, amount: number): number =>
  (word >>> (amount & 31)) | (word << (-amount & 31));

export const popCount = (word: number): number => {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return (((v + (v >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
};

/** Eight lower-case hexadecimal digits, as the kernel prints an address. */
export const hex8 = (word: number): string => (word >>> 0).toString(16).padStart(8, "0");

/** `0x` and upper-case digits, as Xvisor prints an address. */
export const hexAddress = (word: number): string => `0x${(word >>> 0).toString(16).toUpperCase().padStart(8, "0")}`;

export const alignUp = (value: number, alignment: number): number => Math.ceil(value / alignment) * alignment;
export const alignDown = (value: number, alignment: number): number => Math.floor(value / alignment) * alignment;
