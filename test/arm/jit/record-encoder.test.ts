import { describe, expect, it } from "vitest";
import { cpuModels } from "../../../src/arm/core/index.ts";
import { RecordEncoder } from "../../../src/arm/jit/record-encoder.ts";
import { Handler } from "../../../src/arm/jit/template-module.ts";
import { templateDecoder, templatesOf } from "../../../src/arm/jit/template-program.ts";

const model = cpuModels["arm926ej-s"];
const encoder = new RecordEncoder(templateDecoder(model), templatesOf(model));
const encoded = (word: number) => {
  encoder.encode(word | 0);
  const { handlers, immediate, registers, endsBlock } = encoder;
  return { first: handlers & 0xffff, second: handlers >>> 16, immediate, registers, endsBlock };
};

describe("the record of an instruction", () => {
  it("has its registers, times four, and its immediate", () => {
    // ldr r1, [r2, #-4]
    const { first, second, immediate, registers, endsBlock } = encoded(0xe5121004);
    expect(first).toBeGreaterThan(Handler.condition);
    expect({ second, immediate, endsBlock }).toEqual({ second: 0, immediate: -4, endsBlock: false });
    expect([registers & 0xff, (registers >>> 8) & 0xff].sort()).toEqual([1 * 4, 2 * 4]);
  });

  it("has the handler of its condition first, and its own second", () => {
    const always = encoded(0xe0821003); // add r1, r2, r3
    const onlyIfEqual = encoded(0x00821003);
    expect(onlyIfEqual).toEqual({ ...always, first: Handler.condition, second: always.first });
  });

  it("is the same whether the word was met before or not", () => {
    const words = Array.from({ length: 40_000 }, (_, i) => 0xe2800000 + i);
    const first = words.map(encoded);
    expect(words.map(encoded)).toEqual(first);
  });

  it("ends a block where control may go elsewhere, and where only the interpreter knows", () => {
    for (const word of [0xeafffffe, 0x1a000000, 0xe12fff1e, 0xe8bd8010, 0x08bd8010, 0xef000000, 0xe7f000f0])
      expect(encoded(word).endsBlock, word.toString(16)).toBe(true);
    expect(encoded(0xe7f000f0).first).toBe(Handler.interpret); // udf
    expect(encoded(0xe92d4010).endsBlock).toBe(false); // push {r4, lr}
  });
});
