import { describe, expect, it } from "vitest";
import { type LineResult, LineRunner, lineExitCode, lineResultText } from "../../src/scenario/line-runner.ts";
import { parseScript } from "../../src/scenario/parse-script.ts";
import { JumpingClock, PeerLine, realShell } from "./scripted-line.ts";

async function run(text: string, { during = (_: LineRunner): void => {}, line = new PeerLine(realShell) } = {}) {
  const runner = new LineRunner({ line, clock: new JumpingClock(), folder: "." });
  line.onData = (data) => runner.arrived(data);
  const running = runner.run(parseScript(text, "s.yaml"));
  during(runner);
  return { results: await running, line };
}

describe("scripts on a real line", () => {
  it("pass when all their steps do", async () => {
    const { results } = await run('steps:\n  - line: ""\n  - expect: "# "\n  - shell: echo hi\n    output: hi\n');
    expect(results).toMatchObject([{ name: "s.yaml", verdict: "passed", stepCount: 3 }]);
    expect(lineExitCode(results)).toBe(0);
    expect(lineResultText(results[0])).toMatch(/^pass {2}s\.yaml \(3 steps, \d+\.\d\d s\)\n$/);
  });

  it("stop at the first step that fails, and tell what came instead", async () => {
    const text = "scenarios:\n- name: a\n  steps: [{ line: echo hello world }, { expect: hello worlt, timeout: 2s }]\n";
    const { results, line } = await run(`${text}- name: b\n  steps: [{ line: never typed }]\n`);
    expect(results.map(({ name, verdict }) => [name, verdict])).toEqual([["a", "failed"]]);
    expect(line.written).toHaveLength(1);
    expect(lineExitCode(results)).toBe(1);
    expect(lineResultText(results[0])).toBe(`FAIL  a (2 steps, 2.00 s)
      s.yaml:3:39 (expect): expected "hello worlt" on desk within 2 s, found that it did not come
      nearest line, at 0.000 s: hello world
      the console ended with:
        | echo hello world
        | hello world
        | / #
      after 2.0 s
`);
  });

  it("end with 42 when the time of the whole is up", async () => {
    const { results } = await run("hostTimeout: 1s\nsteps: [{ wait: 1min }]\n");
    expect(lineExitCode(results)).toBe(42);
    expect(lineResultText(results[0])).toContain("expected the script to end within 1 s, found it running");
  });

  it("fail at what must not come, with the usual patterns too", async () => {
    const during = (runner: LineRunner) => runner.arrived(Buffer.from("Kernel panic - not syncing: boo\n"));
    const { results } = await run("steps: [{ wait: 1s }]\n", { during });
    expect(results[0].failure).toMatchObject({ kind: "forbidden", verb: "wait" });
  });

  it("are interrupted by whoever quits, and fail when the line is gone, also before they begin", async () => {
    const quit = await run("steps: [{ wait: 1min }]\n", { during: (runner) => runner.interrupt() });
    expect([quit.results[0].verdict, lineExitCode(quit.results)]).toEqual(["interrupted", 130]);
    const lost = await run("steps: [{ wait: 1min }]\n", { during: (runner) => runner.lost("unplugged") });
    expect([lost.results[0].failure?.code, lineExitCode(lost.results)]).toEqual(["line-lost", 3]);
    const runner = new LineRunner({ line: new PeerLine(), clock: new JumpingClock(), folder: "." });
    runner.interrupt();
    const [result] = await runner.run(parseScript("steps: [{ wait: 1s }]\n", "s.yaml"));
    expect(result.verdict).toBe("interrupted");
  });

  it("give the code of what could not be done at all", async () => {
    const line = new PeerLine();
    line.transferEnd = Promise.reject(new Error("a bug"));
    await expect(run("steps: [{ upload: x }]\n", { line })).rejects.toThrow("a bug");
    const failed: LineResult[] = [];
    expect(lineExitCode(failed)).toBe(0);
  });
});
