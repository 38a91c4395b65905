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

/** Each line alone passes; the same with another value fails with that message. */
const checks: readonly [string, string, string, RegExp][] = [
  [
    "console text",
    "console: echo one, output: one",
    "console: echo one, output: two",
    /output of "echo one" with "two", found "one \\n"/,
  ],
  [
    "console data",
    'console: vcpu list, json: { "[0].name": idle/0 }',
    'console: vcpu list, json: { "[0].name": x }',
    /\[0\]\.name to be "x"/,
  ],
  [
    "console code",
    "console: guest status nobody, code: -1",
    "console: guest status nobody",
    /code 0 of "guest status nobody", found -1/,
  ],
  [
    "memory",
    "memory: 0x100, write: 0xabcd, equals: 0xabcd",
    "memory: 0x100, write: 1, equals: 2",
    /0x00000100 to be 0x00000002, found 0x00000001/,
  ],
  [
    "part of memory",
    "memory: 0x100, size: 1, write: 0x55, equals: 5, mask: 0xf",
    "memory: 0x100, size: 2, equals: 0x55",
    /found 0x00000000/,
  ],
  [
    "text in memory",
    "memory: 0x100, write: 0x636261, text: /^abc$/",
    "memory: 0x100, text: abc",
    /the text at 0x00000100 with "abc", found ""/,
  ],
  ["registers", "register: cpsr, equals: 0xd3, mask: 0xff", "register: r7, equals: 9", /r7 to be 0x00000009, found/],
  [
    "a device's register",
    "device: uart0.UARTCR, equals: 0x301",
    "device: uart0.UARTCR, equals: 0",
    /uart0\.UARTCR to be/,
  ],
  ["a pin", "pin: gpio0.3, drive: high, level: high", "pin: gpio0.3, level: high", /gpio0\.3 to be high, found low/],
  ["silence", "never: hello, for: 20us", 'never: "#", for: 20us', /no "#" on guest0\/uart0, found "#"/],
];

describe("steps", () => {
  it.each(checks)("compare %s", async (_what, good, bad, message) => {
    const rig = given();
    const steps = (step: string) => ['line: "#"', step];
    const quiet = (step: string) => (step.includes("never: hello") ? [step] : steps(step));
    expect((await rig.run(quiet(good))).failure).toBeUndefined();
    const { failure } = await rig.run(steps(bad));
    expect(failure?.message).toMatch(message);
  });

  it.each([
    ["port", "line: x, port: uart9", /port: expected one of .*guest0\/uart0, .*found "uart9"/],
    ["pin", "pin: uart0.1, level: low", /expected a pin of gpio0, gpio1/],
    ["pin number", "pin: gpio0.8, level: low", /expected 0 to 7 of gpio0, found 8/],
    ["device", "device: nothing.X", /expected one of .*uart0.*found "nothing"/],
    ["register", "register: R99", /expected one of .*CPSR.*found "R99"/],
    ["address", "memory: 0xf0000000", /expected an address of the guest's memory, found 0xF0000000/],
    ["snapshot", "snapshot: load, name: x", /expected one of none, found "x"/],
    ["stuck device", "repair: uart1", /expected one of none, found "uart1"/],
    ["display", "screenshot: uart0", /expected a display, one of clcd, found "uart0"/],
  ])("say what is there when a %s is not", async (_what, step, message) => {
    const { failure } = await given().run([step]);
    expect(failure).toMatchObject({ kind: "error", code: "step-impossible" });
    expect(failure?.message).toMatch(message);
  });

  it("go back to a snapshot, time included", async () => {
    const steps = [
      "memory: 0x100, write: 1",
      "snapshot: save",
      "memory: 0x100, write: 2",
      "wait: 100us",
      "snapshot: load",
      "memory: 0x100, equals: 1",
    ];
    const result = await given().run(steps);
    expect(result.failure).toBeUndefined();
    expect(result.virtualNs).toBeLessThan(1e5);
  });

  it("lose characters on a line that drops them, until it is repaired", async () => {
    const rig = given();
    const all = await rig.run([
      "drop: 1",
      "line: hello",
      "never: hello, for: 40us",
      "repair: line",
      "line: again",
      "expect: again",
    ]);
    expect(all.failure).toBeUndefined();
    const toHost = await rig.run(["noise: 1, toward: host", "line: hello", "never: hello, for: 40us"]);
    expect(toHost.failure).toBeUndefined();
  });

  it("make a device stuck, and let it go again", async () => {
    const result = await given().run([
      "stuck: uart0, reads: 0x10",
      "line: x",
      "never: x, for: 20us",
      "repair: uart0",
      "expect: x",
    ]);
    expect(result.failure).toBeUndefined();
  });

  it("cut the power and boot again, from nothing", async () => {
    const result = await given().run([
      "memory: 0x100, write: 7",
      "power: cut",
      "line: x",
      "never: x, for: 20us",
      "power: on",
      "expect: guest ready",
      "memory: 0x100, equals: 0",
    ]);
    expect(result.failure).toBeUndefined();
  });

  it("reset the guest", async () => {
    expect((await given().run(["reset: guest", "expect: guest ready"])).failure).toBeUndefined();
  });

  it("start a board that is off", async () => {
    const result = await given().run(["register: pc, equals: 0x8000", "power: on", "expect: guest ready"], {
      settings: "start: off",
    });
    expect(result.failure?.message ?? "").not.toMatch(/guest ready/);
  });

  it("send more than a line takes at once, and end when nobody reads it", async () => {
    const text = "z".repeat(9_000);
    expect((await given().run([`send: ${text}`, `expect: ${"z".repeat(4_000)}`])).failure).toBeUndefined();
    const { failure } = await given("wait").run([`send: ${text}`], { settings: "timeout: 200us" });
    expect(failure).toMatchObject({ kind: "timeout", verb: "send" });
  });

  it("give up a console command that does not end in time", async () => {
    const { failure } = await given("wait").run(["console: sleep secs 5, timeout: 1s"]);
    expect(failure?.message).toMatch(/"sleep secs 5" to end within 1 s/);
  });
});
