/** `komainu test` on the shipped boards, `komainu replay` on what failed, and snapshots in the store, as users run them. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { BOARD, cleanEnv, exec, komainu, PROGRAM, Scratch } from "./program.ts";

const scratch = new Scratch();
afterAll(() => scratch.dispose());

const FILES = ["boards/versatilepb.test.yaml", "boards/raspberrypi.test.yaml"];

interface Event {
  readonly event: string;
  readonly board: string;
  readonly name: string;
  readonly verdict: string;
  readonly failure?: { readonly message: string; readonly journal: string; readonly instructions: number };
}

const eventsOf = (stdout: string): Event[] =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Event);

describe("komainu test", () => {
  it("passes every scenario of the shipped boards, on two cores, with a valid JUnit report", async () => {
    const junit = scratch.path("report.xml");
    const { code, stdout, stderr } = await komainu(["test", ...FILES, "--jobs", "2", "--json", "--junit", junit]);
    const results = eventsOf(stdout).filter(({ event }) => event === "scenario");
    expect(results.filter(({ verdict }) => verdict !== "passed")).toEqual([]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(results.length).toBeGreaterThanOrEqual(30);
    expect(new Set(results.map(({ board }) => board)).size).toBe(2);
    expect(readFileSync(junit, "utf8").match(/<testcase /g)).toHaveLength(results.length);
    const lint = spawnSync("xmllint", ["--noout", "--schema", "test/scenario/junit.xsd", junit], { encoding: "utf8" });
    if (lint.error === undefined) expect(lint.stderr).toContain("validates");
    // Both boards may have to be booted first.
  }, 600_000);

  it("leaves a journal of a failure by chance, which replays to the same instruction and state", async () => {
    const file = scratch.path("noise.test.yaml");
    const journals = scratch.path("journals");
    // Of so many characters hit at random none may be: a scenario that passes by chance is one in 10^20.
    const steps =
      "[{ noise: 0.4, seed: random }, { line: 'echo the quick brown fox jumps over the lazy dog again and again' }, { expect: /^the quick brown fox jumps over the lazy dog again and again$/, timeout: 1s }]";
    writeFileSync(file, `board: ${BOARD}\nscenarios: [{ name: noise, steps: ${steps} }]\n`);
    const first = await komainu(["test", file, "--json", "--journals", journals]);
    expect(first.code).toBe(1);
    const [{ failure }] = eventsOf(first.stdout);
    const journal = join(journals, readdirSync(journals)[0]);
    expect(failure?.journal).toBe(journal);
    const again = await komainu(["replay", journal, "--json"]);
    expect(again.stderr).toContain("The same run, to instruction");
    expect(again.code).toBe(0);
    const lines = readFileSync(journal, "utf8").trimEnd().split("\n");
    const { end, stateHash } = JSON.parse(lines.at(-2) ?? "");
    expect(JSON.parse(again.stdout)).toMatchObject({ instructions: end[0], virtualNs: end[1], stateHash });
    expect(end[0]).toBe(failure?.instructions);
    // The other engine goes the same way, from a boot of its own.
    const interp = await komainu(["replay", journal, "--json", "--engine", "interp", "--boot-cache", "off"]);
    expect(interp.stdout).toBe(again.stdout);
    const seeds = lines.filter((line) => line.includes('"kind":"noise"'));
    expect(seeds).toHaveLength(1);
    const second = await komainu(["test", file, "--json", "--journals", journals]);
    expect(second.code).toBe(1);
    expect(readFileSync(journal, "utf8")).not.toContain(seeds[0]);
    // One of the runs interprets a whole boot.
  }, 600_000);

  it("tells a file that is wrong, with its place, and runs nothing", async () => {
    const file = scratch.path("wrong.test.yaml");
    writeFileSync(file, `board: ${BOARD}\nscenarios:\n  - name: a\n    steps:\n      - expct: x\n`);
    const { code, stdout, stderr } = await komainu(["test", file]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`${file}:5:9: expected a step with one verb, found "expct" [scenario-invalid]`);
  });
});

describe("snapshots by name", () => {
  it("are saved in one process and gone on from in another, and refused when damaged", async () => {
    const env = { ...cleanEnv(), XDG_DATA_HOME: scratch.path("data") };
    const run = (...args: string[]) => spawnSync(process.execPath, [PROGRAM, ...args], { env, encoding: "utf8" });
    const saved = run(
      "exec",
      BOARD,
      "vserial exec guest0/uart0 echo kept > /tmp/x",
      "snapshot save here",
      "snapshot list",
    );
    expect(saved.stdout).toMatch(/here [0-9a-f]{12}: \d+ pages/);
    const loaded = run("exec", BOARD, "--from-snapshot", "here", "vserial exec guest0/uart0 cat /tmp/x");
    expect([loaded.status, loaded.stdout]).toEqual([0, "kept\n"]);
    const back = run("exec", BOARD, "snapshot load here", "vserial exec guest0/uart0 cat /tmp/x");
    expect(back.stdout).toMatch(/\nkept\n$/);
    const folder = scratch.path("data/komainu/snapshots");
    const pack = join(folder, readdirSync(folder).find((name) => name.endsWith(".pack")) ?? "");
    const bytes = readFileSync(pack);
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(pack, bytes);
    const damaged = run("exec", BOARD, "--from-snapshot", "here", "echo never");
    expect([damaged.status, damaged.stdout]).toEqual([3, ""]);
    expect(damaged.stderr).toContain("[snapshot-store-damaged]");
    const still = run("exec", BOARD, "snapshot load here; echo never", "vserial exec guest0/uart0 echo alive");
    expect(still.stdout).toMatch(/\[snapshot-store-damaged\][\s\S]*\nalive\n$/);
  });

  it("are none that a console without a store could name", async () => {
    const { code, stdout } = await exec("snapshot load no-such-snapshot-anywhere");
    expect(code).toBe(1);
    expect(stdout).toContain("[snapshot-unknown]");
  });
});
