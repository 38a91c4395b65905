/**
 * What a receiver makes of the voltage on a line: it waits for a falling edge, then looks once in the middle of each of
 * its own bits. At the sender's rate and format it gets the sender's characters, at another one what hardware would get.
 */
import type { LineSettings, Parity, State } from "../base/index.ts";
import { frameBits } from "../base/index.ts";
import type { StateReader } from "./state-reader.ts";

export interface Received {
  readonly byte: number;
  readonly isFramingError: boolean;
  readonly isParityError: boolean;
  /** The line was low all the time. */
  readonly isBreak: boolean;
}

/** A slower receiver would keep more of the line's past than is good. */
const SLOWEST_BAUD = 50;
const MAX_EDGES = 1 << 16;

const bitNs = ({ baudRate }: LineSettings): number => 1e9 / Math.max(SLOWEST_BAUD, baudRate);

function parityBit(byte: number, parity: Parity): number {
  if (parity === "mark") return 1;
  if (parity === "space") return 0;
  let ones = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) ones++;
  return parity === "even" ? ones & 1 : ~ones & 1;
}

/** The levels of one character, start bit first; without the stop bits, which are high. */
function levelsOf(byte: number, { dataBits, parity }: LineSettings): number[] {
  const data = Array.from({ length: dataBits }, (_, i) => (byte >> i) & 1);
  const check = parity === "none" ? [] : [parityBit(byte & ((1 << dataBits) - 1), parity)];
  return [0, ...data, ...check];
}

export class LineSampler {
  /** Times of the line's changes that the receiver has not passed, in turns falling and rising. */
  private edges: number[] = [];
  /** The level before the first of them. */
  private level = 1;
  /** The receiver looks for a start bit from here on. */
  private idleFromNs = 0;

  /** The sender puts a character on the line; the one before is over. */
  send(byte: number, startNs: number, from: LineSettings): void {
    if (this.edges.length >= MAX_EDGES - 2 * frameBits(from)) return;
    const bit = bitNs(from);
    let last = this.level ^ (this.edges.length & 1);
    const change = (level: number, atNs: number): void => {
      if (level !== last) this.edges.push(atNs);
      last = level;
    };
    levelsOf(byte, from).forEach((level, i) => {
      change(level, startNs + i * bit);
    });
    change(1, startNs + (frameBits(from) - from.stopBits) * bit);
  }

  /** When the receiver will have the next character, if nothing more is sent; `undefined` when it waits for a start. */
  nextNs(to: LineSettings): number | undefined {
    const start = this.startNs();
    return start === undefined ? undefined : Math.ceil(this.stopSampleNs(start, to));
  }

  /** The characters that the receiver has by `untilNs`. */
  advance(untilNs: number, to: LineSettings): Received[] {
    const received: Received[] = [];
    for (;;) {
      const start = this.startNs();
      if (start === undefined) return received;
      const end = this.stopSampleNs(start, to);
      if (end > untilNs) return received;
      const bit = bitNs(to);
      // A low shorter than half a bit is noise.
      const isStart = this.levelAt(start + bit / 2) === 0;
      if (isStart) received.push(this.sample(start, to));
      this.forget(isStart ? end : start + bit / 2);
    }
  }

  private sample(startNs: number, to: LineSettings): Received {
    const bit = bitNs(to);
    const at = (index: number): number => this.levelAt(startNs + (index + 0.5) * bit);
    let byte = 0;
    for (let i = 0; i < to.dataBits; i++) byte |= at(1 + i) << i;
    const check = to.parity === "none" ? 0 : at(1 + to.dataBits);
    const isFramingError = at(frameBits(to) - to.stopBits) === 0;
    return {
      byte,
      isFramingError,
      isParityError: to.parity !== "none" && check !== parityBit(byte, to.parity),
      isBreak: isFramingError && byte === 0 && check === 0,
    };
  }

  /** The middle of the first stop bit: a receiver needs no more. */
  private stopSampleNs(startNs: number, to: LineSettings): number {
    return startNs + (frameBits(to) - to.stopBits + 0.5) * bitNs(to);
  }

  private startNs(): number | undefined {
    const isFalling = (index: number): boolean => (this.level ^ (index & 1)) === 1;
    return this.edges.find((atNs, i) => isFalling(i) && atNs >= this.idleFromNs);
  }

  private levelAt(ns: number): number {
    const next = this.edges.findIndex((atNs) => atNs > ns);
    return this.level ^ ((next < 0 ? this.edges.length : next) & 1);
  }

  /** The receiver looks for a start from `ns` on; what was before is never looked at again. */
  private forget(ns: number): void {
    this.level = this.levelAt(ns);
    this.edges = this.edges.filter((atNs) => atNs > ns);
    this.idleFromNs = ns;
  }

  save(): State {
    const { edges, level, idleFromNs } = this;
    return { edges: [...edges], level, idleFromNs };
  }

  restore(reader: StateReader): void {
    this.edges = reader.timesNs("edges", MAX_EDGES);
    this.level = reader.number("level", 0, 1);
    this.idleFromNs = reader.timeNs("idleFromNs");
  }
}
