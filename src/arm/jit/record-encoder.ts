/** Makes records of instructions. */
import type { DecodedInsn, Decoder } from "../decode/index.ts";
import { rows } from "../decode/index.ts";
import type { RecordWords } from "./record-pages.ts";
import { Handler, type TemplateProgram } from "./template-module.ts";
import { parametersOf, SLOT_AMOUNT, shapeKey } from "./template-shape.ts";

const ALWAYS = 14;
/** Three quarters of the words of a boot repeat: those met last are kept by a hash. */
const CACHE_SIZE = 16_384;
const cacheIndex = (word: number): number => (word ^ (word >>> 12) ^ (word >>> 21)) & (CACHE_SIZE - 1);

export class RecordEncoder implements RecordWords {
  /** The record of the last `encode`. */
  low = 0;
  high = 0;
  second = 0;
  /** Control may go elsewhere after that instruction. */
  endsBlock = false;
  private readonly decoder: Pick<Decoder<never>, "arm">;
  private readonly program: TemplateProgram;
  private readonly isKnown = new Uint8Array(CACHE_SIZE);
  private readonly knownWords = new Int32Array(CACHE_SIZE);
  private readonly knownLow = new Int32Array(CACHE_SIZE);
  private readonly knownHigh = new Int32Array(CACHE_SIZE);
  private readonly knownSecond = new Uint16Array(CACHE_SIZE);

  constructor(decoder: Pick<Decoder<never>, "arm">, program: TemplateProgram) {
    this.decoder = decoder;
    this.program = program;
  }

  encode(word: number): void {
    const at = cacheIndex(word);
    if (this.isKnown[at] === 0 || this.knownWords[at] !== word) {
      this.make(this.decoder.arm(word));
      this.isKnown[at] = 1;
      this.knownWords[at] = word;
      this.knownLow[at] = this.low;
      this.knownHigh[at] = this.high;
      this.knownSecond[at] = this.second;
    } else {
      this.low = this.knownLow[at];
      this.high = this.knownHigh[at];
      this.second = this.knownSecond[at];
    }
    const first = this.low & 0xffff;
    this.endsBlock = this.program.endings[this.second === 0 ? first : this.second] !== 0;
  }

  private make(insn: DecodedInsn): void {
    const row = rows[insn.row];
    const word = insn.raw;
    const handler = this.program.handlers.get(shapeKey(row, word)) ?? Handler.interpret;
    const testsItself = handler === Handler.interpret || row.semantic === "b";
    const isConditional = insn.c !== ALWAYS && !testsItself;
    this.low = isConditional ? Handler.condition + insn.c : handler;
    this.second = isConditional ? handler : 0;
    this.high = 0;
    if (handler === Handler.interpret) return;
    const { registers, immediate, hasAmount } = parametersOf(row);
    for (const { shift, slot } of registers) {
      const bits = ((word >>> shift) & 15) << 2;
      if (slot < 4) this.low |= bits << (8 * slot);
      else this.high |= bits << (8 * (slot - 4));
    }
    if (immediate !== undefined) this.high = insn[immediate];
    if (hasAmount) this.high |= insn.i << (8 * (SLOT_AMOUNT - 4));
  }
}
