/** Makes records of instructions. */
import { type Decoder, Field } from "../decode/index.ts";
import type { RecordWords } from "./record-pages.ts";
import { Handler, type TemplateProgram } from "./template-module.ts";
import { parametersOf, SLOT_REGISTERS, SLOT_SECOND, shapeKey } from "./template-shape.ts";

const ALWAYS = 14;
const SECOND_SHIFT = SLOT_SECOND * 8;
/**
 * Three quarters of the words of a boot repeat: those met last are kept by a hash, with their records behind them in one
 * line of the host's cache. No record has a handler 0.
 */
const CACHE_SIZE = 16_384;
const CACHE_WORDS = 4;
const cacheIndex = (word: number): number => ((word ^ (word >>> 12) ^ (word >>> 21)) & (CACHE_SIZE - 1)) * CACHE_WORDS;

export class RecordEncoder implements RecordWords {
  /** The record of the last `encode`. */
  handlers = 0;
  immediate = 0;
  registers = 0;
  /** Control may go elsewhere after that instruction. */
  endsBlock = false;
  private readonly decoder: Pick<Decoder<never>, "armRow" | "values">;
  private readonly program: TemplateProgram;
  private readonly known = new Int32Array(CACHE_SIZE * CACHE_WORDS);

  constructor(decoder: Pick<Decoder<never>, "armRow" | "values">, program: TemplateProgram) {
    this.decoder = decoder;
    this.program = program;
  }

  encode(word: number): void {
    const { known } = this;
    const at = cacheIndex(word);
    if (known[at] === word && known[at + 1] !== 0) {
      this.handlers = known[at + 1];
      this.immediate = known[at + 2];
      this.registers = known[at + 3];
    } else {
      this.make(word);
      known[at] = word;
      known[at + 1] = this.handlers;
      known[at + 2] = this.immediate;
      known[at + 3] = this.registers;
    }
    const second = this.handlers >>> SECOND_SHIFT;
    this.endsBlock = this.program.endings[second === 0 ? this.handlers : second] !== 0;
  }

  private make(word: number): void {
    const row = this.decoder.armRow(word);
    const { values } = this.decoder;
    const condition = values[Field.c];
    const handler = this.program.handlers.get(shapeKey(row, word)) ?? Handler.interpret;
    const testsItself = handler === Handler.interpret || row.semantic === "b";
    const isConditional = condition !== ALWAYS && !testsItself;
    this.handlers = isConditional ? (Handler.condition + condition) | (handler << SECOND_SHIFT) : handler;
    const { registers, immediate, hasAmount } = parametersOf(row);
    this.registers = 0;
    for (const { shift, slot } of registers) {
      this.registers |= ((word >>> shift) & 15) << (2 + 8 * (slot - SLOT_REGISTERS));
    }
    if (immediate === undefined) this.immediate = hasAmount ? values[Field.i] : 0;
    else this.immediate = values[Field[immediate]];
  }
}
