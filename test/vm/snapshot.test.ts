import { describe, expect, it } from "vitest";
import type { State } from "../../src/base/index.ts";
import { PAGE_SIZE } from "../../src/memory/index.ts";
import {
  hardwareDigest,
  restoreMachine,
  saveMachine,
  snapshotEpochSeconds,
  stateHash,
  takeSnapshot,
} from "../../src/vm/snapshot.ts";
import { decodeSnapshot, encodeSnapshot } from "../../src/vm/snapshot-format.ts";
import { countingProgram, givenMachine, programs, versatile, waitingProgram } from "./machine-bench.ts";

const invalid = (message: RegExp) =>
  expect.objectContaining({ code: "snapshot-invalid", message: expect.stringMatching(message) });

describe("a snapshot of a machine", () => {
  it.each([
    ["runs", countingProgram, 33_333],
    ["waits", waitingProgram, 217],
  ])("brings another machine to the same state, and on to the same future, when the guest %s", (_what, program, at) => {
    const straight = givenMachine(program);
    straight.runTo(at);
    const file = saveMachine(straight.machine);
    const restored = givenMachine(programs.halt, { isKicked: false });
    restoreMachine(restored.machine, file);
    expect(restored.hash()).toBe(straight.hash());
    for (const length of [1, 7, 400_000]) {
      const end = straight.machine.instructions() + 40_000;
      straight.runTo(end);
      restored.runTo(end, length);
      expect(restored.hash()).toBe(straight.hash());
    }
  });

  it("is the same file when the restored machine is saved", () => {
    const straight = givenMachine(countingProgram);
    straight.runTo(12_345);
    const file = saveMachine(straight.machine);
    const restored = givenMachine(programs.spin);
    restored.runTo(777);
    restoreMachine(restored.machine, file);
    expect(Buffer.from(saveMachine(restored.machine)).equals(Buffer.from(file))).toBe(true);
  });

  it("keeps a paused, a halted and a waiting guest what they are", () => {
    for (const verb of ["pause", "halt"] as const) {
      const saved = givenMachine(programs.spin);
      saved.runTo(100);
      saved.machine.hypervisor.guests[0][verb]();
      const restored = givenMachine(programs.spin);
      restored.runTo(10);
      restoreMachine(restored.machine, saveMachine(saved.machine));
      expect(restored.machine.runSlice(100, { skipIdle: true }).executed).toBe(0);
      const [vcpu] = restored.machine.hypervisor.guests[0].vcpus;
      expect(vcpu.stateName).toBe(saved.machine.hypervisor.guests[0].vcpus[0].stateName);
    }
  });

  it("holds a board without its guest, and brings one back to a board that lost it", () => {
    const without = givenMachine(programs.spin);
    without.runTo(500);
    const withGuest = saveMachine(without.machine);
    const { hypervisor } = without.machine;
    hypervisor.destroyGuest(hypervisor.guests[0]);
    const empty = saveMachine(without.machine);
    const restored = givenMachine(programs.spin);
    restoreMachine(restored.machine, empty);
    expect([restored.machine.hypervisor.guests, restored.hash()]).toEqual([[], without.hash()]);
    restoreMachine(restored.machine, withGuest);
    restored.runTo(600);
    expect(restored.register(4)).toBe(300);
  });

  it("leaves pages out that are all zero, and clears them in the machine that is restored", () => {
    const { machine } = givenMachine(programs.spin);
    const file = saveMachine(machine);
    expect(file.length).toBeLessThan(100 * PAGE_SIZE);
    const restored = givenMachine(programs.spin);
    restored.machine.writeGuest(0x200000, Uint8Array.of(1, 2, 3));
    restoreMachine(restored.machine, file);
    expect(restored.word(0x200000)).toBe(0);
  });

  it("keeps the wall-clock time of power-on", () => {
    expect(snapshotEpochSeconds(takeSnapshot(givenMachine(programs.spin).machine))).toBe(1_767_225_600);
  });

  it("is refused, with nothing changed, when it is of another board", () => {
    const { machine, hash } = givenMachine(countingProgram);
    const before = hash();
    const change = (changes: State, pages = new Map<number, Uint8Array>()) => {
      const { state } = decodeSnapshot(saveMachine(machine));
      return encodeSnapshot({ state: { ...state, ...changes }, pages });
    };
    const page = new Uint8Array(PAGE_SIZE).fill(1);
    const cases: [Uint8Array, RegExp][] = [
      [change({ profile: "raspberrypi" }), /one of board versatilepb, found one of board raspberrypi/],
      [change({ ramSizeBytes: 1 << 20 }), /268435456 bytes of host RAM, found 1048576/],
      [change({ hardware: "0" }), /the devices and memory of this board's profile/],
      [change({ machine: null }), /the state of a machine/],
      [change({}, new Map([[65_536, page]])), /pages below 65536, found page 65536/],
    ];
    for (const [file, message] of cases) {
      expect(() => restoreMachine(machine, file)).toThrow(invalid(message));
      expect(hash()).toBe(before);
    }
  });

  it("depends on a board's hardware, and not on its images or texts", () => {
    const profile = versatile();
    expect(hardwareDigest({ ...profile, description: "another", boot: { ...profile.boot, commandLine: "" } })).toBe(
      hardwareDigest(profile),
    );
    expect(hardwareDigest({ ...profile, devices: profile.devices.slice(1) })).not.toBe(hardwareDigest(profile));
    expect(hardwareDigest({ ...profile, cpu: { ...profile.cpu, nsPerInstruction: 6 } })).not.toBe(
      hardwareDigest(profile),
    );
  });

  it("has a state hash that every bit of RAM, CPU, devices and time changes", () => {
    const bench = givenMachine(programs.spin);
    bench.runTo(100);
    const hashes = [bench.hash()];
    const changes = [
      () => bench.machine.host.u8.set([1], bench.machine.host.u8.length - 1),
      () => bench.machine.running?.cpu.setRegisters([1], 0x8000),
      () => bench.machine.running?.devices.byName.get("uart0")?.write(0x24, 7, 4),
      () => bench.machine.timeline.advanceTo(bench.machine.timeline.nowNs() + 1),
    ];
    for (const change of changes) {
      change();
      hashes.push(stateHash(bench.machine));
    }
    expect(new Set(hashes).size).toBe(changes.length + 1);
  });
});
