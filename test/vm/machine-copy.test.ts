import { describe, expect, it } from "vitest";
import { runToQuietPoint, scratchDisks } from "../../src/vm/machine-copy.ts";
import { memoryDisk } from "./hypervisor-bench.ts";
import { givenMachine, programs, RECORD_ADDRESS } from "./machine-bench.ts";

/** Counts in the record, then waits for an interrupt for ever. */
const countsAndWaits = [
  0xe3a05801, // mov r5, #0x10000
  0xe3a04c01, // mov r4, #256
  0xe5854000, // str r4, [r5]
  0xe2544001, // subs r4, r4, #1
  0x1afffffc, // bne .-8
  0xee070f90, // mcr p15, 0, r0, c7, c0, 4
  0xeafffffd, // b .-4
];

const recordOf = (view: { readGuest(address: number, target: Uint8Array): boolean }): number => {
  const bytes = new Uint8Array(4);
  view.readGuest(RECORD_ADDRESS, bytes);
  return new DataView(bytes.buffer).getUint32(0, true);
};

describe("a copy of a machine", () => {
  it("runs on to where its guest waits, while the machine stays as it is", () => {
    const { machine, runTo, hash } = givenMachine(countsAndWaits);
    runTo(100);
    const before = hash();
    const copy = machine.copy();
    expect(recordOf(copy)).toBe(recordOf(machine));
    expect(copy.runToQuietPoint(0, 100_000)).toBe(true);
    expect([recordOf(copy), recordOf(machine) > 1]).toEqual([1, true]);
    expect(copy.instructions()).toBeGreaterThan(machine.instructions());
    expect(hash()).toBe(before);
  });

  it("says that a guest which never rests has no such point, after as many instructions as it was given", () => {
    const { machine, runTo } = givenMachine(programs.spin);
    runTo(100);
    const copy = machine.copy();
    expect(copy.runToQuietPoint(0, 5_000)).toBe(false);
    expect(copy.instructions() - machine.instructions()).toBeLessThan(6_000);
  });

  it("counts user code as rest", () => {
    const state = { words: new Int32Array(1024) };
    let count = 0;
    const running = { cpu: { state, isHalted: false } };
    const machine = {
      running,
      instructions: () => count,
      runSlice: (most: number) => {
        count += most;
        state.words.fill(0x10);
        return { end: "budget" };
      },
    };
    expect(runToQuietPoint(machine, 0, 1000)).toBe(true);
    expect(count).toBe(16);
  });
});

describe("a disk of a copy", () => {
  it("reads what was written to it, and leaves the original alone", () => {
    const original = memoryDisk("disk0", 16);
    const [copy] = scratchDisks([original]);
    const data = new Uint8Array(1024).fill(7);
    copy.backend.write(3, data);
    const read = new Uint8Array(2048);
    copy.backend.read(2, read);
    expect([...new Set(read.subarray(0, 512)), ...new Set(read.subarray(512, 1536)), read[1536]]).toEqual([0, 7, 0]);
    original.backend.read(3, read);
    expect(read.every((byte) => byte === 0)).toBe(true);
  });
});
