/** LZMA decoding: range coder, literal, match and length models (LZMA specification, 7-Zip SDK 9.22 `lzma-specification.txt`). */
import { UnpackError } from "./errors.ts";
import type { OutputBuffer } from "./output-buffer.ts";

const PROBABILITY_BITS = 11;
const PROBABILITY_START = 1 << (PROBABILITY_BITS - 1);
const MOVE_BITS = 5;
const TOP = 2 ** 24;
const STATES = 12;
const POSITION_STATES = 16;
/** States below this one follow a literal. */
const FIRST_MATCH_STATE = 7;
const END_POSITION_MODEL = 14;
const FULL_DISTANCES = 128;
const ALIGN_BITS = 4;
const MIN_MATCH = 2;

/** A table of bit probabilities, each starting at one half. */
const probabilities = (count: number): Uint16Array => new Uint16Array(count).fill(PROBABILITY_START);

/** Decodes bits from compressed bytes [`at`, `end`). */
class RangeDecoder {
  private readonly data: Uint8Array;
  private at = 0;
  private end = 0;
  private range = 0xffffffff;
  private code = 0;

  constructor(data: Uint8Array) {
    this.data = data;
  }

  /** Begins at `at`; the first byte of a range-coded chunk is always zero. */
  start(at: number, end: number): void {
    if (end - at < 5 || this.data[at] !== 0) throw new UnpackError("an LZMA chunk without its start");
    this.at = at + 5;
    this.end = end;
    this.range = 0xffffffff;
    this.code =
      ((this.data[at + 1] << 24) | (this.data[at + 2] << 16) | (this.data[at + 3] << 8) | this.data[at + 4]) >>> 0;
  }

  /** Where the input ended; a whole chunk leaves the code at zero. */
  finish(): number {
    this.normalize();
    if (this.code !== 0) throw new UnpackError("an LZMA chunk whose last bytes are wrong");
    return this.at;
  }

  private normalize(): void {
    if (this.range >= TOP) return;
    if (this.at >= this.end) throw new UnpackError("an LZMA chunk that ends too early", this.end >= this.data.length);
    this.range = (this.range << 8) >>> 0;
    this.code = ((this.code << 8) | this.data[this.at++]) >>> 0;
  }

  bit(table: Uint16Array, index: number): number {
    this.normalize();
    const probability = table[index];
    const bound = (this.range >>> PROBABILITY_BITS) * probability;
    if (this.code < bound) {
      this.range = bound;
      table[index] = probability + (((1 << PROBABILITY_BITS) - probability) >> MOVE_BITS);
      return 0;
    }
    this.range -= bound;
    this.code -= bound;
    table[index] = probability - (probability >> MOVE_BITS);
    return 1;
  }

  /** `count` bits of even odds, the most significant first. */
  directBits(count: number): number {
    let result = 0;
    for (let i = 0; i < count; i++) {
      this.normalize();
      this.range >>>= 1;
      const bit = this.code >= this.range ? 1 : 0;
      if (bit === 1) this.code -= this.range;
      result = ((result << 1) | bit) >>> 0;
    }
    return result;
  }

  /** A tree of `bitCount` levels that begins at `base`. */
  tree(table: Uint16Array, base: number, bitCount: number): number {
    let node = 1;
    for (let i = 0; i < bitCount; i++) node = (node << 1) | this.bit(table, base + node);
    return node - (1 << bitCount);
  }

  /** As `tree`, with the least significant bit first. */
  reverseTree(table: Uint16Array, base: number, bitCount: number): number {
    let node = 1;
    let result = 0;
    for (let i = 0; i < bitCount; i++) {
      const bit = this.bit(table, base + node);
      node = (node << 1) | bit;
      result |= bit << i;
    }
    return result;
  }
}

/** The model of a match's length: short, middle or long. */
class LengthModel {
  private readonly choice = probabilities(2);
  private readonly low = probabilities(POSITION_STATES << 3);
  private readonly middle = probabilities(POSITION_STATES << 3);
  private readonly high = probabilities(1 << 8);

  decode(range: RangeDecoder, positionState: number): number {
    if (range.bit(this.choice, 0) === 0) return range.tree(this.low, positionState << 3, 3);
    if (range.bit(this.choice, 1) === 0) return 8 + range.tree(this.middle, positionState << 3, 3);
    return 16 + range.tree(this.high, 0, 8);
  }
}

/** The three numbers that one properties byte packs. */
export interface LzmaProperties {
  literalContextBits: number;
  literalPositionBits: number;
  positionBits: number;
}

export function unpackLzmaProperties(byte: number): LzmaProperties {
  if (byte >= 9 * 5 * 5) throw new UnpackError(`LZMA properties ${byte}, which do not exist`);
  return {
    literalContextBits: byte % 9,
    literalPositionBits: Math.floor(byte / 9) % 5,
    positionBits: Math.floor(byte / 45),
  };
}

/** All the adaptive state between two resets. */
class Models {
  readonly literal: Uint16Array;
  readonly isMatch = probabilities(STATES * POSITION_STATES);
  readonly isRep = probabilities(STATES);
  readonly isRepG0 = probabilities(STATES);
  readonly isRepG1 = probabilities(STATES);
  readonly isRepG2 = probabilities(STATES);
  readonly isRep0Long = probabilities(STATES * POSITION_STATES);
  readonly slot = probabilities(4 << 6);
  readonly special = probabilities(FULL_DISTANCES);
  readonly align = probabilities(1 << ALIGN_BITS);
  readonly matchLength = new LengthModel();
  readonly repLength = new LengthModel();
  state = 0;
  readonly reps = [0, 0, 0, 0];

  constructor({ literalContextBits, literalPositionBits }: LzmaProperties) {
    this.literal = probabilities(0x300 << (literalContextBits + literalPositionBits));
  }
}

export class LzmaDecoder {
  private readonly range: RangeDecoder;
  private readonly out: OutputBuffer;
  /** Matches reach back to here at most. */
  private dictionaryStart = 0;
  private properties: LzmaProperties = { literalContextBits: 3, literalPositionBits: 0, positionBits: 2 };
  private models = new Models(this.properties);

  constructor(data: Uint8Array, out: OutputBuffer) {
    this.range = new RangeDecoder(data);
    this.out = out;
  }

  resetDictionary(): void {
    this.dictionaryStart = this.out.length;
  }

  resetState(properties = this.properties): void {
    this.properties = properties;
    this.models = new Models(properties);
  }

  /**
   * Decodes input from `at`, at most to `end`, until `outputBytes` more are there or, where the size is not known, the
   * end mark; says where the input ended.
   *
   * @param outputBytes `Infinity` when only an end mark ends the stream
   */
  decode(at: number, end: number, outputBytes: number): number {
    this.range.start(at, end);
    const target = this.out.length + outputBytes;
    while (this.out.length < target) {
      if (!this.packet(target)) {
        if (outputBytes === Number.POSITIVE_INFINITY) break;
        throw new UnpackError("an LZMA end mark before the end");
      }
    }
    return this.range.finish();
  }

  /** One literal or match; false at the end mark. */
  private packet(target: number): boolean {
    const { models, range, out, properties } = this;
    const position = out.length - this.dictionaryStart;
    const positionState = position & ((1 << properties.positionBits) - 1);
    const { state } = models;
    if (range.bit(models.isMatch, (state << 4) + positionState) === 0) {
      this.literal(position);
      return true;
    }
    let length: number;
    if (range.bit(models.isRep, state) === 0) {
      length = models.matchLength.decode(range, positionState) + MIN_MATCH;
      models.state = state < FIRST_MATCH_STATE ? 7 : 10;
      const distance = this.distance(length);
      if (distance === 0xffffffff) return false;
      models.reps.pop();
      models.reps.unshift(distance);
    } else if (this.repeat(positionState)) {
      length = models.repLength.decode(range, positionState) + MIN_MATCH;
      models.state = state < FIRST_MATCH_STATE ? 8 : 11;
    } else {
      length = 1;
      models.state = state < FIRST_MATCH_STATE ? 9 : 11;
    }
    const distance = models.reps[0] + 1;
    if (distance > out.length - this.dictionaryStart) throw new UnpackError("an LZMA match from before its dictionary");
    if (out.length + length > target) throw new UnpackError("an LZMA match past the end of its chunk");
    out.copyBack(distance, length);
    return true;
  }

  /** Chooses one of the last four distances and moves it to the front; false for a single byte of the first. */
  private repeat(positionState: number): boolean {
    const { models, range } = this;
    const { state, reps } = models;
    if (range.bit(models.isRepG0, state) === 0) return range.bit(models.isRep0Long, (state << 4) + positionState) === 1;
    let index = 1;
    if (range.bit(models.isRepG1, state) === 1) index = 2 + range.bit(models.isRepG2, state);
    const [distance] = reps.splice(index, 1);
    reps.unshift(distance);
    return true;
  }

  private literal(position: number): void {
    const { models, range, out, properties } = this;
    const { literalContextBits, literalPositionBits } = properties;
    const previous = position > 0 ? out.data[out.length - 1] : 0;
    const context =
      ((position & ((1 << literalPositionBits) - 1)) << literalContextBits) + (previous >> (8 - literalContextBits));
    const base = 0x300 * context;
    let symbol = 1;
    if (models.state >= FIRST_MATCH_STATE) {
      if (models.reps[0] >= position) throw new UnpackError("an LZMA literal from before its dictionary");
      let matched = out.data[out.length - models.reps[0] - 1];
      while (symbol < 0x100) {
        const matchBit = (matched >> 7) & 1;
        matched <<= 1;
        const bit = range.bit(models.literal, base + ((1 + matchBit) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (bit !== matchBit) break;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | range.bit(models.literal, base + symbol);
    out.push(symbol & 0xff);
    const { state } = models;
    models.state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
  }

  private distance(length: number): number {
    const { models, range } = this;
    const slot = range.tree(models.slot, Math.min(length - MIN_MATCH, 3) << 6, 6);
    if (slot < 4) return slot;
    const directBits = (slot >> 1) - 1;
    const base = ((2 | (slot & 1)) << directBits) >>> 0;
    // Trees of the middle distances lie one behind the other; theirs is at (base - slot).
    if (slot < END_POSITION_MODEL) return base + range.reverseTree(models.special, base - slot, directBits);
    const high = range.directBits(directBits - ALIGN_BITS) * (1 << ALIGN_BITS);
    return (base + high + range.reverseTree(models.align, 0, ALIGN_BITS)) >>> 0;
  }
}
