import { describe, expect, it } from "vitest";
import type { HvError } from "../../src/base/index.ts";
import { machineVerbs } from "../../src/scenario/line-language.ts";
import { DEFAULT_FORBIDDEN, parseScenarios } from "../../src/scenario/parse-scenario.ts";
import { parseScript } from "../../src/scenario/parse-script.ts";

const failing = (text: string, parse = parseScript): HvError => {
  try {
    parse(text, "s.yaml");
  } catch (error) {
    return error as HvError;
  }
  throw new Error("it was accepted");
};

describe("a script for a line", () => {
  it("is a list of steps with settings, or the scenarios of a test file with theirs", () => {
    const [script] = parseScript("timeout: 3s\nforbid: oops\nsteps:\n  - line: ls\n", "s.yaml");
    expect(script).toMatchObject({ name: "s.yaml", timeoutNs: 3e9, hostTimeoutMs: undefined, forbid: ["oops"] });
    expect(script.steps).toEqual([
      { verb: "line", options: { line: "ls" }, place: { path: "s.yaml", line: 4, column: 5 } },
    ]);
    const text = `board: versatilepb
hostTimeout: 1min
scenarios:
  - { name: a, steps: [{ wait: 1s }] }
  - { name: b, hostTimeout: 2min, start: prompt, steps: [{ break: 300ms }] }
`;
    const scripts = parseScript(text, "s.yaml");
    expect(scripts.map(({ name, hostTimeoutMs }) => [name, hostTimeoutMs])).toEqual([
      ["a", 60_000],
      ["b", 120_000],
    ]);
    expect(scripts[0]).toMatchObject({ timeoutNs: 10e9, forbid: DEFAULT_FORBIDDEN });
  });

  it.each(machineVerbs)("refuses %s, which needs a machine, at its place and with the steps that work", (verb) => {
    const { code, message, hint } = failing(`steps:\n  - line: a\n  - ${verb}: on\n`);
    expect(code).toBe("step-needs-machine");
    expect(message).toMatch(/^s\.yaml:3:5: expected a step that works on a line alone \(send, line, expect,/);
    expect(message).toContain(`found "${verb}"`);
    expect(hint).toContain("komainu test FILE");
  });

  it("refuses what a line does not have: ports, disks, machines that are off", () => {
    expect(failing("steps: [{ line: a, port: uart1 }]\n").message).toContain('expected no member "port"');
    const scenario = (more: string) => failing(`scenarios: [{ name: a, ${more}, steps: [{ wait: 1s }] }]\n`).message;
    expect(scenario("disk: 8M")).toContain('expected no member "disk"');
    expect(scenario("start: off")).toContain('expected "prompt", found "off"');
    expect(failing("steps: []\n").code).toBe("scenario-invalid");
    expect(failing("- line: a\n").code).toBe("scenario-invalid");
    expect(failing("steps: [{ lines: a }]\n").hint).toContain('Did you mean "line"?');
    expect(failing("steps: [").code).toBe("scenario-syntax");
  });

  it("has steps of its own that a modelled board is not asked for", () => {
    const { message, hint } = failing(
      "board: b\nscenarios: [{ name: a, steps: [{ upload: x }] }]\n",
      parseScenarios as never,
    );
    expect(message).toContain('expected a step of a modelled board, found "upload"');
    expect(hint).toContain("komainu console PORT --script FILE");
  });
});
