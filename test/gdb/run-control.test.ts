import { describe, expect, it } from "vitest";
import { WatchKind } from "../../src/arm/core/index.ts";
import { MemoryDisk } from "../../src/scenario/memory-disk.ts";
import { guestHash } from "../../src/vm/index.ts";
import {
  COUNT_ADDRESS,
  COUNT_STORE,
  countingProgram,
  ECHO_START,
  ECHO_TURN,
  echoProgram,
  givenControl,
  INPUT_ADDRESS,
  INPUT_STORE,
  LOOP_ADDRESS,
  tightLimits,
  waitingProgram,
} from "./control-bench.ts";

const engines = ["interp", "jit"] as const;
const watched = { kind: WatchKind.write, address: COUNT_ADDRESS, sizeBytes: 4 };

describe.each(engines)("a guest under a debugger, engine %s", (engine) => {
  it("is held before the instruction at a place, and goes on past it", () => {
    const { control, untilHeld, pc, instruction } = givenControl(echoProgram, { engine });
    control.points.addPlace(LOOP_ADDRESS);
    for (let turn = 0; turn < 3; turn++) {
      control.resume("forward");
      expect(untilHeld()).toEqual({ kind: "place" });
      expect(pc()).toBe(LOOP_ADDRESS);
      expect(instruction()).toBe(ECHO_START + turn * ECHO_TURN);
    }
  });

  it("is held before a watched store, which has not happened then", () => {
    const { control, untilHeld, pc, word } = givenControl(echoProgram, { engine });
    control.points.watch(watched);
    for (let turn = 1; turn <= 3; turn++) {
      control.resume("forward");
      expect(untilHeld()).toEqual({ kind: "watch", watch: watched });
      expect(pc()).toBe(COUNT_STORE);
      expect(word(COUNT_ADDRESS)).toBe(turn - 1);
    }
  });

  it("runs the same to the bit with a watched word that is hit a thousand times", () => {
    const { control, untilHeld, hash, instruction } = givenControl(countingProgram, { engine });
    control.points.watch({ kind: WatchKind.access, address: 0x10000, sizeBytes: 64 });
    for (let hit = 0; hit < 16; hit++) {
      control.resume("forward");
      expect(untilHeld().kind).toBe("watch");
    }
    const straight = givenControl(countingProgram, { engine });
    straight.control.detach();
    straight.runTo(instruction());
    expect(hash()).toBe(straight.hash());
  });

  it("sees reads of a watched word, and leaves writes alone", () => {
    const { control, untilHeld, pc } = givenControl([0xe3a05801, 0xe5850000, 0xe5951000, 0xeafffffc], { engine });
    control.points.watch({ kind: WatchKind.read, address: 0x10000, sizeBytes: 1 });
    control.resume("forward");
    expect(untilHeld().kind).toBe("watch");
    expect(pc()).toBe(0x8008); // ldr r1, [r5]
  });

  it("goes back to the last write of a watched word", () => {
    const { control, untilHeld, instruction, word } = givenControl(echoProgram, { engine });
    control.resume("forward");
    for (let i = 0; i < 20; i++) control.runSlice(700, { skipIdle: true });
    control.interrupt();
    expect(untilHeld()).toEqual({ kind: "interrupted" });
    const end = instruction();
    const count = word(COUNT_ADDRESS);
    control.points.watch(watched);
    control.resume("back");
    expect(untilHeld()).toEqual({ kind: "watch", watch: watched });
    expect(instruction()).toBe(ECHO_START + (count - 1) * ECHO_TURN + 2);
    expect(instruction()).toBeLessThanOrEqual(end);
    control.step("back");
    untilHeld();
    expect(word(COUNT_ADDRESS)).toBe(count - 1);
  });

  it("goes back one place after the other, across checkpoints, to where the history begins", () => {
    const limits = { ...tightLimits, intervalInstructions: 200 };
    const { control, untilHeld, instruction, pc } = givenControl(echoProgram, { engine, limits });
    control.points.addPlace(INPUT_STORE);
    control.points.addPlace(LOOP_ADDRESS);
    for (let stop = 0; stop < 120; stop++) {
      control.resume("forward");
      untilHeld();
    }
    for (let stop = 118; stop >= 0; stop--) {
      control.resume("back");
      expect(untilHeld()).toEqual({ kind: "place" });
      expect(instruction()).toBe(ECHO_START + stop * ECHO_TURN);
    }
    control.resume("back");
    expect(untilHeld()).toEqual({ kind: "history-begins" });
    expect(instruction()).toBe(0);
    expect(pc()).toBe(0x8000);
  });

  it("steps back through an interrupt to the same states that it came through", () => {
    const { control, untilHeld, state, run } = givenControl(countingProgram, { engine });
    control.resume("forward");
    run(40);
    control.interrupt();
    untilHeld();
    const states: string[] = [];
    for (let i = 0; i < 30; i++) {
      states.push(state());
      control.step("forward");
      untilHeld();
    }
    for (let i = 29; i >= 0; i--) {
      control.step("back");
      untilHeld();
      expect(state()).toBe(states[i]);
    }
  });

  it("steps an instruction at a time through time that is skipped", () => {
    const { control, untilHeld, instruction, machine } = givenControl(waitingProgram, { engine });
    for (let i = 0; i < 100; i++) {
      control.step("forward");
      expect(untilHeld()).toEqual({ kind: "stepped" });
      expect(instruction()).toBe(i + 1);
    }
    const ns = machine.timeline.nowNs();
    expect(ns).toBeGreaterThan(200_000);
    for (let i = 99; i >= 50; i--) {
      control.step("back");
      untilHeld();
      expect(instruction()).toBe(i);
    }
    for (let i = 51; i <= 100; i++) {
      control.step("forward");
      untilHeld();
    }
    expect(machine.timeline.nowNs()).toBe(ns);
  });
});

describe("what comes from outside", () => {
  it("is there again, at the same instruction, when the run is gone through once more", () => {
    const { control, port, untilHeld, run, hash, instruction, heard, word } = givenControl(echoProgram);
    control.resume("forward");
    for (const [index, text] of ["a", "bc", "d"].entries()) {
      run(3 + index);
      port.send(Buffer.from(text));
    }
    run(5);
    control.interrupt();
    untilHeld();
    expect(heard()).toBe("abcd");
    const end = { hash: hash(), instruction: instruction() };
    control.points.watch({ kind: WatchKind.write, address: INPUT_ADDRESS, sizeBytes: 4 });
    const seen: number[] = [];
    for (let reason = "watch"; reason === "watch"; ) {
      control.resume("back");
      reason = untilHeld().kind;
      seen.push(word(INPUT_ADDRESS));
      control.step("back");
      untilHeld();
    }
    expect(seen).toEqual([..."dcba"].map((c) => c.charCodeAt(0)).concat(0));
    control.points.clear();
    control.points.addPlace(0xfffffff0);
    control.resume("forward");
    while (control.history.isPast) run(1);
    expect(heard()).toBe("abcd");
    expect(instruction()).toBeGreaterThanOrEqual(end.instruction);
    control.interrupt();
    untilHeld();
    control.resume("back");
    untilHeld();
    control.resume("forward");
    while (instruction() < end.instruction) {
      control.step("forward");
      untilHeld();
    }
    expect(hash()).toBe(end.hash);
  }, 60_000);

  it("waits while the guest is held, and makes another future in the past", () => {
    const { control, port, untilHeld, run, heard, instruction } = givenControl(echoProgram);
    control.resume("forward");
    run(10);
    port.send(Buffer.from("x"));
    run(10);
    control.interrupt();
    untilHeld();
    const end = instruction();
    control.resume("back");
    untilHeld();
    port.send(Buffer.from("y"));
    expect(heard()).toBe("x");
    control.resume("forward");
    while (instruction() < end) run(1);
    expect(control.history.isPast).toBe(false);
    expect(heard()).toBe("xy");
  });

  it("from a command ends what can be gone back in", () => {
    const { control, machine, untilHeld, run, instruction } = givenControl(echoProgram);
    control.resume("forward");
    run(10);
    const changed = instruction();
    machine.writeGuest(0x20000, Uint8Array.of(1));
    run(10);
    control.interrupt();
    untilHeld();
    control.resume("back");
    expect(untilHeld()).toEqual({ kind: "history-begins" });
    expect(instruction()).toBe(changed);
  });

  it("from the debugger itself is kept and done again", () => {
    const { control, machine, untilHeld, run, word, instruction } = givenControl(echoProgram);
    control.resume("forward");
    run(10);
    control.interrupt();
    untilHeld();
    const written = instruction();
    control.change(() => machine.running?.bus.writeMemory(0x20000, Uint8Array.of(7, 0, 0, 0)) ?? false);
    control.resume("forward");
    run(10);
    control.interrupt();
    untilHeld();
    control.resume("back");
    untilHeld();
    expect(word(0x20000)).toBe(0);
    while (instruction() < written) {
      control.step("forward");
      untilHeld();
    }
    expect(word(0x20000)).toBe(7);
  }, 60_000);
});

/** A guest with a disk; what is written to it is an input, as a command of the debugger is. */
function givenDisk(options: Parameters<typeof givenControl>[1] = {}) {
  const disk = new MemoryDisk(64 * 512);
  const device = { name: "disk0", description: "", startSector: 0, backend: disk };
  const bench = givenControl(countingProgram, { ...options, blockDevices: [device] });
  const [virtual] = bench.machine.hypervisor.disks;
  const write = (sector: number, value: number) =>
    bench.control.change(() => {
      // What is read back decides what is written: a disk that was not gone back would tell.
      const old = new Uint8Array(512);
      virtual.read(sector, old);
      virtual.write(
        sector,
        old.map((byte) => byte + value),
      );
      return true;
    });
  return { ...bench, disk, virtual, write };
}

describe("a disk that is written", () => {
  it("is as it was at each place that is gone back to, and again as it is on the way forward", () => {
    const { control, disk, write, untilHeld, run, hash, instruction } = givenDisk();
    const seen = () => ({
      instruction: instruction(),
      disk: Buffer.from(disk.copy()).toString("latin1"),
      hash: hash(),
    });
    const moments = [seen()];
    for (let turn = 0; turn < 12; turn++) {
      control.resume("forward");
      run(7);
      control.interrupt();
      untilHeld();
      write(turn % 3, 1 + turn);
      control.step("forward");
      untilHeld();
      moments.push(seen());
    }
    const goTo = (wanted: number) => {
      while (instruction() !== wanted) {
        control.step(instruction() > wanted ? "back" : "forward");
        untilHeld();
        if (Math.abs(instruction() - wanted) < 3) continue;
        control.points.clear();
        const index = control.history.before(wanted);
        control.history.restore(index);
        while (control.history.replaySlice(wanted, { maxInstructions: 500, skipIdle: true }) === "more");
      }
    };
    for (const index of [9, 3, 11, 0, 5, 12]) {
      goTo(moments[index].instruction);
      expect(seen()).toEqual(moments[index]);
    }
  });

  it("begins the history anew when another takes its place", () => {
    const { control, virtual, untilHeld, run, instruction } = givenDisk();
    control.resume("forward");
    run(10);
    const changed = instruction();
    virtual.detach();
    run(10);
    control.interrupt();
    untilHeld();
    control.resume("back");
    expect(untilHeld()).toEqual({ kind: "history-begins" });
    expect(instruction()).toBe(changed);
  });

  it("takes no more memory than the history may have", () => {
    const limits = { ...tightLimits, maxBytes: 100 * 4096 };
    const { control, write, untilHeld, run } = givenDisk({ limits });
    control.resume("forward");
    for (let turn = 0; turn < 200; turn++) {
      run(2);
      for (const sector of [0, 8, 16, 24, 32, 40, 48, 56]) write(sector, turn);
    }
    control.interrupt();
    untilHeld();
    expect(control.history.sizeBytes).toBeLessThanOrEqual(limits.maxBytes);
    expect(control.history.start.instruction).toBeGreaterThan(0);
  });
});

describe("time that a real clock lets pass", () => {
  it("passes again at the same instruction, and not while the guest is held", () => {
    const { control, machine, untilHeld } = givenControl(waitingProgram);
    const slice = () => control.runSlice(700, { skipIdle: false });
    control.resume("forward");
    for (let i = 0; i < 400; i++) {
      const { end } = slice();
      if (end === "idle") control.advanceTo(machine.timeline.nowNs() + 37_000);
    }
    control.interrupt();
    untilHeld();
    const end = { ns: machine.timeline.nowNs(), hash: guestHash(machine) };
    expect(end.ns).toBeGreaterThan(1_000_000);
    control.advanceTo(end.ns + 1_000_000);
    expect(machine.timeline.nowNs()).toBe(end.ns);
    control.resume("back");
    while (!control.isHeld) slice();
    expect(untilHeld()).toEqual({ kind: "history-begins" });
    expect(machine.timeline.nowNs()).toBe(0);
    control.resume("forward");
    while (control.history.isPast) slice();
    expect({ ns: machine.timeline.nowNs(), hash: guestHash(machine) }).toEqual(end);
  });
});

describe("a debugger that leaves", () => {
  it("lets the guest go on as if it had not been there", () => {
    const { control, hash, instruction, untilHeld } = givenControl(countingProgram);
    control.points.addPlace(0x18);
    control.resume("forward");
    untilHeld();
    control.detach();
    expect(control.isHeld).toBe(false);
    while (instruction() < 100_000) control.runSlice(1_000, { skipIdle: true });
    const straight = givenControl(countingProgram);
    straight.control.detach();
    straight.runTo(instruction());
    expect(hash()).toBe(straight.hash());
  });

  it("leaves a disk as the guest has it where it is left, in the past too", () => {
    const { control, disk, write, untilHeld, run } = givenDisk();
    const image = () => Buffer.from(disk.copy()).toString("latin1");
    const empty = image();
    control.resume("forward");
    for (const value of [1, 2]) {
      run(10);
      write(value, value);
    }
    control.interrupt();
    untilHeld();
    const full = image();
    control.resume("back");
    untilHeld();
    expect(image()).toBe(empty);
    control.detach();
    expect([image(), full === empty]).toEqual([empty, false]);
    expect(control.history.isBegun).toBe(false);
  });
});
