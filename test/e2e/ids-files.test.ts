/** What `ids` keeps beyond a run and takes from outside: baselines, files of findings, checks of the user's own. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { UART } from "./process-lists.ts";
import { exec, outcomesOf, Scratch, systemMap } from "./program.ts";

const scratch = new Scratch();
afterAll(() => scratch.dispose());

/** Kernel virtual address of guest-physical address 0; `PAGE_OFFSET` of a 3 GB / 1 GB split. */
const PAGE_OFFSET = 0xc0000000;
const SLOT = 20;

/** The console's line that leads a system call out of the kernel's text. */
async function hijack(): Promise<string> {
  const table = [...systemMap()].find(([, names]) => names.has("sys_call_table"));
  const physical = (table?.[0] ?? 0) - PAGE_OFFSET + SLOT * 4;
  const { stdout } = await exec("--json", `guest region guest0 0x${physical.toString(16)}`);
  const { mappings } = outcomesOf(stdout)[0].data as {
    mappings: { guestAddress: number; hostAddress: number; sizeBytes: number }[];
  };
  const mapping = mappings.find((one) => physical >= one.guestAddress && physical < one.guestAddress + one.sizeBytes);
  const host = physical - (mapping?.guestAddress ?? 0) + (mapping?.hostAddress ?? 0);
  return `memory modify32 0x${host.toString(16)} 0xbf000010`;
}

describe("ids baseline, from one program to the next", () => {
  const state = scratch.path("state");

  it("finds the same guest equal, and names what was changed in it", async () => {
    const saved = await exec("--state", state, "ids baseline save", "ids baseline save before-update");
    expect([saved.code, saved.stdout]).toEqual([
      0,
      expect.stringMatching(/^default: banner 1, .*mount \d+, syscall \d+/),
    ]);
    const hijacking = await hijack();
    const lines = ["ids baseline list", "ids baseline compare", hijacking, "ids baseline compare before-update"];
    const later = await exec("--json", "--state", state, ...lines);
    const [list, same, , changed] = outcomesOf(later.stdout);
    expect(list.data).toEqual(["before-update", "default"]);
    expect([same.code, same.data]).toEqual([0, { differences: [], notCompared: [] }]);
    const { differences } = changed.data as { differences: { check: string; change: string; row: string }[] };
    expect(differences).toEqual([
      { check: "syscall", change: "new", row: `${SLOT} bf000010` },
      { check: "syscall", change: "gone", row: expect.stringMatching(new RegExp(`^${SLOT} c`)) },
    ]);
    expect(later.code).toBe(1);
  });

  it("takes nothing from a file that was changed", async () => {
    const folder = join(state, "baselines");
    const [build] = readdirSync(folder);
    const path = join(folder, build, "default.baseline");
    writeFileSync(path, readFileSync(path, "utf8").replace(/sys|rw/, "RW"));
    const { code, stdout, stderr } = await exec("--state", state, "ids baseline compare");
    expect([code, `${stdout}${stderr}`]).toEqual([1, expect.stringContaining("[baseline-damaged]")]);
  });
});

describe("--findings", () => {
  it("gets an event a line from each run, with the same identity for the same finding", async () => {
    const file = scratch.path("findings.jsonl");
    const hijacking = await hijack();
    const first = await exec("--findings", file, "ids report", hijacking, "ids report");
    await exec("--findings", file, hijacking, "ids schedule 1 2");
    const events = readFileSync(file, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown> & { finding_info: { uid: string; types: string[] } });
    expect(events.map(({ finding_info }) => finding_info.types)).toEqual([
      ["syscall/outside-text"],
      ["syscall/outside-text"],
    ]);
    expect(events[1].finding_info.uid).toBe(events[0].finding_info.uid);
    expect(events[0]).toMatchObject({ class_uid: 2004, type_uid: 200401, metadata: { version: "1.3.0" } });
    expect(first.stdout).toContain(`${JSON.stringify(events[0])}\n`);
    expect(first.code).toBe(1);
  });

  it("is refused before the guest starts when it cannot be written", async () => {
    const { code, stderr } = await exec("--findings", join(scratch.folder, "no", "such"), "ids report");
    expect([code, stderr]).toEqual([3, expect.stringContaining("[findings-unwritable]")]);
  });
});

describe("--checks", () => {
  it("runs the example of the documentation on a guest that has what it looks for", async () => {
    const folder = scratch.path("my-checks");
    mkdirSync(folder);
    const [, example] = /```js\n([\s\S]*?)```/.exec(readFileSync("docs/writing-checks.md", "utf8")) ?? [];
    writeFileSync(join(folder, "tmp-programs.mjs"), example);
    const start = `${UART} cp /bin/busybox /tmp/busybox; /tmp/busybox sleep 1000 & sleep 1`;
    const lines = ["ids tmp-programs", start, "ids tmp-programs", "ids list tmp-programs"];
    const { code, stdout } = await exec("--json", "--checks", folder, ...lines);
    const [before, , after, explained] = outcomesOf(stdout);
    interface Report {
      verdict: string;
      findings: { text: string }[];
    }
    const [clean, found] = [before.data as Report, after.data as Report];
    expect([before.code, clean.verdict, clean.findings]).toEqual([0, "clean", []]);
    expect(found.findings.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^process \d+ runs \/tmp\/busybox$/),
    ]);
    expect(explained.text).toContain("about 200 loads a process");
    expect(code).toBe(1);
  });
});
