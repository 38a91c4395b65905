import { describe, expect, it } from "vitest";
import { cpuSecondsOf, readCpuSeconds } from "../../../tools/bench/cpu-time.ts";

/** utime 1234 and stime 66 ticks. */
const STAT = "4711 (a ) b) S 1 4711 4711 0 -1 4194304 900 0 0 0 1234 66 0 0 20 0 11 0 5000 1000000 300";

describe("CPU time of a process", () => {
  it("is the sum of user and system time, whatever the program is called", () => {
    expect(cpuSecondsOf(STAT)).toBe(13);
  });

  it("is not made up from a text of another kind", () => {
    expect(cpuSecondsOf("")).toBeUndefined();
    expect(cpuSecondsOf("4711 (cut) S 1 4711")).toBeUndefined();
    expect(cpuSecondsOf(STAT.replaceAll(/[()]/g, ""))).toBeUndefined();
  });

  it("of this process covers what it has used", () => {
    expect(readCpuSeconds(process.pid)).toBeGreaterThan(0);
  });

  it("is unknown for a process that is not there", () => {
    expect(readCpuSeconds(2 ** 30)).toBeUndefined();
  });
});
