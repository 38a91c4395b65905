/** The template interpreter at work: its function, the records it reads, and the decoding of what has none yet. */
import { type HostMemory, PAGE_SIZE } from "../../memory/index.ts";
import type { CpuModel } from "../core/index.ts";
import { instantiate } from "./dispatcher.ts";
import type { KeptRecords } from "./kept-records.ts";
import { RecordEncoder } from "./record-encoder.ts";
import { RecordPages } from "./record-pages.ts";
import { Handler, type TemplateProgram } from "./template-module.ts";
import { templateDecoder } from "./template-program.ts";
import { ENTER_RECORD } from "./template-shape.ts";

/** Instructions that are decoded at once, up to the next one that may branch. */
const MAX_DECODED = 64;
const PAGE_WORDS = PAGE_SIZE / 4;

interface TemplateInit {
  readonly program: TemplateProgram;
  /** Of an earlier run. */
  readonly kept: KeptRecords | undefined;
}

export class TemplateInterpreter {
  readonly pages: RecordPages;
  /** The wasm function, for the dispatcher. */
  readonly runFrom: (record: number) => number;
  private readonly encoder: RecordEncoder;
  private readonly i32: Int32Array;
  private readonly kept: KeptRecords | undefined;

  constructor(host: HostMemory, lookUp: unknown, model: CpuModel, init: TemplateInit) {
    const { program, kept } = init;
    this.i32 = host.i32;
    this.kept = kept;
    this.pages = new RecordPages(host);
    this.encoder = new RecordEncoder(templateDecoder(model), program);
    this.i32[ENTER_RECORD >> 2] = Handler.enter;
    [this.runFrom] = instantiate(program.bytes, { m: host.memory, lookUp });
  }

  /** Runs from PC on until something else has to be done; answers what, see `Exit`. */
  run(): number {
    return this.runFrom(ENTER_RECORD);
  }

  /** Gives a frame its page of records, with those of an earlier run that fit what memory holds. */
  open(frame: number): void {
    const { pages, i32 } = this;
    pages.open(frame);
    this.kept?.offer(frame, { words: i32, first: frame * PAGE_WORDS }, pages);
  }

  /** Records of a frame with the words they are of, as they are kept for the next run; those not kept already. */
  records(frame: number, isKept: (index: number, word: number) => boolean): Int32Array {
    const { pages, encoder, i32 } = this;
    const entries: number[] = [];
    for (let index = 0; index < PAGE_WORDS; index++) {
      if (!pages.isDecoded(frame, index * 4)) continue;
      const word = i32[frame * PAGE_WORDS + index];
      if (isKept(index, word)) continue;
      // Of the word that is there now: a store may just have changed it.
      encoder.encode(word);
      entries.push(index, word, encoder.handlers, encoder.immediate, encoder.registers);
    }
    return Int32Array.from(entries);
  }

  /** Makes records from a place on, up to an instruction that may branch. */
  decode(frame: number, offset: number): void {
    const { pages, encoder, i32 } = this;
    if (pages.isDecoded(frame, offset)) return;
    for (let at = offset, n = 0; at < PAGE_SIZE && n < MAX_DECODED; at += 4, n++) {
      if (n > 0 && pages.isDecoded(frame, at)) return;
      encoder.encode(i32[((frame << 12) + at) >> 2]);
      pages.write(frame, at, encoder.handlers, encoder.immediate, encoder.registers);
      if (encoder.endsBlock) return;
    }
  }
}
