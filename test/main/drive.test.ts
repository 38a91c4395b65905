import { describe, expect, it } from "vitest";
import { type Drivable, Driver, type HostTime } from "../../src/main/drive.ts";

/** A machine of 5 ns an instruction that runs or waits as its script says; events are times in ns. */
class FakeMachine implements Drivable {
  timeNs = 0;
  events: number[] = [];
  /** Virtual times up to which the core has work; it waits from then to the next event. */
  busyUntilNs = 0;
  slices: number[] = [];
  onEvent: (atNs: number) => void = () => {};

  nowNs = () => this.timeNs;
  nextDeadlineNs = () => Math.min(this.alarmNs, ...this.events);
  private alarmNs = Number.POSITIVE_INFINITY;
  setAlarm = (atNs: number) => {
    this.alarmNs = atNs;
  };
  advanceTo = (toNs: number) => {
    this.timeNs = Math.max(this.timeNs, Math.min(toNs, this.nextDeadlineNs()));
  };

  private isAlarmDue(): boolean {
    if (this.alarmNs > this.timeNs) return false;
    this.alarmNs = Number.POSITIVE_INFINITY;
    return true;
  }

  private fireDue(): void {
    for (const due of this.events.filter((at) => at <= this.timeNs)) {
      this.events.splice(this.events.indexOf(due), 1);
      this.onEvent(due);
    }
  }

  runSlice(maxInstructions: number, { skipIdle }: { skipIdle: boolean }) {
    let executed = 0;
    for (;;) {
      if (this.isAlarmDue()) {
        this.slices.push(executed);
        return { executed, end: "stopped" };
      }
      this.fireDue();
      const work = Math.max(0, Math.ceil((Math.min(this.busyUntilNs, this.nextDeadlineNs()) - this.timeNs) / 5));
      const count = Math.min(work, maxInstructions - executed);
      executed += count;
      this.timeNs += count * 5;
      if (executed === maxInstructions) break;
      if (this.nextDeadlineNs() <= this.timeNs) continue;
      if (!skipIdle || this.nextDeadlineNs() === Number.POSITIVE_INFINITY) {
        this.slices.push(executed);
        return { executed, end: "idle" };
      }
      this.advanceTo(Number.POSITIVE_INFINITY);
    }
    this.slices.push(executed);
    return { executed, end: "budget" };
  }
}

/** A wall clock that moves only by sleeping, and by `costNs` for each turn. */
class FakeHost implements HostTime {
  timeNs = 1e12;
  costNs = 0;
  slept: number[] = [];
  onTurn: () => void = () => {};

  nowNs = () => this.timeNs;
  async sleep(ms: number, wake: Promise<void>) {
    const before = this.timeNs;
    const isWoken = await Promise.race([
      wake.then(() => true),
      new Promise<false>((r) => setImmediate(() => r(false))),
    ]);
    if (!isWoken) this.timeNs = before + ms * 1e6;
    this.slept.push((this.timeNs - before) / 1e6);
  }
  async yield() {
    this.timeNs += this.costNs;
    await new Promise((resolve) => setImmediate(resolve));
    this.onTurn();
  }
}

const MS = 1e6;

describe("virtual time", () => {
  it("jumps over waiting and never sleeps", async () => {
    const machine = new FakeMachine();
    const host = new FakeHost();
    machine.events = [1e9, 2e9];
    const fired: number[] = [];
    machine.onEvent = (at) => fired.push(at);
    const end = await new Driver(machine, "virtual", host).run({ isDone: () => fired.length === 2 });
    expect(end).toBe("done");
    expect(fired).toEqual([1e9, 2e9]);
    expect(host.slept).toEqual([]);
  });

  it("runs the same slices whatever the host does", async () => {
    const runs = [0, 7 * MS].map(async (costNs) => {
      const machine = new FakeMachine();
      const host = new FakeHost();
      host.costNs = costNs;
      machine.busyUntilNs = 20 * MS;
      await new Driver(machine, "virtual", host).run({ isDone: () => machine.timeNs >= 20 * MS });
      return machine.slices;
    });
    const [a, b] = await Promise.all(runs);
    expect(a).toEqual(b);
    expect(a.reduce((sum, n) => sum + n, 0)).toBe(4_000_000);
  });

  it("gives the guest nothing while there is nothing to wait for", async () => {
    const machine = new FakeMachine();
    machine.busyUntilNs = 20 * MS;
    let isDone = false;
    void Promise.resolve().then(() => {
      isDone = true;
    });
    expect(await new Driver(machine, "virtual", new FakeHost()).run({ isDone: () => isDone })).toBe("done");
    expect(machine.slices).toEqual([]);
  });

  it("says that it is asleep when nothing is left to happen", async () => {
    const machine = new FakeMachine();
    expect(await new Driver(machine, "virtual", new FakeHost()).run({ isDone: () => false })).toBe("asleep");
  });

  it("goes on when it is woken from its sleep, and sleeps again when that changed nothing", async () => {
    const machine = new FakeMachine();
    const driver = new Driver(machine, "virtual", new FakeHost());
    for (let round = 0; round < 3; round++) {
      expect(await driver.run({ isDone: () => false })).toBe("asleep");
      const slices = machine.slices.length;
      setTimeout(() => driver.wake(), 5);
      await driver.untilWoken();
      expect(machine.slices.length).toBe(slices);
    }
    machine.events = [machine.timeNs + 5];
    let isFired = false;
    machine.onEvent = () => {
      isFired = true;
    };
    expect(await driver.run({ isDone: () => isFired })).toBe("done");
  });

  it("gives a console command the turns it needs to go on", async () => {
    const machine = new FakeMachine();
    const host = new FakeHost();
    let turns = 0;
    host.onTurn = () => {
      if (++turns === 2) machine.events = [machine.timeNs + 5];
    };
    let isFired = false;
    machine.onEvent = () => {
      isFired = true;
    };
    expect(await new Driver(machine, "virtual", host).run({ isDone: () => isFired })).toBe("done");
  });

  it("stops at its limit", async () => {
    const machine = new FakeMachine();
    machine.busyUntilNs = Number.POSITIVE_INFINITY;
    const driver = new Driver(machine, "virtual", new FakeHost());
    expect(await driver.run({ isDone: () => false, untilNs: 10 * MS })).toBe("timeout");
    expect(machine.timeNs).toBeLessThan(14 * MS);
  });
});

describe("a console command that waits", () => {
  it("is told when its condition holds", async () => {
    const machine = new FakeMachine();
    machine.events = [7 * MS];
    const driver = new Driver(machine, "virtual", new FakeHost());
    let answer: boolean | undefined;
    let isFired = false;
    machine.onEvent = () => {
      isFired = true;
    };
    void driver
      .waitUntil(() => isFired, 1e9)
      .then((isDone) => {
        answer = isDone;
      });
    expect(await driver.run({ isDone: () => answer !== undefined })).toBe("done");
    expect(answer).toBe(true);
  });

  it.each(["virtual", "real"] as const)(
    "is told at its deadline that the time is over, with %s time",
    async (clock) => {
      const machine = new FakeMachine();
      machine.events = [1 * MS, 5_000 * MS];
      const driver = new Driver(machine, clock, new FakeHost());
      let answer: boolean | undefined;
      let atNs = 0;
      void driver
        .waitUntil(() => false, 300 * MS)
        .then((isDone) => {
          answer = isDone;
          atNs = machine.timeNs;
        });
      await driver.run({ isDone: () => answer !== undefined });
      expect([answer, atNs]).toEqual([false, 300 * MS]);
    },
  );

  it("keeps time going although nothing can run", async () => {
    const machine = new FakeMachine();
    const driver = new Driver(machine, "virtual", new FakeHost());
    const answers: boolean[] = [];
    void driver.waitUntil(() => false, 1e9).then((isDone) => answers.push(isDone));
    void driver.waitUntil(() => false, 2e9).then((isDone) => answers.push(isDone));
    await driver.run({ isDone: () => answers.length === 2 });
    expect([answers, machine.timeNs]).toEqual([[false, false], 2e9]);
  });
});

describe("real time", () => {
  it("waits for the wall clock when the guest is fast", async () => {
    const machine = new FakeMachine();
    const host = new FakeHost();
    machine.busyUntilNs = Number.POSITIVE_INFINITY;
    const startNs = host.timeNs;
    await new Driver(machine, "real", host).run({ isDone: () => machine.timeNs >= 100 * MS });
    expect(Math.abs(host.timeNs - startNs - machine.timeNs)).toBeLessThanOrEqual(4 * MS);
  });

  it("sleeps until the next event while the guest waits", async () => {
    const machine = new FakeMachine();
    const host = new FakeHost();
    machine.events = [300 * MS];
    let firedAtNs = 0;
    machine.onEvent = () => {
      firedAtNs = host.timeNs;
    };
    const startNs = host.timeNs;
    await new Driver(machine, "real", host).run({ isDone: () => firedAtNs > 0 });
    expect(host.slept).toEqual([300]);
    expect(firedAtNs - startNs).toBe(300 * MS);
  });

  it("is woken by a key", async () => {
    const machine = new FakeMachine();
    const host = new FakeHost();
    const driver = new Driver(machine, "real", host);
    let isTyped = false;
    host.onTurn = () => {
      if (isTyped || host.slept.length === 0) return;
      isTyped = true;
      driver.wake();
    };
    await driver.run({ isDone: () => isTyped });
    expect(host.slept).toEqual([1_000]);
  });

  it("ends a sleep at once when woken in it", async () => {
    const machine = new FakeMachine();
    const host = new FakeHost();
    const driver = new Driver(machine, "real", host);
    const sleep = host.sleep.bind(host);
    host.sleep = async (ms, wake) => {
      driver.wake();
      await sleep(ms, wake);
    };
    await driver.run({ isDone: () => host.slept.length > 0 });
    expect(host.slept).toEqual([0]);
  });

  it("does not hurry a guest that lags behind the wall clock", async () => {
    const machine = new FakeMachine();
    const host = new FakeHost();
    host.costNs = 20 * MS;
    machine.busyUntilNs = 20 * MS;
    machine.events = [1_020 * MS];
    let firedAtNs = 0;
    machine.onEvent = () => {
      firedAtNs = host.timeNs;
    };
    const startNs = host.timeNs;
    await new Driver(machine, "real", host).run({ isDone: () => firedAtNs > 0 });
    // 20 ms of work took 200 ms; the second of waiting afterwards takes its second, but for the slack of 50 ms.
    expect(firedAtNs - startNs).toBeGreaterThanOrEqual(1_150 * MS);
  });
});

describe.each(["virtual", "real"] as const)("a guest that a debugger holds, %s time", (clock) => {
  it("gets no slice before it is let go, and its clock has stood still", async () => {
    const machine = new FakeMachine();
    const host = new FakeHost();
    machine.busyUntilNs = Number.POSITIVE_INFINITY;
    let isHeld = false;
    Object.assign(machine, { isHeld: () => isHeld });
    const driver = new Driver(machine, clock, host);
    let turns = 0;
    let heldNs = -1;
    host.onTurn = () => {
      turns++;
      if (turns === 3) {
        isHeld = true;
        heldNs = machine.timeNs;
      }
      if (turns === 6) {
        expect(machine.timeNs).toBe(heldNs);
        isHeld = false;
        driver.wake();
      }
    };
    await driver.run({ isDone: () => machine.timeNs >= 20 * MS });
    expect(turns).toBeGreaterThan(6);
    // What was slept through while it was held is not caught up with.
    expect(machine.timeNs).toBeLessThan(30 * MS);
  });

  it("lets go of a run that is over", async () => {
    const machine = new FakeMachine();
    Object.assign(machine, { isHeld: () => true });
    const host = new FakeHost();
    let turns = 0;
    host.onTurn = () => {
      turns++;
    };
    expect(await new Driver(machine, clock, host).run({ isDone: () => turns > 3 })).toBe("done");
    expect(machine.slices).toEqual([]);
  });
});
