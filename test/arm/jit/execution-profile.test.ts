import { describe, expect, it } from "vitest";
import { ExecutionProfile, type RegionIdentity, TIMED_FIRST } from "../../../src/arm/jit/execution-profile.ts";
import { HostMemory, REGION_COUNTS_OFFSET } from "../../../src/memory/index.ts";

const identity: RegionIdentity = {
  pc: 0xc0008000 | 0,
  isThumb: false,
  isPrivileged: true,
  process: "",
};
const SLOT = 5;

/** A profile whose clock stands still but for `pass`. */
class Given {
  now = 1_000;
  readonly profile = new ExecutionProfile(() => this.now);
  readonly host = new HostMemory(0x10000);
  private readonly counters = new BigUint64Array(this.host.memory.buffer, REGION_COUNTS_OFFSET + SLOT * 16, 2);

  constructor() {
    this.profile.attach(this.host);
  }

  /** What the dispatcher does at an entry that it times. */
  timedEntry(ns: number, instructions: number): void {
    this.profile.entryTimed(REGION_COUNTS_OFFSET + SLOT * 16);
    this.now += ns;
    this.counters[0] += BigInt(instructions);
    this.profile.entryTimed(REGION_COUNTS_OFFSET + SLOT * 16);
    this.counters[1]++;
  }

  untimedEntries(count: number, instructions: number): void {
    this.counters[0] += BigInt(count * instructions);
    this.counters[1] += BigInt(count);
  }
}

describe("the time of a profile", () => {
  it("is the tier's that was switched to, within others too", () => {
    const given = new Given();
    given.now += 5;
    given.profile.within("interpreter", () => {
      given.now += 10;
      given.profile.within("compiled", () => {
        given.now += 20;
        given.profile.within("lookUp", () => {
          given.now += 3;
        });
        given.now += 20;
      });
      given.now += 1;
    });
    given.now += 7;
    expect(given.profile.timesNs).toEqual({ outside: 12, interpreter: 11, compiled: 40, lookUp: 3, compiler: 0 });
  });
});

describe("a region of a profile", () => {
  it("has entries, instructions and the time of its first entries as they were", () => {
    const given = new Given();
    given.profile.describe(SLOT, identity);
    given.timedEntry(50, 10);
    given.timedEntry(30, 12);
    expect(given.profile.regions()).toEqual([{ ...identity, entries: 2, instructions: 22, ns: 80 }]);
  });

  it("has the time of later entries by those that were timed", () => {
    const given = new Given();
    given.profile.describe(SLOT, identity);
    given.untimedEntries(TIMED_FIRST, 1);
    given.timedEntry(100, 4);
    given.untimedEntries(63, 4);
    expect(given.profile.regions()[0]).toMatchObject({ entries: TIMED_FIRST + 64, ns: 6_400 });
  });

  it("does not stand for a pause of the host that fell on one of its entries", () => {
    const given = new Given();
    given.profile.describe(SLOT, identity);
    given.untimedEntries(TIMED_FIRST, 1);
    given.timedEntry(4_000_000, 10);
    expect(given.profile.regions()[0].ns).toBe(6_000);
  });

  it("keeps what it has when its slot is given to another, and goes on when it is compiled again", () => {
    const given = new Given();
    given.profile.describe(SLOT, identity);
    given.timedEntry(50, 10);
    given.profile.collect();
    given.profile.describe(SLOT, { ...identity, isThumb: true });
    given.timedEntry(5, 1);
    given.profile.collect();
    given.profile.describe(SLOT, identity);
    given.timedEntry(7, 2);
    expect(given.profile.regions()).toEqual([
      { ...identity, entries: 2, instructions: 12, ns: 57 },
      { ...identity, isThumb: true, entries: 1, instructions: 1, ns: 5 },
    ]);
  });

  it("is not there before it was entered", () => {
    const given = new Given();
    given.profile.describe(SLOT, identity);
    expect(given.profile.regions()).toEqual([]);
  });

  it("goes on being counted after a report", () => {
    const given = new Given();
    given.profile.describe(SLOT, identity);
    given.timedEntry(50, 10);
    expect(given.profile.regions()[0].entries).toBe(1);
    given.timedEntry(50, 10);
    expect(given.profile.regions()[0]).toMatchObject({ entries: 2, instructions: 20, ns: 100 });
  });
});
