/** The guest cannot tell which engine runs it: the same output, counts, virtual time and state. */
import { afterAll, describe, expect, it } from "vitest";
import type { ExecutionReport } from "../../src/main/execution-report.ts";
import { exec, reportOf, Scratch, type Stats, systemMap } from "./program.ts";

const COMMANDS = [
  "vserial exec guest0/uart0 ps; cat /proc/interrupts /proc/meminfo; sleep 2; date",
  "vserial exec guest0/uart0 cat /bin/busybox | gzip -1 | md5sum; sh -c 'kill -SEGV $$'; echo $?",
  "ids plist",
  "vcpu stats",
  "ids syscall",
];
const ENGINES = ["interp", "jit"] as const;

const scratch = new Scratch();
afterAll(() => scratch.dispose());

describe("exec --engine", () => {
  it("gives the same bytes, instruction counts and virtual time with either engine", async () => {
    const runs = await Promise.all(ENGINES.map((engine) => exec("--engine", engine, "--stats", ...COMMANDS)));
    const reports = runs.map(({ stderr }) => reportOf<Stats & { engine: string }>(stderr, "komainu.stats/1"));
    expect(reports.map(({ engine }) => engine)).toEqual(ENGINES);
    expect(runs[1].stdout).toBe(runs[0].stdout);
    expect(runs[0].stdout.length).toBeGreaterThan(1000);
    const [interp, jit] = reports.map(({ instructions, virtualSeconds, phases }) => ({
      instructions,
      virtualSeconds,
      phases: phases.map((phase) => [phase.name, phase.instructions, phase.virtualSeconds]),
    }));
    expect(jit).toEqual(interp);
    expect(runs.map(({ code }) => code)).toEqual([runs[0].code, runs[0].code]);
  });

  it("comes to the same state at any instruction", async () => {
    const [interp, jit] = await Promise.all(ENGINES.map((engine) => exec("--engine", engine, "--run-to", "31234567")));
    const stateOf = ({ stderr }: typeof interp) => reportOf<Record<string, unknown>>(stderr, "komainu.state/1");
    expect(stateOf(jit)).toEqual(stateOf(interp));
    expect(stateOf(jit)).toMatchObject({ instructions: 31_234_567 });
  });

  it("comes to the same state when it is profiled, and names regions by symbols of the kernel", async () => {
    const flags = ["--translation-cache", scratch.path("translations"), "--run-to", "40123456"];
    const plain = await exec(...flags);
    const { stderr } = await exec("--profile", "--json", ...flags);
    const stateOf = (text: string) => reportOf<Record<string, unknown>>(text, "komainu.state/1");
    expect(stateOf(stderr)).toEqual(stateOf(plain.stderr));
    const report = reportOf<ExecutionReport>(stderr, "komainu.profile/1");
    expect(report.instructions).toBe(40_123_456);
    expect(report.code?.adopted).toBeGreaterThan(5);
    const symbols = new Set([...systemMap().values()].flatMap((names) => [...names]));
    const named = report.regions.filter(({ name }) => symbols.has(name.replace(/\+0x[0-9a-f]+$/, "")));
    expect(named.length).toBeGreaterThan(5);
  });

  it("names regions of programs by the process", async () => {
    const loop = "vserial exec guest0/uart0 i=0; while [ $i -lt 4000 ]; do i=$((i+1)); done";
    const { stderr } = await exec("--profile", "--json", loop);
    const report = reportOf<ExecutionReport>(stderr, "komainu.profile/1");
    expect(report.regions.some(({ name }) => /^sh:0x[0-9a-f]+$/.test(name))).toBe(true);
  });

  it("takes no other engine", async () => {
    const { code, stderr } = await exec("--engine", "tcg", "ids plist");
    expect(stderr).toMatch(/--engine.*expected interp or jit, found "tcg"/s);
    expect(code).toBe(2);
  });
});
