/** What an SD card says of itself: CID, CSD, SCR, SD Status and the switch function status; SD Physical Layer Simplified Specification 3.01, chapters 4.3.10, 4.10 and 5. */

export const SD_BLOCK_SIZE = 512;

/** How a card of some size presents itself. */
export interface SdCapacity {
  readonly kind: "SDSC" | "SDHC" | "SDXC";
  readonly sectorCount: number;
}

const SDSC_LARGEST_SECTORS = 2 ** 22;
const SDHC_LARGEST_SECTORS = 2 ** 26;
const SDXC_LARGEST_SECTORS = 2 ** 32;
/** CSD version 2.0 counts in units of 512 KiB. */
const HIGH_CAPACITY_UNIT_SECTORS = 1024;
const C_SIZE_LIMIT = 4096;
const C_SIZE_MULT_MAX = 7;

/** How CSD version 1.0 writes a size: (cSize + 1) * 2^(cSizeMult + 2) blocks of 2^readBlLen bytes. */
interface StandardSize {
  readBlLen: number;
  cSizeMult: number;
  cSize: number;
}

function standardSize(sectorCount: number): StandardSize | undefined {
  for (const readBlLen of [9, 10])
    for (let cSizeMult = 0; cSizeMult <= C_SIZE_MULT_MAX; cSizeMult++) {
      const unitSectors = 2 ** (cSizeMult + 2 + readBlLen - 9);
      const units = sectorCount / unitSectors;
      if (Number.isInteger(units) && units >= 1 && units <= C_SIZE_LIMIT)
        return { readBlLen, cSizeMult, cSize: units - 1 };
    }
  return undefined;
}

/** The card that holds exactly `sectorCount` sectors, or `undefined` when no card of that size can be described. */
export function sdCapacity(sectorCount: number): SdCapacity | undefined {
  if (sectorCount <= SDSC_LARGEST_SECTORS)
    return standardSize(sectorCount) === undefined ? undefined : { kind: "SDSC", sectorCount };
  if (sectorCount > SDXC_LARGEST_SECTORS || sectorCount % HIGH_CAPACITY_UNIT_SECTORS !== 0) return undefined;
  return { kind: sectorCount <= SDHC_LARGEST_SECTORS ? "SDHC" : "SDXC", sectorCount };
}

/** The smallest size above `sectorCount` that a card can have; a multiple of 512 KiB always is one. */
export const nextCardSectors = (sectorCount: number): number =>
  Math.ceil(sectorCount / HIGH_CAPACITY_UNIT_SECTORS) * HIGH_CAPACITY_UNIT_SECTORS;

/** CRC7 over `data`, as it stands in the last byte of a register with the end bit. */
function crc7(data: Uint8Array): number {
  let crc = 0;
  for (const byte of data)
    for (let bit = 7; bit >= 0; bit--) {
      const feedback = ((crc >> 6) ^ (byte >> bit)) & 1;
      crc = ((crc << 1) & 0x7f) ^ (feedback === 1 ? 0x09 : 0);
    }
  return (crc << 1) | 1;
}

/** Writes `value` into bits `low` .. `low + width - 1` of a register that is sent most significant byte first. */
function setBits(register: Uint8Array, low: number, width: number, value: number): void {
  for (let i = 0; i < width; i++) {
    const at = low + i;
    const mask = 1 << (at & 7);
    const index = register.length - 1 - (at >> 3);
    if (Math.floor(value / 2 ** i) % 2 === 1) register[index] |= mask;
    else register[index] &= ~mask;
  }
}

type BitRow = readonly [low: number, width: number, value: number];

function register(sizeBytes: number, rows: readonly BitRow[]): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  for (const [low, width, value] of rows) setBits(bytes, low, width, value);
  return bytes;
}

/** A 128-bit register as four words, the most significant first, as response R2 carries it. */
export function responseWords(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  return [0, 4, 8, 12].map((at) => view.getUint32(at));
}

const closed = (bytes: Uint8Array): Uint8Array => {
  bytes[15] = crc7(bytes.subarray(0, 15));
  return bytes;
};

const ascii = (text: string): number => [...text].reduce((value, c) => value * 256 + c.charCodeAt(0), 0);

/** Card identification: manufacturer 0, product KMINU revision 1.0 of January 2024, and its serial number. */
export const makeCid = (serial: number): Uint8Array =>
  closed(
    register(16, [
      [104, 16, ascii("KM")],
      [64, 40, ascii("KMINU")],
      [56, 8, 0x10],
      [24, 32, serial],
      [12, 8, 24],
      [8, 4, 1],
    ]),
  );

/** Classes 0, 2, 4, 5, 8 and 10: basic, block read, block write, erase, application specific, switch. */
const CCC = 0x535;
const TRAN_SPEED_25_MHZ = 0x32;
const TRAN_SPEED_50_MHZ = 0x5a;

export interface CsdFacts {
  capacity: SdCapacity;
  isReadOnly: boolean;
  isHighSpeed: boolean;
}

/** Card-specific data: version 1.0 for standard capacity, 2.0 above. */
export function makeCsd({ capacity, isReadOnly, isHighSpeed }: CsdFacts): Uint8Array {
  const common: BitRow[] = [
    [96, 8, isHighSpeed ? TRAN_SPEED_50_MHZ : TRAN_SPEED_25_MHZ],
    [84, 12, CCC],
    [46, 1, 1], // ERASE_BLK_EN
    [39, 7, 0x7f], // SECTOR_SIZE
    [13, 1, isReadOnly ? 1 : 0], // PERM_WRITE_PROTECT
  ];
  const size = capacity.kind === "SDSC" ? standardSize(capacity.sectorCount) : undefined;
  if (size === undefined)
    return closed(
      register(16, [
        ...common,
        [126, 2, 1],
        [112, 8, 0x0e], // TAAC: 1 ms
        [80, 4, 9],
        [48, 22, capacity.sectorCount / HIGH_CAPACITY_UNIT_SECTORS - 1],
        [26, 3, 2],
        [22, 4, 9],
      ]),
    );
  return closed(
    register(16, [
      ...common,
      [112, 8, 0x26], // TAAC: 1.5 ms
      [80, 4, size.readBlLen],
      [79, 1, 1], // READ_BL_PARTIAL
      [62, 12, size.cSize],
      [59, 3, 7],
      [56, 3, 7],
      [53, 3, 7],
      [50, 3, 7],
      [47, 3, size.cSizeMult],
      [26, 3, 4],
      [22, 4, size.readBlLen],
    ]),
  );
}

/** SD configuration: version 3.0x, erased data reads 0, bus of one and four wires, CMD23. */
export const makeScr = (capacity: SdCapacity): Uint8Array =>
  register(8, [
    [56, 4, 2],
    [52, 3, { SDSC: 2, SDHC: 3, SDXC: 4 }[capacity.kind]],
    [48, 4, 0b0101],
    [47, 1, 1],
    [33, 1, 1],
  ]);

/** SD Status: allocation units of 4 MiB, 2 of which may take 1 s to erase. */
export const makeSdStatus = (isWide: boolean): Uint8Array =>
  register(64, [
    [510, 2, isWide ? 2 : 0],
    [440, 8, 2], // SPEED_CLASS: class 4
    [428, 4, 9], // AU_SIZE
    [408, 16, 2], // ERASE_SIZE
    [402, 6, 1], // ERASE_TIMEOUT
  ]);

/** The functions of CMD6 that exist, by group 1 to 6: high speed in the first, the default one in all. */
const switchFunctions = [0x8003, 0x8001, 0x8001, 0x8001, 0x8001, 0x8001];
const NO_INFLUENCE = 0xf;
const SWITCH_ERROR = 0xf;
const MAXIMUM_CURRENT_MA = 100;

/** What a CMD6 of this argument selects in each group from `current`; with an error in any group nothing is switched. */
export function selectFunctions(argument: number, current: readonly number[]): { results: number[]; isValid: boolean } {
  const results = switchFunctions.map((supported, group) => {
    const wanted = (argument >>> (4 * group)) & 0xf;
    if (wanted === NO_INFLUENCE) return current[group];
    return ((supported >> wanted) & 1) === 1 ? wanted : SWITCH_ERROR;
  });
  return { results, isValid: !results.includes(SWITCH_ERROR) };
}

/** The 64 bytes a card answers to CMD6. */
export const makeSwitchStatus = (results: readonly number[], isValid: boolean): Uint8Array =>
  register(64, [
    [496, 16, isValid ? MAXIMUM_CURRENT_MA : 0],
    ...switchFunctions.map((functions, group): BitRow => [400 + 16 * group, 16, functions]),
    ...results.map((result, group): BitRow => [376 + 4 * group, 4, result]),
  ]);
