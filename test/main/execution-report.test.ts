import { describe, expect, it } from "vitest";
import { ExecutionProfile } from "../../src/arm/jit/index.ts";
import { executionReport, reportText } from "../../src/main/execution-report.ts";
import { HostMemory, REGION_COUNTS_OFFSET } from "../../src/memory/index.ts";

/** A region of 2 entries and another of 1, and 10 ns outside of compiled code. */
function givenReport() {
  let now = 0;
  const profile = new ExecutionProfile(() => now);
  const host = new HostMemory(0x10000);
  profile.attach(host);
  const counters = new BigUint64Array(host.memory.buffer, REGION_COUNTS_OFFSET, 16);
  const kernel = { isThumb: false, isPrivileged: true, process: "" };
  profile.describe(1, { ...kernel, pc: 0xc0001000 | 0 });
  profile.describe(2, { ...kernel, pc: 0xc0002000 | 0 });
  const enter = (slot: number, ns: number, instructions: number): void => {
    profile.entryTimed(REGION_COUNTS_OFFSET + slot * 16);
    now += ns;
    counters[slot * 2] += BigInt(instructions);
    profile.entryTimed(REGION_COUNTS_OFFSET + slot * 16);
    counters[slot * 2 + 1]++;
  };
  profile.within("compiled", () => {
    enter(1, 1e9, 40e6);
    enter(1, 0.5e9, 60e6);
    enter(2, 3e9, 400e6);
    // The dispatcher's.
    now += 4.5e9;
  });
  profile.within("interpreter", () => {
    now += 2e9;
  });
  profile.executed = 600e6;
  profile.countEscape("mcr");
  profile.countEscape("ldrImm");
  profile.countEscape("mcr");
  const code = { regions: 2, modules: 1, wasmBytes: 3_000, adopted: 0, retired: 0, flushes: 0 };
  const nameOf = ({ pc }: { pc: number }) => (pc >>> 0 === 0xc0001000 ? "schedule" : "memcpy+0x40");
  return executionReport({ profile, exits: [3, 2, 0, 0, 1234, 0, 1], code, nameOf });
}

describe("the report of a profile", () => {
  it("divides what was measured in compiled code by what was estimated of its regions", () => {
    const { tiers, seconds, instructions } = givenReport();
    expect([seconds, instructions]).toEqual([11, 600e6]);
    expect(tiers.map(({ tier, seconds, instructions }) => [tier, seconds, instructions])).toEqual([
      ["interpreter", 2, 100e6],
      ["compiled regions", 9, 500e6],
      ["TLB misses of regions", 0, 0],
      ["compiler", 0, 0],
      ["outside the guest", 0, 0],
    ]);
  });

  it("has the hottest region first, exits by cause and the most frequent escapes first", () => {
    const { regions, exits, leftToInterpreter } = givenReport();
    expect(regions).toEqual([
      { name: "memcpy+0x40", address: "0xc0002000", seconds: 6, instructions: 400e6, entries: 1 },
      { name: "schedule", address: "0xc0001000", seconds: 3, instructions: 100e6, entries: 2 },
    ]);
    expect(exits).toMatchObject({ next: 3, interpret: 2, miss: 1234, undecoded: 1 });
    expect(Object.entries(leftToInterpreter)).toEqual([
      ["mcr", 2],
      ["ldrImm", 1],
    ]);
  });

  it("is a table for people", () => {
    expect(reportText(givenReport())).toMatchInlineSnapshot(`
      "Tier                   seconds     %  M instructions     %  MIPS
      interpreter              2.000  18.2          100.00  16.7  50.0
      compiled regions         9.000  81.8          500.00  83.3  55.6
      TLB misses of regions    0.000   0.0            0.00   0.0
      compiler                 0.000   0.0            0.00   0.0
      outside the guest        0.000   0.0            0.00   0.0
      all                     11.000                600.00        54.5

      Code: regions 2, modules 1, wasm bytes 3,000, adopted 0, retired 0, flushes 0
      Exits: next 3, interpret 2, miss 1,234, undecoded 1
      Left to the interpreter: mcr 2, ldrImm 1

      Region       seconds     %  M instructions  entries  instructions/entry
      memcpy+0x40    6.000  54.5          400.00        1         400000000.0
      schedule       3.000  27.3          100.00        2          50000000.0
      The hottest of 2; their seconds are estimates.
      "
    `);
  });
});
