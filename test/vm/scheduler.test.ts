import { describe, expect, it } from "vitest";
import { MAX_VCPUS, Scheduler } from "../../src/vm/scheduler.ts";
import { type Vcpu, VcpuState } from "../../src/vm/vcpu.ts";

const clock = { at: 0, nowNs: () => clock.at };

const givenVcpu = (): { scheduler: Scheduler; vcpu: Vcpu } => {
  clock.at = 0;
  const scheduler = new Scheduler(clock);
  return { scheduler, vcpu: scheduler.create({ name: "guest0/vcpu0", guestName: "guest0", priority: 3 }) };
};

describe("the scheduler", () => {
  it("keeps exactly one VCPU running whatever happens", () => {
    const { scheduler, vcpu } = givenVcpu();
    const running = (): string[] => scheduler.vcpus.filter((v) => v.state === VcpuState.running).map((v) => v.name);
    const seen = [running()];
    const steps = [
      () => vcpu.kick(),
      () => vcpu.dispatch(),
      () => vcpu.waitForInterrupt(),
      () => vcpu.wake(),
      () => vcpu.preempt(),
      () => vcpu.dispatch(),
      () => vcpu.halt(),
    ];
    for (const step of steps) {
      step();
      seen.push(running());
    }
    const idle = ["idle/0"];
    const guest = ["guest0/vcpu0"];
    expect(seen).toEqual([idle, idle, guest, idle, guest, idle, guest, idle]);
  });

  it("tells the machine of requests, not of its own switches or of waits", () => {
    const { scheduler, vcpu } = givenVcpu();
    let calls = 0;
    scheduler.onStatesChanged = () => calls++;
    vcpu.kick();
    vcpu.dispatch();
    vcpu.waitForInterrupt();
    vcpu.wake();
    vcpu.preempt();
    expect(calls).toBe(1);
    vcpu.pause();
    expect(calls).toBe(2);
  });

  it("gives a freed id to the next VCPU and refuses more than the pool holds", () => {
    const { scheduler, vcpu } = givenVcpu();
    scheduler.create({ name: "b", priority: 3 });
    scheduler.destroy(vcpu);
    expect(scheduler.create({ name: "c", priority: 3 }).id).toBe(vcpu.id);
    while (scheduler.vcpus.length < MAX_VCPUS) scheduler.create({ name: "more", priority: 3 });
    expect(() => scheduler.create({ name: "last", priority: 3 })).toThrow(
      expect.objectContaining({ code: "vcpu-pool-full" }),
    );
  });

  it("measures utilization as the share of time that was not idle", () => {
    const { scheduler, vcpu } = givenVcpu();
    vcpu.kick();
    vcpu.dispatch();
    clock.at = 300;
    vcpu.waitForInterrupt();
    clock.at = 400;
    expect(scheduler.utilization).toBeCloseTo(0.75);
  });

  it("goes on from a saved state", () => {
    const { scheduler, vcpu } = givenVcpu();
    vcpu.kick();
    vcpu.dispatch();
    clock.at = 70;
    const state = scheduler.save();
    const copy = new Scheduler(clock);
    const twin = copy.create({ name: "guest0/vcpu0", guestName: "guest0", priority: 3 });
    copy.restore(state);
    for (const v of [vcpu, twin]) v.waitForInterrupt();
    clock.at = 90;
    expect(twin.times).toEqual(vcpu.times);
    expect(copy.running.name).toBe(scheduler.running.name);
  });
});
