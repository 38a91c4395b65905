import { afterEach, describe, expect, it } from "vitest";
import { TinyRig } from "./tiny-rig.ts";

const rigs: TinyRig[] = [];
afterEach(() => {
  for (const rig of rigs.splice(0)) rig.dispose();
});
const given = (...args: ConstructorParameters<typeof TinyRig>): TinyRig => {
  const rig = new TinyRig(...args);
  rigs.push(rig);
  return rig;
};

describe("runScenario", () => {
  it("passes when every step comes out, and says what it took", async () => {
    const result = await given().run(["line: hello", "expect: hello", "wait: 40us"]);
    expect(result).toMatchObject({ verdict: "passed", stepCount: 3, stepsDone: 3, name: "tiny" });
    expect(result.virtualNs).toBeGreaterThanOrEqual(4e4);
    expect(result.journal).toBeUndefined();
  });

  it("fails at the step that does not come out, with what came instead", async () => {
    const { verdict, stepsDone, failure, journal, virtualNs } = await given().run(
      ["line: hello world", "expect: hello worlt", "wait: 1s"],
      {
        settings: "timeout: 500us",
      },
    );
    expect([verdict, stepsDone]).toEqual(["failed", 1]);
    expect(failure).toMatchObject({
      kind: "timeout",
      verb: "expect",
      place: { path: "tiny.test.yaml", line: 7, column: 9 },
      nearest: { text: "/ # hello world" },
    });
    expect(failure?.message).toContain('"hello worlt" on guest0/uart0 within 0.001 s');
    expect(failure?.pc).toMatch(/^0x[0-9A-F]{8}$/);
    expect(virtualNs).toBe(5e5);
    expect(journal?.end.end).toEqual([failure?.instructions, failure?.virtualNs]);
  });

  it("fails at once, at the very instruction, when the console prints what is forbidden", async () => {
    const { failure } = await given().run(["line: an Oops", "wait: 10s"], { settings: "forbid: Oops" });
    expect(failure).toMatchObject({ kind: "forbidden", verb: "wait" });
    expect(failure?.lastLines.at(-1)?.text).toBe("/ # an Oops");
    expect(failure?.virtualNs).toBeLessThan(1e6);
  });

  it("gives up when the host's time is over, and says so", async () => {
    const result = await given("spin").run(["wait: 100s"], { settings: "hostTimeout: 20ms" });
    expect(result.failure).toMatchObject({ kind: "host-timeout" });
    expect(result.failure?.message).toContain("within 0.02 s of the host's time");
  });

  it("tells a board that cannot be brought up from a step that failed", async () => {
    const result = await given("halt", "nothing\r\n").run(["wait: 1s"]);
    expect(result).toMatchObject({
      verdict: "failed",
      stepsDone: 0,
      failure: { kind: "error", code: "guest-stopped" },
    });
    expect(result.journal).toBeUndefined();
  });

  it("stops when it is interrupted", async () => {
    let asked = 0;
    const result = await given("spin").run(["wait: 100s"], { isInterrupted: () => asked++ > 8 });
    expect(result.verdict).toBe("interrupted");
  });

  it("takes the same time and the same instructions on every run", async () => {
    const rig = given();
    const [a, b] = [
      await rig.run(["line: x", "expect: x", "wait: 60us"]),
      await rig.run(["line: x", "expect: x", "wait: 60us"]),
    ];
    expect([a.instructions, a.virtualNs]).toEqual([b.instructions, b.virtualNs]);
  });
});
