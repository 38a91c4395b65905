import { describe, expect, it } from "vitest";
import { countingProgram, echoProgram, givenControl, tightLimits } from "./control-bench.ts";

/** Runs forward so many slices, and holds. */
function ran(program: readonly number[], slices: number, limits: Partial<typeof tightLimits> = {}) {
  const bench = givenControl(program, { limits: { ...tightLimits, ...limits }, sliceLength: 1_000 });
  bench.control.resume("forward");
  bench.run(slices);
  bench.control.interrupt();
  bench.untilHeld();
  return bench;
}

describe("the history of a run", () => {
  it("keeps a checkpoint each interval, and few of long ago when they get many", () => {
    const { control, instruction } = ran(countingProgram, 200, { maxCheckpoints: 12 });
    const { history } = control;
    expect(history.checkpointCount).toBeLessThanOrEqual(12);
    const places = Array.from({ length: history.checkpointCount }, (_, i) => history.instructionOf(i));
    expect(places[0]).toBe(0);
    expect(places.at(-1)).toBeGreaterThan(instruction() - 2_000);
    const gaps = places.slice(1).map((place, i) => place - places[i]);
    expect(gaps[0]).toBeGreaterThan((gaps.at(-1) ?? 0) * 4);
  });

  it("forgets its beginning rather than more memory than it may have", () => {
    const { control, untilHeld, instruction } = ran(echoProgram, 60, { maxBytes: 40 * 4096 });
    expect(control.history.sizeBytes).toBeLessThanOrEqual(40 * 4096);
    const { start } = control.history;
    expect(start.instruction).toBeGreaterThan(0);
    control.resume("back");
    expect(untilHeld()).toEqual({ kind: "history-begins" });
    expect(instruction()).toBe(start.instruction);
  });

  it("forgets its beginning rather than more inputs than it may have", () => {
    const bench = givenControl(echoProgram, { limits: { ...tightLimits, maxInputs: 10 } });
    const { control, port, run, hash, untilHeld, instruction } = bench;
    control.resume("forward");
    for (let i = 0; i < 40; i++) {
      run(2);
      port.send(Uint8Array.of(0x41 + i));
    }
    run(3);
    control.interrupt();
    untilHeld();
    const end = { instruction: instruction(), hash: hash() };
    expect(control.history.start.instruction).toBeGreaterThan(0);
    control.resume("back");
    untilHeld();
    control.resume("forward");
    while (control.history.isPast) run(1);
    expect(instruction()).toBe(end.instruction);
    expect(hash()).toBe(end.hash);
  });

  it("comes from each checkpoint to the same state", () => {
    const { control, hash, untilHeld, instruction } = ran(countingProgram, 12);
    const { history } = control;
    const end = { instruction: instruction(), hash: hash() };
    for (let index = history.checkpointCount - 1; index >= 0; index--) {
      history.restore(index);
      expect(instruction()).toBe(history.instructionOf(index));
      let slice = "more";
      while (slice === "more") {
        slice = history.replaySlice(end.instruction, { maxInstructions: 333, skipIdle: true });
      }
      expect(instruction()).toBe(end.instruction);
      expect(hash()).toBe(end.hash);
    }
    expect(() => untilHeld()).toThrow();
  });

  it("leaves no trap on any page when it is over", () => {
    const { control, machine } = ran(countingProgram, 3);
    control.detach();
    expect(control.history.isBegun).toBe(false);
    expect(machine.traps.bits.some((bits) => (bits & 8) !== 0)).toBe(false);
  });
});
