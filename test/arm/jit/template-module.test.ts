/** Every template against the interpreter, on the same state: registers, flags, memory, exceptions and the device. */
import { describe, expect, it } from "vitest";
import { cpuModels, Mode, R15, REMAINING } from "../../../src/arm/core/index.ts";
import { archsOf, Decoder, rows } from "../../../src/arm/decode/index.ts";
import { Interpreter } from "../../../src/arm/interp/index.ts";
import { JitCpu } from "../../../src/arm/jit/index.ts";
import { Exit } from "../../../src/arm/jit/locals.table.ts";
import { Handler } from "../../../src/arm/jit/template-module.ts";
import { templatesOf } from "../../../src/arm/jit/template-program.ts";
import { templateSamples } from "../../../src/arm/jit/template-samples.table.ts";
import { parametersOf } from "../../../src/arm/jit/template-shape.ts";
import { makeRandom, type Random } from "../fuzz/random.ts";
import { CODE, DATA, DEVICE, type GivenCpu, givenCpu } from "../given-cpu.ts";

const seed = Number(process.env.FUZZ_SEED ?? 7);
const VARIANTS = 6;
const DATA_WORDS = 64;
const NEVER_HOT = 60_000;
const TIMEOUT_MS = 300_000;

interface Sides {
  readonly interp: GivenCpu;
  readonly jit: GivenCpu;
}

function sidesOf(model: string): Sides {
  const tuning = { hotEntries: NEVER_HOT };
  return {
    interp: givenCpu({ model, makeCore: (bus, cpu) => new Interpreter(bus, cpu) }),
    jit: givenCpu({ model, makeCore: (bus, cpu) => new JitCpu(bus, cpu, { tuning }) }),
  };
}

/** Another word of the same shape: other registers, immediate, shift amount. */
function variantOf(word: number, random: Random, architecture: 5 | 6): number {
  const decoder = new Decoder<never>(
    rows.map(() => () => {}),
    archsOf(architecture, architecture === 6),
  );
  const row = decoder.armRow(word);
  const { mask, registers } = parametersOf(row);
  let other = (word & mask) | (random.word() & ~mask & 0x0fffffff) | (word & 0xf0000000);
  for (const { shift } of registers) {
    // Mostly pointers; R15 only where the sample has it.
    const isPc = ((word >>> shift) & 15) === 15;
    other = (other & ~(15 << shift)) | ((isPc ? 15 : random.below(15)) << shift);
  }
  return decoder.armRow(other).index === row.index ? other : word;
}

/** Mostly pointers to data, at any alignment; some to the device, to nothing, and plain numbers. */
function randomRegister(random: Random): number {
  const kind = random.below(10);
  if (kind < 6) return DATA + 4 * random.below(DATA_WORDS);
  if (kind === 6) return DATA + random.below(4 * DATA_WORDS);
  return kind === 7 ? DEVICE + 4 * random.below(2) : random.word();
}

function prepare(given: GivenCpu, word: number, random: Random, cpsr: number): void {
  given.write(CODE, word);
  given.write(DATA, ...Array.from({ length: DATA_WORDS }, () => random.word() >>> 0));
  given.deviceLog.length = 0;
  given.core.reset();
  given.core.state.setCpsr(cpsr | (random.word() & 0xf8000000));
  for (let n = 0; n < 15; n++) given.words[n] = randomRegister(random);
  given.core.pc = CODE;
  given.core.resynchronize();
}

function stateOf(given: GivenCpu) {
  const words = Array.from(given.words);
  words[R15] = 0;
  words[REMAINING] = 0;
  const data = Array.from({ length: 2 * DATA_WORDS }, (_, i) => given.word(DATA - 4 * DATA_WORDS + 4 * i));
  const { core, deviceLog } = given;
  return { words, data, deviceLog, exceptions: { ...core.exceptionCounts }, instructions: core.instructions() };
}

describe.each(["arm926ej-s", "arm1176jzf-s"])("templates of the %s", { timeout: TIMEOUT_MS }, (model) => {
  const { architecture } = cpuModels[model];

  it(`do what the interpreter does, with other registers and numbers too: seed ${seed}`, () => {
    const { interp, jit } = sidesOf(model);
    const random = makeRandom(seed);
    for (const sample of templateSamples) {
      for (let variant = 0; variant < VARIANTS; variant++) {
        const word = variant === 0 ? sample : variantOf(sample, random, architecture);
        const cpsr = random.pick([Mode.usr, Mode.svc, Mode.svc, Mode.irq, Mode.fiq]) | 0xc0;
        const state = random.word();
        for (const given of [interp, jit]) {
          prepare(given, word, makeRandom(state), cpsr);
          given.run(1);
        }
        const name = `${(word >>> 0).toString(16)} in mode ${cpsr.toString(16)}`;
        expect(stateOf(jit), name).toEqual(stateOf(interp));
      }
    }
    // Templates did most of it: what is left are faults, unaligned words and the like.
    const { exits } = jit.core as JitCpu;
    expect(exits[Exit.interpret]).toBeLessThan(templateSamples.length * VARIANTS * 0.5);
  });

  it("are for almost every sample, each with a number of its own", () => {
    const { handlers, endings } = templatesOf(cpuModels[model]);
    expect(handlers.size).toBeGreaterThan(templateSamples.length * 0.8);
    expect(new Set(handlers.values()).size).toBe(handlers.size);
    expect(Math.max(...handlers.values())).toBe(endings.length - 1);
    expect(endings[Handler.interpret]).toBe(1);
  });
});
