import { describe, expect, it } from "vitest";
import { loadBoard } from "../../src/board/index.ts";
import { deviceModels } from "../../src/devices/index.ts";
import {
  CODE_ADDRESS,
  countingProgram,
  givenMachine,
  programs,
  RECORD_ADDRESS,
  waitingProgram,
} from "./machine-bench.ts";

const MICROSECOND_INSTRUCTIONS = 200;

describe("the run loop", () => {
  it.each([
    ["computes", countingProgram],
    ["waits for interrupts", waitingProgram],
  ])(
    "takes interrupts at the same instructions whatever the length of a slice, when the guest %s",
    (_what, program) => {
      const end = 70_001;
      const [whole, ...others] = [end, 1, 7, 1000].map((length) => {
        const bench = givenMachine(program);
        bench.runTo(end, length);
        return bench;
      });
      expect(whole.register(5)).toBeGreaterThan(RECORD_ADDRESS + 4);
      for (const bench of others) {
        expect([bench.register(4), bench.register(5)]).toEqual([whole.register(4), whole.register(5)]);
        expect(bench.machine.timeline.nowNs()).toBe(whole.machine.timeline.nowNs());
        expect(bench.hash()).toBe(whole.hash());
      }
    },
  );

  it("interrupts a counting guest once in every 100 us of its time", () => {
    const bench = givenMachine(countingProgram);
    bench.runTo(10 * 100 * MICROSECOND_INSTRUCTIONS + 1000);
    const counts = Array.from({ length: 10 }, (_, i) => bench.word(RECORD_ADDRESS + i * 4));
    const gaps = counts.slice(1).map((count, i) => count - counts[i]);
    // Two instructions a count, and the handler's share.
    for (const gap of gaps) expect(Math.abs(gap - (100 * MICROSECOND_INSTRUCTIONS) / 2)).toBeLessThan(10);
  });

  it("jumps over waiting, so that a waiting guest costs next to no instructions", () => {
    const bench = givenMachine(waitingProgram);
    bench.runTo(1_000);
    const { timeline } = bench.machine;
    expect(bench.register(4)).toBeGreaterThan(100);
    expect(timeline.nowNs()).toBeGreaterThan(100 * 100_000);
  });

  it("without skipping, hands a waiting guest back and lets the caller pass the time", () => {
    const { machine, register } = givenMachine(waitingProgram);
    expect(machine.runSlice(10_000, { skipIdle: false }).end).toBe("idle");
    const before = machine.instructions();
    expect(machine.runSlice(10_000, { skipIdle: false })).toEqual({ executed: 0, end: "idle" });
    machine.timeline.advanceTo(machine.timeline.clock.nextDeadlineNs);
    expect(machine.runSlice(10_000, { skipIdle: false }).end).toBe("idle");
    expect(machine.instructions()).toBeGreaterThan(before);
    expect(register(4)).toBe(1);
  });

  it("ends a slice at once when it is stopped, and goes on after it", () => {
    const bench = givenMachine(programs.spin);
    bench.machine.timeline.clock.timer("stop", () => bench.machine.stop()).arm(5 * 777);
    expect(bench.machine.runSlice(10_000, { skipIdle: true })).toEqual({ executed: 777, end: "stopped" });
    expect(bench.machine.runSlice(10_000, { skipIdle: true })).toEqual({ executed: 10_000, end: "budget" });
  });

  it("sees that a guest halted itself, and says where", () => {
    const { machine, logged } = givenMachine(programs.halt);
    expect(machine.runSlice(50_000, { skipIdle: true }).end).toBe("stuck");
    expect(logged.map(({ message }) => message).join()).toContain("branches to itself at 0x00008000");
    expect(machine.hypervisor.guests[0].vcpus[0].stateName).toBe("Halted");
    expect(machine.runSlice(50_000, { skipIdle: true })).toEqual({ executed: 0, end: "parked" });
  });

  it("does not take a guest for stuck that branches to itself and is interrupted", () => {
    const bench = givenMachine([...countingProgram.slice(0, -2), 0xeafffffe]); // b .
    bench.runTo(100_000);
    expect(bench.register(5)).toBeGreaterThan(RECORD_ADDRESS);
  });

  it("says once where a guest jumped to when nothing is there", () => {
    const { machine, logged } = givenMachine([0xe3a0f205]); // mov pc, #0x50000000
    for (let i = 0; i < 3; i++) machine.runSlice(20_000, { skipIdle: true });
    const told = logged.filter(({ message }) => message.includes("where the board has no memory"));
    expect(told.map(({ source, message }) => `${source}: ${message}`)).toEqual([
      "guest0: jumped to 0x50000000, where the board has no memory",
    ]);
  });

  it.each(["interp", "jit"] as const)(
    "says once what of the core is used that is not modelled, with the engine %s",
    (engine) => {
      const { profile } = loadBoard("raspberrypi", { models: deviceModels });
      const vectoredInterrupts = [
        0xee110f10, // mrc p15, 0, r0, c1, c0, 0
        0xe3800401, // orr r0, r0, #1 << 24     SCTLR.VE
        0xee010f10, // mcr p15, 0, r0, c1, c0, 0
        0xeafffffb, // b .-12
      ];
      const { logged, runTo } = givenMachine(vectoredInterrupts, { profile, engine });
      runTo(1_000);
      const told = logged.filter(({ source }) => source === "cpu").map(({ level, message }) => `${level}: ${message}`);
      expect(told).toEqual(["warning: no interrupt controller gives vectors (SCTLR.VE): fixed ones are used"]);
    },
  );

  it("says that the MMU is off until the guest turns it on", () => {
    const bench = givenMachine(programs.spin);
    bench.runTo(100);
    expect(bench.machine.running?.isMmuOn).toBe(false);
    expect(bench.machine.running?.cpu.pc).toBeGreaterThanOrEqual(CODE_ADDRESS);
  });
});
