import { describe, expect, it } from "vitest";
import { Status } from "../../src/base/index.ts";
import { Guest } from "../../src/vm/guest.ts";
import { Scheduler } from "../../src/vm/scheduler.ts";
import { Bench, benchFacts, MEBIBYTE } from "./hypervisor-bench.ts";

/** A guest of two VCPUs. */
const given = () => {
  const clock = { at: 0, nowNs: () => clock.at };
  const scheduler = new Scheduler(clock);
  const vcpus = [0, 1].map((i) =>
    scheduler.create({ name: `guest0/vcpu${i}`, guestName: "guest0", priority: 3, isPowerOff: i === 1 }),
  );
  const guest = new Guest(benchFacts.guest, { id: 0, regions: [], vcpus }, clock);
  return { guest, clock, states: () => vcpus.map(({ stateName }) => stateName) };
};

describe("a guest", () => {
  it("kicks its VCPUs but for those that stay off", () => {
    const { guest, states } = given();
    expect([guest.kick(), ...states()]).toEqual([Status.ok, "Ready", "Reset"]);
  });

  it("stops at the first VCPU that refuses", () => {
    const { guest, states } = given();
    guest.kick();
    expect([guest.pause(), ...states()]).toEqual([Status.invalid, "Paused", "Reset"]);
  });

  it("counts resets and says when the last one was", () => {
    const { guest, clock, states } = given();
    guest.kick();
    clock.at = 500;
    guest.reset();
    expect([guest.resetCount, guest.lastResetNs, ...states()]).toEqual([1, 500, "Reset", "Reset"]);
    const copy = given().guest;
    copy.restore(structuredClone(guest.save()));
    expect([copy.resetCount, copy.lastResetNs]).toEqual([1, 500]);
  });

  it("finds its regions by address and by name", () => {
    const { guest } = new Bench();
    expect(guest.regionAt(96 * MEBIBYTE - 1)?.name).toBe("mem0");
    expect(guest.regionAt(96 * MEBIBYTE)).toBeUndefined();
    expect(guest.regionAt(0x101f1000)?.name).toBe("uart0");
    expect(guest.regionNamed("nor_flash0")?.guestAddress).toBe(0x34000000);
    expect([guest.regionNamed("none"), guest.path]).toEqual([undefined, "/guests/guest0"]);
  });
});
