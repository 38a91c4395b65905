/**
 * What a flash chip answers in query mode: JEDEC JESD68.01 (Common Flash Interface), command set 0001 as in Intel's
 * 28F128J3A data sheet, appendix "Common flash interface".
 */

/** Word address of the query string. */
export const CFI_QUERY_START = 0x10;
/** Word address of the table of the primary command set. */
const PRIMARY_TABLE_START = 0x31;

export const BLOCK_SIZE_BYTES = 128 * 1024;
export const MANUFACTURER_ID = 0x0089;

/** Intel's device codes by the chip's size. */
export const deviceIds: ReadonlyMap<number, number> = new Map([
  [4 << 20, 0x0016],
  [8 << 20, 0x0017],
  [16 << 20, 0x0018],
  [32 << 20, 0x001d],
]);

const text = (string: string): number[] => [...Buffer.from(string, "latin1")];
const u16 = (value: number): number[] => [value & 0xff, value >>> 8];

/** Bytes at word addresses `CFI_QUERY_START` and up of a chip of `chipSizeBytes`, a power of two. */
export function cfiQuery(chipSizeBytes: number): readonly number[] {
  const identification = [
    ...text("QRY"),
    ...u16(0x0001), // Primary command set: Intel/Sharp extended.
    ...u16(PRIMARY_TABLE_START),
    ...u16(0x0000), // No alternate command set.
    ...u16(0x0000),
  ];
  const systemInterface = [
    0x27, // Vcc minimum 2.7 V.
    0x36, // Vcc maximum 3.6 V.
    0x00, // No separate programming voltage.
    0x00,
    0x07, // Word program 2^7 us typical.
    0x00, // No write buffer.
    0x0a, // Block erase 2^10 ms typical.
    0x00, // No chip erase.
    0x04, // Maxima: 2^4 times typical.
    0x00,
    0x04,
    0x00,
  ];
  const geometry = [
    Math.log2(chipSizeBytes),
    ...u16(0x0001), // 16 data lines, asynchronous.
    ...u16(0x0000), // No multi-byte write.
    0x01, // One region of equal blocks.
    ...u16(chipSizeBytes / BLOCK_SIZE_BYTES - 1),
    ...u16(BLOCK_SIZE_BYTES / 256),
  ];
  const primary = [
    ...text("PRI"),
    ...text("10"), // Version 1.0.
    ...[0, 0, 0, 0], // No optional feature: no suspend, no locking.
    0x00,
    ...u16(0x0000),
    0x33, // Best Vcc 3.3 V.
    0x00,
    0x00, // No protection register.
    ...u16(0x0000),
    0x00,
    0x00,
  ];
  const query = [...identification, ...systemInterface, ...geometry];
  const gap = PRIMARY_TABLE_START - CFI_QUERY_START - query.length;
  return [...query, ...new Array<number>(gap).fill(0), ...primary];
}
