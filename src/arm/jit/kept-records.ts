/**
 * Records kept from one run to the next: what was decoded in each frame, with the words it was decoded from.
 *
 * A record depends on nothing but its word, so it is used again where memory has that word at that place, whichever guest
 * left it. A frame may have held several programs in a run; the words of all of them are kept.
 */

/** Index of an instruction in its frame, its word, and the words of its record. */
const ENTRY_WORDS = 5;
/** Bound of what is kept: a boot and much work at the shell decode 200,000 instructions. */
export const MAX_KEPT_RECORDS = 400_000;
const PAGE_WORDS = 1024;
/** Of what is encoded: its head, and what is said of each list. */
const HEAD_WORDS = 2;
const LIST_WORDS = 2;

/** Where records are put. */
export interface RecordTaker {
  /** Takes a record over: offset of its instruction in the frame, and the three words of the record. */
  write(frame: number, offset: number, handlers: number, immediate: number, registers: number): void;
}

const shapeWrong = () => new RangeError("kept records have another shape");

export class KeptRecords {
  /** Checksum of the templates whose numbers are in the records. */
  readonly templates: number;
  private readonly frames = new Map<number, Int32Array[]>();
  private count = 0;

  constructor(templates = 0) {
    this.templates = templates;
  }

  /** Records of all frames. */
  get size(): number {
    return this.count;
  }

  /** Whether that word of a frame has a record here. */
  has(frame: number, index: number, word: number): boolean {
    for (const entries of this.frames.get(frame) ?? []) {
      for (let at = 0; at < entries.length; at += ENTRY_WORDS)
        if (entries[at] === index && entries[at + 1] === word) return true;
    }
    return false;
  }

  /**
   * Keeps records of a frame. What exceeds the bound is not kept.
   * @param entries five words for each: index of the instruction in the frame, its word, the record's words
   */
  keep(frame: number, entries: Int32Array): void {
    const count = entries.length / ENTRY_WORDS;
    if (count === 0 || this.count + count > MAX_KEPT_RECORDS) return;
    this.count += count;
    const lists = this.frames.get(frame);
    if (lists === undefined) this.frames.set(frame, [entries]);
    else lists.push(entries);
  }

  /** Gives the records that fit a frame whose words are `words[first]` and those behind it; an index outside of it is none. */
  offer(frame: number, { words, first }: { words: Int32Array; first: number }, taker: RecordTaker): void {
    for (const entries of this.frames.get(frame) ?? []) {
      for (let at = 0; at < entries.length; at += ENTRY_WORDS) {
        const index = entries[at];
        if (index >>> 0 < PAGE_WORDS && words[first + index] === entries[at + 1])
          taker.write(frame, index * 4, entries[at + 2], entries[at + 3], entries[at + 4]);
      }
    }
  }

  /** Checksum, number of lists, frame and length of each, and then five words for each record. */
  encode(): Int32Array {
    const parts: number[][] = [];
    const all: Int32Array[] = [];
    for (const [frame, lists] of this.frames) {
      for (const entries of lists) {
        parts.push([frame, entries.length / ENTRY_WORDS]);
        all.push(entries);
      }
    }
    const head = [this.templates, parts.length, ...parts.flat()];
    const words = new Int32Array(head.length + this.count * ENTRY_WORDS);
    words.set(head);
    let at = head.length;
    for (const entries of all) {
      words.set(entries, at);
      at += entries.length;
    }
    return words;
  }

  /** What `encode` made; throws RangeError when it is anything else. */
  static decode(words: Int32Array): KeptRecords {
    if (words.length < HEAD_WORDS) throw shapeWrong();
    const kept = new KeptRecords(words[0]);
    const lists = words[1];
    let at = HEAD_WORDS + lists * LIST_WORDS;
    if (lists < 0 || at > words.length) throw shapeWrong();
    for (let i = 0; i < lists; i++) {
      const frame = words[HEAD_WORDS + i * LIST_WORDS];
      const count = words[HEAD_WORDS + i * LIST_WORDS + 1];
      const end = at + count * ENTRY_WORDS;
      if (frame < 0 || count <= 0 || end > words.length) throw shapeWrong();
      kept.keep(frame, words.subarray(at, end));
      at = end;
    }
    if (at !== words.length) throw shapeWrong();
    return kept;
  }
}
