import { describe, expect, it } from "vitest";
import { HvError } from "../../src/base/index.ts";
import { DEFAULT_FORBIDDEN, parseScenarios } from "../../src/scenario/parse-scenario.ts";

const parse = (text: string) => parseScenarios(text, "t.yaml");
const failing = (text: string): HvError => {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof HvError) return error;
    throw error;
  }
  throw new Error("it was accepted");
};

const file = (steps: string, more = "") => `board: b\n${more}scenarios:\n  - name: one\n    steps:\n${steps}`;

describe("parseScenarios", () => {
  it("gives each scenario its own settings, the file's, or the usual ones", () => {
    const text = `board: b
timeout: 3s
scenarios:
  - name: one
    steps: [{ wait: 1s }]
  - { name: two, timeout: 500ms, retries: 2, disk: 8M, forbid: x, steps: [{ shell: ls, output: [a, /b/] }] }
`;
    const [one, two] = parse(text);
    expect(one).toMatchObject({
      timeoutNs: 3e9,
      hostTimeoutMs: 120_000,
      retries: 0,
      start: "prompt",
      forbid: DEFAULT_FORBIDDEN,
    });
    expect(two).toMatchObject({ timeoutNs: 5e8, retries: 2, diskBytes: 8 << 20, forbid: ["x"] });
    expect(two.steps[0]).toEqual({
      verb: "shell",
      options: { shell: "ls", exit: 0, output: ["a", "/b/"] },
      place: { path: "t.yaml", line: 6, column: 75 },
    });
  });

  it("has a root file system for all scenarios of the file, which is their disk then", () => {
    const text = "board: b\nrootfs: debian\nscenarios:\n  - { name: a, steps: [{ shell: ls }] }\n";
    expect(parse(text)[0].rootfs).toBe("debian");
    const { message } = failing(`${text}  - { name: b, disk: 8M, steps: [{ shell: ls }] }\n`);
    expect(message).toBe(
      "t.yaml:5:22: expected no disk beside the root file system debian, which is the board's first disk, found one",
    );
  });

  it.each([
    [
      "a misspelt verb",
      file("      - expct: x\n"),
      't.yaml:5:9: expected a step with one verb, found "expct"',
      'Did you mean "expect"?',
    ],
    [
      "two verbs",
      file("      - { expect: x, shell: y }\n"),
      't.yaml:5:9: expected a step with one verb, found "expect" and "shell"',
      "make two of them",
    ],
    [
      "a misspelt option",
      file("      - { expect: x, timout: 3s }\n"),
      't.yaml:5:22: scenarios[0].steps[0]: expected no member "timout"',
      'Did you mean "timeout"?',
    ],
    [
      "a bad time",
      file("      - wait: fast\n"),
      't.yaml:5:15: scenarios[0].steps[0].wait: expected a time such as "500ms"',
      "",
    ],
    [
      "a bad pattern",
      file("      - expect: /(/\n"),
      "t.yaml:5:17: scenarios[0].steps[0].expect: expected a regular expression",
      "",
    ],
    [
      "a name twice",
      `${file("      - wait: 1s\n")}  - name: one\n    steps: [{ wait: 1s }]\n`,
      't.yaml:6:11: expected each name once, found "one" again',
      "",
    ],
    ["no board", "scenarios: []\n", "t.yaml:1:1: board: expected it to be there, found nothing (and 1 more)", ""],
    ["a list", "- a\n", "t.yaml:1:1: the file: expected an object, found a list of 1", ""],
    ["nothing", "", "t.yaml:1:1: the file: expected an object, found", ""],
  ])("refuses %s, with place and advice", (_what, text, message, hint) => {
    const error = failing(text);
    expect(error.code).toBe("scenario-invalid");
    expect(error.exitCode).toBe(2);
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
  });
});
