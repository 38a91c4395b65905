import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { guestHash, guestHashes } from "../../src/vm/guest-hash.ts";
import { countingProgram, givenMachine } from "./machine-bench.ts";

describe("the hashes of a guest", () => {
  it("are of memory on one side, of CPU, devices and time on the other", () => {
    const { machine } = givenMachine(countingProgram);
    const before = guestHashes(machine);
    machine.writeGuest(0x5000, Uint8Array.of(1));
    const written = guestHashes(machine);
    expect([written.memory === before.memory, written.state === before.state]).toEqual([false, true]);
    machine.running?.cpu.setRegisters([1], 0x8000);
    const moved = guestHashes(machine);
    expect([moved.memory === written.memory, moved.state === written.state]).toEqual([true, false]);
    machine.timeline.advanceTo(machine.timeline.nowNs() + 1);
    expect(guestHashes(machine).state).not.toBe(moved.state);
  });

  it("are SHA-256 of RAM and ROM as they lie in the guest", () => {
    const { machine } = givenMachine(countingProgram);
    const regions = machine.profile.regions.flatMap(({ address: guestAddress, sizeBytes }) => {
      const bytes = new Uint8Array(sizeBytes);
      return machine.readGuest(guestAddress, bytes) ? [{ guestAddress, bytes }] : [];
    });
    const hash = createHash("sha256");
    for (const { bytes } of regions.sort((a, b) => a.guestAddress - b.guestAddress)) hash.update(bytes);
    expect(guestHashes(machine).memory).toBe(hash.digest("hex"));
  });

  it("leave out what the hypervisor does for itself, and change with the guest", () => {
    const { machine } = givenMachine(countingProgram);
    const before = guestHash(machine);
    machine.hypervisor.consoleTurn(true);
    machine.hypervisor.consoleTurn(false);
    machine.hypervisor.stdio.logLevel = 0;
    expect(guestHash(machine)).toBe(before);
    machine.writeGuest(0x5000, Uint8Array.of(1));
    expect(guestHash(machine)).not.toBe(before);
    machine.hypervisor.destroyGuest(machine.hypervisor.guests[0]);
    expect(guestHash(machine)).toHaveLength(64);
  });
});
