/** The template interpreter at work: its function, the records it reads, and the decoding of what has none yet. */
import { type HostMemory, PAGE_SIZE } from "../../memory/index.ts";
import type { CpuModel } from "../core/index.ts";
import { instantiate } from "./dispatcher.ts";
import { RecordEncoder } from "./record-encoder.ts";
import { RecordPages } from "./record-pages.ts";
import { Handler, type TemplateProgram } from "./template-module.ts";
import { templateDecoder } from "./template-program.ts";
import { ENTER_RECORD } from "./template-shape.ts";

/** Instructions that are decoded at once, up to the next one that may branch. */
const MAX_DECODED = 64;

export class TemplateInterpreter {
  readonly pages: RecordPages;
  /** The wasm function, for the dispatcher. */
  readonly runFrom: (record: number) => number;
  private readonly encoder: RecordEncoder;
  private readonly i32: Int32Array;

  constructor(host: HostMemory, lookUp: unknown, model: CpuModel, program: TemplateProgram) {
    this.i32 = host.i32;
    this.pages = new RecordPages(host);
    this.encoder = new RecordEncoder(templateDecoder(model), program);
    this.i32[ENTER_RECORD >> 2] = Handler.enter;
    [this.runFrom] = instantiate(program.bytes, { m: host.memory, lookUp });
  }

  /** Runs from PC on until something else has to be done; answers what, see `Exit`. */
  run(): number {
    return this.runFrom(ENTER_RECORD);
  }

  /** Makes records from a place on, up to an instruction that may branch. */
  decode(frame: number, offset: number): void {
    const { pages, encoder, i32 } = this;
    pages.open(frame);
    for (let at = offset, n = 0; at < PAGE_SIZE && n < MAX_DECODED; at += 4, n++) {
      if (n > 0 && pages.isDecoded(frame, at)) return;
      encoder.encode(i32[((frame << 12) + at) >> 2]);
      pages.write(frame, at, encoder);
      if (encoder.endsBlock) return;
    }
  }
}
