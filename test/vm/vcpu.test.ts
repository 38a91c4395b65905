import { describe, expect, it } from "vitest";
import { Status } from "../../src/base/index.ts";
import { Scheduler, type Vcpu } from "../../src/vm/index.ts";

const clock = { at: 0, nowNs: () => clock.at };

const givenVcpu = (): { scheduler: Scheduler; vcpu: Vcpu } => {
  clock.at = 0;
  const scheduler = new Scheduler(clock);
  return { scheduler, vcpu: scheduler.create({ name: "guest0/vcpu0", guestName: "guest0", priority: 3 }) };
};

/** Brings a VCPU into a state from Reset. */
const enter: Record<string, (vcpu: Vcpu) => void> = {
  reset: () => {},
  ready: (v) => v.kick(),
  running: (v) => {
    v.kick();
    v.dispatch();
  },
  paused: (v) => {
    v.kick();
    v.pause();
  },
  halted: (v) => {
    v.kick();
    v.halt();
  },
};

const ok = Status.ok;
const no = Status.invalid;
const rules = [
  { from: "reset", kick: [ok, "Ready"], pause: [no, "Reset"], halt: [no, "Reset"], reset: [ok, "Reset"] },
  { from: "ready", kick: [ok, "Ready"], pause: [ok, "Paused"], halt: [ok, "Halted"], reset: [ok, "Reset"] },
  { from: "running", kick: [ok, "Running"], pause: [ok, "Paused"], halt: [ok, "Halted"], reset: [ok, "Reset"] },
  { from: "paused", kick: [ok, "Ready"], pause: [ok, "Paused"], halt: [no, "Paused"], reset: [ok, "Reset"] },
  { from: "halted", kick: [no, "Halted"], pause: [no, "Halted"], halt: [no, "Halted"], reset: [ok, "Reset"] },
] as const;

describe("VCPU states", () => {
  for (const rule of rules) {
    for (const verb of ["kick", "pause", "halt", "reset"] as const) {
      const [status, state] = rule[verb];
      it(`answers ${verb} from ${rule.from} with ${status} and is ${state} after it`, () => {
        const { vcpu } = givenVcpu();
        enter[rule.from](vcpu);
        expect([vcpu[verb](), vcpu.stateName]).toEqual([status, state]);
      });
    }
  }

  it("counts virtual time by state and clears it on reset", () => {
    const { vcpu } = givenVcpu();
    vcpu.kick();
    clock.at = 100;
    vcpu.dispatch();
    clock.at = 350;
    vcpu.pause();
    clock.at = 400;
    expect(vcpu.times).toEqual({ readyNs: 100, runningNs: 250, pausedNs: 50, haltedNs: 0 });
    vcpu.reset();
    expect(vcpu.times).toEqual({ readyNs: 0, runningNs: 0, pausedNs: 0, haltedNs: 0 });
    expect([vcpu.resetCount, vcpu.lastResetNs]).toEqual([1, 400]);
  });

  it("ends a wait for an interrupt on wake, but not a pause on request", () => {
    const { vcpu } = givenVcpu();
    vcpu.kick();
    vcpu.waitForInterrupt();
    expect([vcpu.stateName, vcpu.isWaiting]).toEqual(["Paused", true]);
    vcpu.pause();
    vcpu.wake();
    expect(vcpu.stateName).toBe("Paused");
  });
});
