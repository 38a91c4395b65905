/**
 * The records of decoded instructions, a page of them for each frame that code was executed from. They lie in the host
 * memory in front of RAM, where the template interpreter reads them.
 */
import {
  FRAME_RECORDS_OFFSET,
  type HostMemory,
  PAGE_SIZE,
  RAM_OFFSET,
  RECORDS_OFFSET,
  TLB_OFFSET,
} from "../../memory/index.ts";
import type { CodeRecords } from "../interp/index.ts";
import { Handler } from "./template-module.ts";
import { RECORD_BYTES } from "./template-shape.ts";

/** One for each word, and one that says that the page ends. */
const PAGE_RECORDS = PAGE_SIZE / 4 + 1;
const PAGE_BYTES = PAGE_RECORDS * RECORD_BYTES;
const CAPACITY = Math.floor((RAM_OFFSET - RECORDS_OFFSET) / PAGE_BYTES);

/** The words of a record. */
export interface RecordWords {
  readonly handlers: number;
  readonly immediate: number;
  readonly registers: number;
}

export class RecordPages implements CodeRecords {
  private readonly words: Int32Array;
  private readonly halves: Uint16Array;
  private readonly free: number[] = [];
  private used = 0;
  /** Told before a frame's records are gone. */
  onDrop: (frame: number) => void = () => {};

  constructor({ i32, u16 }: HostMemory) {
    this.words = i32;
    this.halves = u16;
  }

  get isFull(): boolean {
    return this.free.length === 0 && this.used >= CAPACITY;
  }

  get isEmpty(): boolean {
    return this.used === this.free.length;
  }

  /** Address of a frame's records, 0 when it has none. */
  private at(frame: number): number {
    return this.words[(FRAME_RECORDS_OFFSET >> 2) + frame];
  }

  has(frame: number): boolean {
    return this.at(frame) !== 0;
  }

  /** Frames that have records. */
  frames(): number[] {
    const table = this.words.subarray(FRAME_RECORDS_OFFSET >> 2, TLB_OFFSET >> 2);
    return Array.from(table.entries()).flatMap(([frame, at]) => (at === 0 ? [] : [frame]));
  }

  /** Gives a frame records, all undecoded; not when `isFull`. */
  open(frame: number): void {
    if (this.at(frame) !== 0) return;
    const at = this.free.pop() ?? RECORDS_OFFSET + this.used++ * PAGE_BYTES;
    this.words[(at + PAGE_BYTES - RECORD_BYTES) >> 2] = Handler.pageEnd;
    this.words[(FRAME_RECORDS_OFFSET >> 2) + frame] = at;
  }

  /** An instruction of the frame may be running: what it goes on to is undecoded. */
  drop(frame: number): void {
    const at = this.at(frame);
    if (at === 0) return;
    this.onDrop(frame);
    this.words.fill(0, at >> 2, (at + PAGE_BYTES) >> 2);
    this.words[(FRAME_RECORDS_OFFSET >> 2) + frame] = 0;
    this.free.push(at);
  }

  isDecoded(frame: number, offset: number): boolean {
    const at = this.at(frame);
    return at !== 0 && this.halves[(at + (offset >> 2) * RECORD_BYTES) >> 1] !== Handler.undecoded;
  }

  undecode(frame: number, offset: number): boolean {
    if (!this.isDecoded(frame, offset)) return false;
    this.words[(this.at(frame) + (offset >> 2) * RECORD_BYTES) >> 2] = 0;
    return true;
  }

  /** Hot: at the start of a warm run, for each record that is kept. */
  write(frame: number, offset: number, handlers: number, immediate: number, registers: number): void {
    const at = (this.at(frame) + (offset >> 2) * RECORD_BYTES) >> 2;
    this.words[at] = handlers;
    this.words[at + 1] = immediate;
    this.words[at + 2] = registers;
  }
}
