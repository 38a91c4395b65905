import { describe, expect, it } from "vitest";
import { REMAINING } from "../../../src/arm/core/index.ts";
import { JitCpu } from "../../../src/arm/jit/index.ts";
import { CODE, type GivenCpu, givenCpu } from "../given-cpu.ts";

const NOP = 0xe1a00000;
/** `b .` over so many words. */
const skip = (words: number): number => (0xea000000 | ((words - 2) & 0xffffff)) >>> 0;

const given = (code: readonly number[]): GivenCpu =>
  givenCpu({ code, makeCore: (bus, model) => new JitCpu(bus, model, { tuning: { hotEntries: 60_000 } }) });

describe("what follows an instruction", () => {
  it("is the next one, or the end of the slice", () => {
    const core = given([NOP, NOP, NOP, skip(-3)]);
    for (let count = 1; count < 9; count++) {
      core.run(1);
      expect(core.core.pc).toBe(CODE + 4 * (count % 4));
      expect(core.words[REMAINING]).toBe(0);
    }
  });

  it("is a jump's target in the page or in another, also when the slice ends with the jump", () => {
    const far = 0x1800;
    const core = given([skip(2), NOP, skip((far - 8) / 4)]);
    core.write(CODE + far, skip(-far / 4));
    for (let round = 0; round < 5; round++) {
      expect(core.run(1).core.pc).toBe(CODE + 8);
      expect(core.run(1).core.pc).toBe(CODE + far);
      expect(core.run(1).core.pc).toBe(CODE);
    }
  });

  it("is fetched anew after a page's mapping was forgotten, and counted right at the end of a slice", () => {
    // mcr p15, 0, r0, c8, c5, 1; b back
    const core = given([0xee080f35, skip(-1)]);
    for (let count = 1; count < 7; count++) {
      core.run(1);
      expect(core.core.pc).toBe(CODE + 4 * (count % 2));
      expect(core.core.instructions()).toBe(count);
    }
  });
});
