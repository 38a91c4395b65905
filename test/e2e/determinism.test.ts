/** With virtual time two runs are equal, byte for byte and instruction for instruction. */
import { describe, expect, it } from "vitest";
import { exec, reportOf, type Stats } from "./program.ts";

const COMMANDS = [
  "vserial exec guest0/uart0 ps; cat /proc/interrupts /proc/meminfo; sleep 2; date",
  "vserial exec guest0/uart0 head -c 64 /dev/urandom | md5sum; dd if=/dev/zero bs=4096 count=100 | md5sum",
  "ids plist",
  "vcpu stats",
  "heap info",
  "ids syscall",
];

describe("exec --clock virtual", () => {
  it("gives the same bytes and the same instruction counts on every run", async () => {
    const runs = await Promise.all([1, 2].map(() => exec("--clock", "virtual", "--stats", ...COMMANDS)));
    const [first, second] = runs;
    expect(first.stdout.length).toBeGreaterThan(1000);
    expect(second.stdout).toBe(first.stdout);
    const counts = runs.map(({ stderr }) => {
      const { instructions, virtualSeconds, phases } = reportOf<Stats>(stderr, "komainu.stats/1");
      return { instructions, virtualSeconds, phases: phases.map((phase) => [phase.name, phase.instructions]) };
    });
    expect(counts[1]).toEqual(counts[0]);
    expect(counts[0].instructions).toBeGreaterThan(10_000_000);
    expect(runs.map(({ code }) => code)).toEqual([first.code, first.code]);
  });
});
