/** Files of a kernel's build held against real kernels: those of the build, those of another, and none at all. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSystemMap } from "../../src/debuginfo/index.ts";
import { givenBtf, typesOf } from "../debuginfo/btf-writer.ts";
import { givenIsf } from "../debuginfo/isf-writer.ts";
import { BOARD, guestFolder, komainu, type Outcome, outcomesOf, PI_BOARD, Scratch } from "./program.ts";

/** Only keeps a broken test from hanging: other work on the machine makes the guest slower many times over. */
const patience = { timeout: 600_000 };

const scratch = new Scratch();
afterAll(() => scratch.dispose());

interface Row {
  readonly source: string;
  readonly count: number;
  readonly what: string;
  readonly mark?: string;
}
interface Report {
  readonly verdict: string;
  readonly rows: readonly Row[];
  readonly cannotTell: readonly string[];
}
interface FieldRow {
  readonly name: string;
  readonly offset: string | null;
  readonly confidence: string;
  readonly evidence: string;
}

const given = (name: string, content: string | Uint8Array): string => {
  writeFileSync(scratch.path(name), content);
  return scratch.path(name);
};

async function execWith(board: string, options: readonly string[], ...commands: readonly string[]) {
  const { stdout, stderr } = await komainu(["exec", board, ...options, "--json", ...commands]);
  const outcomes = stdout === "" ? [] : outcomesOf(stdout);
  if (outcomes.length !== commands.length) throw new Error(`the run ended early: ${stderr}`);
  return { data: outcomes.map((outcome: Outcome<unknown>) => outcome.data), stderr };
}
const symbolsOf = (...files: readonly string[]): string[] => files.flatMap((file) => ["--symbols", file]);

/** The build's vmlinux with BTF in a section of its own, where pahole puts it when a kernel is linked. */
function vmlinuxWithBtf(folder: string, btf: string): string {
  const path = scratch.path("vmlinux.btf");
  const args = [
    "--add-section",
    `.BTF=${btf}`,
    "--set-section-flags",
    ".BTF=alloc,readonly",
    join(folder, "vmlinux"),
    path,
  ];
  const { status, stderr } = spawnSync("arm-linux-gnueabi-objcopy", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return path;
}

/** Offsets by the DWARF of objects that were compiled with the guest's own configuration. */
const offsets = (
  JSON.parse(readFileSync(`test/golden/types/${BOARD}.json`, "utf8")) as { offsets: Record<string, number> }
).offsets;

describe("files of the guest's own build", patience, () => {
  let rows: Map<string, Row>;
  let report: Report;
  let types: readonly FieldRow[];
  let stderr: string;
  beforeAll(async () => {
    const folder = guestFolder(BOARD);
    const map = join(folder, "System.map");
    const banner = (await execWith(BOARD, [], "ids banner")).data[0] as { rows: { banner: string }[] };
    const isf = givenIsf({
      banner: banner.rows[0].banner,
      symbols: readSystemMap(readFileSync(map, "latin1")),
      types: typesOf(offsets),
    });
    const btf = given("btf", givenBtf(typesOf(offsets)));
    const packed = given("isf.json.gz", gzipSync(isf));
    const files = [map, join(folder, "vmlinux"), packed, btf, vmlinuxWithBtf(folder, btf)];
    const run = await execWith(BOARD, symbolsOf(...files), "ids symbols", "ids types");
    report = run.data[0] as Report;
    types = run.data[1] as FieldRow[];
    stderr = run.stderr;
    rows = new Map(report.rows.map((row) => [row.source, row]));
  }, patience.timeout);

  it("agree with memory without exception: symbols, places, version line and offsets", () => {
    expect(report.verdict).toBe("clean");
    expect(stderr).not.toContain("WARNING: symbols");
    const files = ["System.map", "vmlinux", "isf.json.gz (ISF)", "btf (BTF)", "vmlinux.btf (vmlinux)"];
    for (const file of files) {
      expect(rows.get(file)?.what).toMatch(/^of this build; /);
      expect(rows.get(file)?.mark).toBeUndefined();
    }
    const kallsyms = Number(rows.get("kallsyms")?.count);
    for (const file of files.slice(0, 2)) {
      const agreed = / symbols: (\d+) agree/.exec(rows.get(file)?.what ?? "")?.[1];
      // A name that several functions have counts once for each.
      expect(Number(agreed)).toBeGreaterThanOrEqual(kallsyms * 0.99);
      expect(rows.get(file)?.what).not.toContain("disagree");
      expect(rows.get(file)?.what).toMatch(/places: 3 agree/);
      expect(rows.get(file)?.what).toMatch(/exported symbols: \d{4} agree/);
    }
    expect(rows.get("vmlinux")?.what).toContain("version line: 1 agree");
    expect(rows.get("isf.json.gz (ISF)")?.what).toContain("version line: 1 agree");
    for (const file of files.slice(2)) expect(rows.get(file)?.what).toMatch(/; offsets: \d{2,3} agree$/);
  });

  it("add the fields that memory did not tell, and say so of those that it did", () => {
    const refcnt = types.find(({ name }) => name === "module.refcnt");
    expect(refcnt).toMatchObject({
      offset: `0x${offsets["module.refcnt"].toString(16)}`,
      evidence: expect.stringContaining("it was not learned: no module is loaded"),
    });
    const pid = types.find(({ name }) => name === "task_struct.pid");
    expect(pid?.evidence).toContain("; isf.json.gz (ISF) says the same");
    expect(pid?.confidence).toBe("proved");
  });
});

describe("files of another build", patience, () => {
  it("are told of with counts and examples, and nothing is taken from them", async () => {
    const map = readFileSync(join(guestFolder(BOARD), "System.map"), "latin1");
    const moved = map.replace(/^c0[1-3]/gm, (start) => `c0${Number(start[2]) + 1}`);
    const wrong = givenIsf({
      banner: "Linux version 6.1.1 (a@b) (gcc) #1 X",
      symbols: readSystemMap(map),
      types: typesOf(offsets),
    });
    const shifted = Object.fromEntries(Object.entries(offsets).map(([name, offset]) => [name, offset + 4]));
    const files = [
      given("moved.map", moved),
      given("wrong.json", wrong),
      given("shifted.btf", givenBtf(typesOf(shifted))),
    ];
    const { data, stderr } = await execWith(BOARD, symbolsOf(...files), "ids symbols", "ids types module.refcnt");
    const report = data[0] as Report;
    expect(report.verdict).toBe("cannot-tell");
    const unused = report.rows.filter(({ mark }) => mark === "not used").map(({ source }) => source);
    expect(unused).toEqual(["moved.map (System.map)", "wrong.json (ISF)", "shifted.btf (BTF)"]);
    expect(report.cannotTell.join("\n")).toMatch(/moved.map .*symbols: \d+ of \d+ disagree, such as \w+ is at 0xc0/);
    expect(report.cannotTell.join("\n")).toMatch(/version line: 1 of 1 disagree, such as "Linux version 6.1.1 /);
    expect(report.cannotTell.join("\n")).toMatch(/offsets: \d+ of \d+ disagree, such as task_struct/);
    expect(data[1]).toMatchObject([{ offset: null }]);
    for (const file of unused) expect(stderr).toContain(`WARNING: symbols: ${file}: of another build`);
  });

  it("and what is no such file end the run before anything is booted", async () => {
    const hello = given("hello.txt", "hello");
    for (const [path, code] of [
      [hello, "symbols-unknown"],
      [scratch.path("absent"), "symbols-unreadable"],
    ]) {
      const { code: exit, stdout, stderr } = await komainu(["exec", BOARD, "--symbols", path, "ids banner"]);
      expect([exit === 0, stdout]).toEqual([false, ""]);
      expect(stderr).toContain(`[${code}]`);
    }
  });
});

describe.each([BOARD, PI_BOARD])("%s with --no-symbols", patience, (board) => {
  it("is read from memory: symbols are found, and the code cannot be compared", async () => {
    guestFolder(board);
    const { data } = await execWith(board, ["--no-symbols"], "ids cost symbols", "ids symbols", "ids text");
    const [cost, symbols, text] = data as [Record<string, number>, Report, Report];
    expect(cost.instructions).toBe(0);
    expect(cost.kallsyms).toBeGreaterThan(15_000);
    expect(cost.exports).toBeGreaterThan(5000);
    expect(cost.milliseconds).toBeGreaterThan(0);
    console.log(`${board}: ${JSON.stringify(cost)}`);
    expect(symbols.verdict).toBe("clean");
    const vmcoreinfo = symbols.rows.find(({ source }) => source === "VMCOREINFO");
    // Debian's kernel is built with CONFIG_KEXEC, the other one without.
    if (board === PI_BOARD) expect(vmcoreinfo?.what).toMatch(/^of this build; release: 1 agree; places: 1 agree/);
    else expect(vmcoreinfo?.count).toBe(0);
    expect(text.verdict).toBe("cannot-tell");
    expect(text.cannotTell).toEqual([expect.stringMatching(/^boot-image: only memory is looked at/)]);
  });
});
