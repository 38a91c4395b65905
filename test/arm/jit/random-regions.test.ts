/** Random programs on both engines; `node tools/fuzz-jit.mjs` runs more of them, and `JIT_FUZZ_INSTRUCTIONS` here too. */
import { describe, expect, it } from "vitest";
import { Exit } from "../../../src/arm/jit/index.ts";
import { missedRows, runCampaign } from "./fuzz/campaign.ts";
import { makeProgram } from "./fuzz/program.ts";

const seed = Number(process.env.FUZZ_SEED ?? 2);
const instructions = Number(process.env.JIT_FUZZ_INSTRUCTIONS ?? 1_000_000);
/** Half of a million instructions, where rows are counted, leave out few rows; `wasm-ops.test.ts` goes through all of them. */
const MOST_MISSED_ROWS = 30;
/** Ten seconds of work, and much more where others work on the same processor. */
const TIMEOUT_MS = 600_000;

describe("random programs", { timeout: TIMEOUT_MS }, () => {
  it(`end each slice in the same state on both engines: seed ${seed}, ${instructions} instructions`, () => {
    const result = runCampaign({ seed, instructions });
    expect(result.reports.slice(0, 3).join("\n\n")).toBe("");
    expect(result.instructions).toBeGreaterThanOrEqual(instructions);
    // They did what they are for: every kind of exception, every kind of exit, code that was forgotten.
    for (const count of Object.values(result.exceptions)) expect(count).toBeGreaterThan(50);
    for (const reason of Object.values(Exit)) {
      // The dispatcher goes on from hot places itself.
      if (reason !== Exit.hot) expect(result.exits[reason], `exits for reason ${reason}`).toBeGreaterThan(20);
    }
    expect(result.retired).toBeGreaterThan(100);
    expect(result.compiledRows.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(instructions / 4);
    expect(missedRows(result).length, missedRows(result).join(", ")).toBeLessThan(MOST_MISSED_ROWS);
    expect(result.tainted).toBeLessThan(result.programs / 10);
  });

  it(`of ARMv6 do so too: seed ${seed}, ${instructions / 2} instructions`, () => {
    const result = runCampaign({ seed, architecture: 6, instructions: instructions / 2 });
    expect(result.reports.slice(0, 3).join("\n\n")).toBe("");
    for (const count of Object.values(result.exceptions)) expect(count).toBeGreaterThan(20);
    expect(result.compiledRows.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(instructions / 8);
  });

  it("are the same for the same seed, and others for another", () => {
    const [first, again, other] = [makeProgram(3, 4), makeProgram(3, 4), makeProgram(4, 4)];
    expect({ ...again, image: undefined }).toEqual({ ...first, image: undefined });
    expect(Buffer.compare(again.image.bytes, first.image.bytes)).toBe(0);
    expect(Buffer.compare(other.image.bytes, first.image.bytes)).not.toBe(0);
  });
});
