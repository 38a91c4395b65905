/** `action.yml`: its scripts as GitHub's runner starts them, with the variables and files that it gives them. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { BOARD, cleanEnv, guestFolder, Scratch } from "./program.ts";

interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly uses?: string;
  readonly if?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string | number>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const ROOT = resolve(import.meta.dirname, "../..");
const action = parse(readFileSync(resolve(ROOT, "action.yml"), "utf8")) as Action;
const scratch = new Scratch();
afterAll(() => scratch.dispose());
guestFolder();

const SCENARIOS = `board: ${BOARD}
scenarios:
  - name: the guest says who it is
    steps:
      - shell: uname -m
        output: armv5tejl
`;
const FAILING = `board: ${BOARD}
scenarios:
  - name: the guest is something else
    steps:
      - shell: uname -m
        output: x86_64
`;

/** What of GitHub's expressions the action uses. */
function evaluated(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{\s*([\w.-]+)\s*\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`expected one of ${Object.keys(values).join(", ")}, found ${name}`);
    return value;
  });
}

class Runner {
  readonly workspace: string;
  readonly summary: string;
  readonly output: string;
  readonly npmCalls: string;
  private readonly values: Record<string, string> = { "runner.os": "Linux" };

  constructor(name: string, inputs: Readonly<Record<string, string>>) {
    this.workspace = scratch.path(name);
    mkdirSync(this.workspace);
    const file = (suffix: string): string => {
      writeFileSync(`${this.workspace}.${suffix}`, "");
      return `${this.workspace}.${suffix}`;
    };
    this.summary = file("summary");
    this.output = file("output");
    this.npmCalls = file("npm");
    for (const [input, { default: given }] of Object.entries(action.inputs))
      this.values[`inputs.${input}`] = inputs[input] ?? given ?? "";
  }

  /** The fields of a step with their expressions evaluated, as what `uses` gets them. */
  fields(step: Step): Record<string, string> {
    return Object.fromEntries(
      Object.entries(step.with ?? {}).map(([name, text]) => [name, evaluated(String(text), this.values)]),
    );
  }

  run(step: Step): { status: number | null; stdout: string; stderr: string } {
    const tools = scratch.path("tools");
    if (!existsSync(tools)) {
      mkdirSync(tools);
      // Another `npm ci` would take the packages away from the tests that run beside this one.
      writeFileSync(`${tools}/npm`, '#!/bin/sh\necho "$PWD: $*" >> "$NPM_CALLS"\n');
      chmodSync(`${tools}/npm`, 0o755);
    }
    const script = scratch.path("step.sh");
    writeFileSync(script, evaluated(step.run ?? "", this.values));
    const given = Object.entries(step.env ?? {}).map(([name, text]) => [name, evaluated(text, this.values)]);
    // https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax: what `shell: bash` means.
    const { status, stdout, stderr } = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
      cwd: this.workspace,
      encoding: "utf8",
      env: {
        ...cleanEnv(),
        PATH: `${tools}${delimiter}${process.env.PATH}`,
        NPM_CALLS: this.npmCalls,
        CI: "true",
        GITHUB_ACTIONS: "true",
        GITHUB_ACTION_PATH: ROOT,
        GITHUB_WORKSPACE: this.workspace,
        GITHUB_STEP_SUMMARY: this.summary,
        GITHUB_OUTPUT: this.output,
        ...Object.fromEntries(given),
      },
    });
    for (const [, name, value] of readFileSync(this.output, "utf8").matchAll(/^(\w+)=(.*)$/gm))
      this.values[`steps.${step.id}.outputs.${name}`] = value;
    return { status, stdout, stderr };
  }

  /** The steps that run, up to the first one that fails, and those that a failure asks for. */
  runAll(): { status: number | null; stdout: string; ran: string[]; used: Record<string, Record<string, string>> } {
    let status: number | null = 0;
    let stdout = "";
    const ran: string[] = [];
    const used: Record<string, Record<string, string>> = {};
    for (const step of action.runs.steps) {
      if ((step.if === "failure()") !== (status !== 0)) continue;
      if (step.uses !== undefined) used[step.uses] = this.fields(step);
      else {
        const ended = this.run(step);
        status = ended.status;
        stdout += ended.stdout;
        ran.push(step.name ?? "");
      }
    }
    return { status, stdout, ran, used };
  }
}

describe("action.yml", () => {
  beforeAll(() => {
    expect(action.runs.using).toBe("composite");
  });

  it("gives each script a shell, takes each input, and keeps user text out of the scripts", () => {
    const scripts = action.runs.steps.filter(({ run }) => run !== undefined);
    expect(scripts.map(({ shell }) => shell)).toEqual(scripts.map(() => "bash"));
    // An expression in a script would be text of the caller's that the shell executes.
    expect(scripts.filter(({ run }) => run?.includes("${{"))).toEqual([]);
    const text = JSON.stringify(action.runs);
    expect(Object.keys(action.inputs).filter((input) => !text.includes(`inputs.${input} `))).toEqual([]);
  });

  it("builds, gets the guests, tests, and leaves a report and a summary", () => {
    const runner = new Runner("passing", { files: "tests/*.test.yaml", guests: BOARD, jobs: "1" });
    mkdirSync(`${runner.workspace}/tests`);
    writeFileSync(`${runner.workspace}/tests/one.test.yaml`, SCENARIOS);
    writeFileSync(`${runner.workspace}/tests/two.test.yaml`, SCENARIOS);
    const { status, ran, used } = runner.runAll();
    expect([status, ran]).toEqual([0, ["Build Komainu", "Get the guests", "Test the boards"]]);
    expect(readFileSync(runner.npmCalls, "utf8")).toBe(`${ROOT}: ci --no-audit --no-fund\n${ROOT}: run build\n`);
    const report = readFileSync(`${runner.workspace}/komainu-report.xml`, "utf8");
    expect(report.match(/<testcase /g)).toHaveLength(2);
    expect(readFileSync(runner.summary, "utf8")).toContain("the guest says who it is");
    expect(used["actions/cache@v4"].key).toMatch(new RegExp(`^komainu-Linux-${BOARD}-[0-9a-f]{16}$`));
    expect(used).not.toHaveProperty("actions/upload-artifact@v4");
  }, 120_000);

  it("fails with an annotation at the line of the file, and has a journal to be kept", () => {
    const runner = new Runner("failing", { files: "bad.test.yaml", junit: "out.xml", journals: "kept" });
    writeFileSync(`${runner.workspace}/bad.test.yaml`, FAILING);
    const { status, stdout, ran, used } = runner.runAll();
    expect([status, ran.at(-1)]).toEqual([1, "Test the boards"]);
    expect(stdout).toMatch(/^::error .*file=bad\.test\.yaml,line=5/m);
    expect(readFileSync(`${runner.workspace}/out.xml`, "utf8")).toContain("<failure");
    expect(readFileSync(runner.summary, "utf8")).toContain("the guest is something else");
    const { path } = used["actions/upload-artifact@v4"];
    expect(readdirSync(resolve(runner.workspace, path))).toEqual([expect.stringMatching(/\.journal$/)]);
  }, 120_000);
});
