/**
 * The Raspberry Pi with Debian's own kernel: read from outside, its log, its SD card, power cuts and snapshots.
 *
 * The board boots once; every test goes on from a snapshot of that run. Instants are random, from a seed that the report
 * shows; `KOMAINU_SEED` chooses another.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Ext4Image } from "../../tools/power-cut/ext4-image.ts";
import { normalized } from "./boot-log.ts";
import { expectSameProcesses, LIST_PROC, seenFromInside, seenFromOutside, UART } from "./process-lists.ts";
import { cleanEnv, type Ended, guestFolder, komainu, outcomesOf, PI_BOARD, reportOf, Scratch } from "./program.ts";
import type { PiPoint } from "./raspberrypi-run.ts";
import { faultReports, knownWarnings } from "./raspberrypi-warnings.table.ts";

const seed = Number(process.env.KOMAINU_SEED ?? 20_261_122);
const GOLDEN = `test/golden/boot/${PI_BOARD}.txt`;
const CARD_BYTES = 32 << 20;
/** Only keeps a broken test from hanging: other work on the machine makes the guest slower many times over. */
const patience = { timeout: 600_000 };

const scratch = new Scratch();
let points: readonly PiPoint[] = [];

function runTool(args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", env: cleanEnv() });
  if (status !== 0) throw new Error(`${args.join(" ")}: ${stdout}${stderr}`);
  return stdout;
}

beforeAll(() => {
  guestFolder(PI_BOARD);
  const empty = Ext4Image.make(scratch.path("empty.img"), CARD_BYTES);
  copyFileSync(empty.path, scratch.path("boot.img"));
  const run = ["test/e2e/raspberrypi-run.ts", String(seed), scratch.folder, scratch.path("boot.img")];
  const lines = runTool(["--import", "tsx", ...run])
    .trimEnd()
    .split("\n");
  points = lines.map((line) => JSON.parse(line) as PiPoint);
});
afterAll(() => scratch.dispose());

const restore = (snapshot: string, card: string, ...args: readonly string[]): Promise<Ended> =>
  komainu(["exec", PI_BOARD, "--clock", "virtual", "--restore", snapshot, "--disk", card, ...args]);

/** `exec` from the shell's prompt on, with a card of its own. */
function execReady(card: string, ...args: readonly string[]): Promise<Ended> {
  const path = scratch.path(card);
  if (!existsSync(path)) copyFileSync(scratch.path("empty.img"), path);
  return restore(scratch.path("ready.snap"), path, ...args);
}

interface SyscallReport {
  readonly verdict: string;
  readonly rows: readonly { readonly slot: number; readonly address: string; readonly symbol: string }[];
}

const DETECTORS = ["text", "vectors", "hooks", "modules", "psxview", "creds"];

describe("the Raspberry Pi's kernel, as Debian ships it", patience, () => {
  it("has nothing to find in its code, vectors, pointers, modules, tasks and credentials", async () => {
    const { code, stdout } = await execReady("introspection.img", "--json", ...DETECTORS.map((id) => `ids ${id}`));
    const verdicts = outcomesOf(stdout).map(({ data }) => (data as { verdict: string }).verdict);
    expect([code, verdicts]).toEqual([0, DETECTORS.map(() => "clean")]);
  });

  it("runs on an ARMv6 with VFP, and is the same from outside and inside", async () => {
    const inside = ["/proc/cpuinfo", "/proc/version", "/proc/device-tree/model"].map((name) => `${UART} cat ${name}`);
    const { code, stdout } = await execReady("introspection.img", "--json", ...inside, "ids banner");
    const [cpu, version, model, banner] = outcomesOf(stdout).map(({ text }) => text.trimEnd());
    expect(cpu).toMatch(/^model name\s*: ARMv6-compatible processor rev 7 \(v6l\)$/m);
    expect(cpu).toMatch(/^Features\s*:.* vfp .*tls/m);
    expect(cpu).toMatch(/^CPU part\s*: 0xb76$/m);
    expect(model).toMatch(/^Raspberry Pi Model B\+/);
    expect(banner).toMatch(/^Linux version \S+-rpi .*gcc.* #1 /);
    expect(banner).toBe(version);
    expect(code).toBe(0);
  });

  it("has from outside the processes that it has inside", async () => {
    const { code, stdout } = await execReady("introspection.img", "--json", "ids plist", LIST_PROC, "ids plist");
    const [before, inside, after] = outcomesOf(stdout);
    expectSameProcesses([seenFromOutside(before.data), seenFromOutside(after.data)], seenFromInside(inside.text));
    expect(seenFromOutside(before.data).map(({ name }) => name)).toEqual(expect.arrayContaining(["init", "kthreadd"]));
    expect(code).toBe(0);
  });

  // Debian keeps the real System.map in the package of debugging symbols; the kernel itself tells the same.
  it("has a clean table of system calls, each slot by the name that /proc/kallsyms has at its address", async () => {
    const symbols = `${UART} grep -E ' [TtWw] sys_' /proc/kallsyms`;
    const { code, stdout } = await execReady("introspection.img", "--json", "ids syscall", symbols);
    const [table, listed] = outcomesOf(stdout);
    const { rows, verdict } = table.data as SyscallReport;
    const known = new Set(
      [...listed.text.matchAll(/^([0-9a-f]{8}) [TtWw] (\S+)\r?$/gm)].map(([, a, n]) => `${a} ${n}`),
    );
    expect(rows.length).toBeGreaterThan(400);
    expect(rows.filter(({ address, symbol }) => !known.has(`${address} ${symbol}`))).toEqual([]);
    expect(new Set(rows.map(({ address }) => address)).size).toBeGreaterThan(300);
    expect([verdict, code]).toEqual(["clean", 0]);
  });
});

describe("the Raspberry Pi's boot log", patience, () => {
  it("has no warning that a real board would not print, and no report of a fault", async () => {
    const { code, stdout } = await execReady("introspection.img", `${UART} dmesg -r`);
    const records = [...stdout.matchAll(/^<(\d+)>\[ *\d+\.\d+\] (.*?)\r?$/gm)];
    const messages = records.map(([, priority, message]) => ({ level: Number(priority) & 7, message }));
    expect(messages.length).toBeGreaterThan(100);
    const warnings = messages.filter(({ level }) => level <= 4).map(({ message }) => message);
    expect(warnings.filter((message) => !knownWarnings.some(({ pattern }) => pattern.test(message)))).toEqual([]);
    expect(messages.filter(({ message }) => faultReports.test(message))).toEqual([]);
    expect(code).toBe(0);
  });

  it("is that of the golden file, where the kernel is the one the file was written with", () => {
    const text = normalized(readFileSync(scratch.path("console.txt"), "latin1"));
    const versionOf = (log: string): string => /Linux version .*/.exec(log)?.[0] ?? "";
    expect(text).toMatch(/Linux version[\s\S]*Run \/init as init process[\s\S]*komainu: guest ready[\s\S]*# $/);
    if (process.env.UPDATE_GOLDEN === "1") {
      mkdirSync(dirname(GOLDEN), { recursive: true });
      writeFileSync(GOLDEN, text);
    }
    const golden = readFileSync(GOLDEN, "utf8");
    if (versionOf(golden) === versionOf(text)) expect(text).toBe(golden);
  });
});

const MOUNT = "mkdir -p /tmp/card && mount -t ext4 /dev/mmcblk0 /tmp/card && cd /tmp/card";
const FILL = [
  "cp /bin/busybox large",
  "mkdir -p a/b/c",
  "ln -s ../large a/link",
  "for i in $(seq 40); do echo line $i > a/b/c/file$i; done",
  "for i in $(seq 1 3 40); do rm a/b/c/file$i; done",
  "dd if=/dev/urandom of=random bs=1000 count=300 2>/dev/null",
  "dd if=/dev/urandom of=random bs=1000 seek=77 count=11 conv=notrunc 2>/dev/null",
].join("; ");

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe("the Raspberry Pi's SD card", patience, () => {
  it("has on the host what the guest wrote, in a file system without an error", async () => {
    const write = `${UART} ${MOUNT}; ${FILL}; sha256sum large random; cd /; umount /tmp/card; sync`;
    const { code, stdout } = await execReady("written.img", write);
    expect(code).toBe(0);
    const hashes = new Map([...stdout.matchAll(/^([0-9a-f]{64}) +(\w+)/gm)].map(([, hash, name]) => [name, hash]));
    const image = new Ext4Image(scratch.path("written.img"));
    const { code: fsckCode, text } = image.check();
    expect(fsckCode, text).toBe(0);
    for (const name of ["large", "random"]) expect(sha256(image.read(name)), name).toBe(hashes.get(name));
    expect(image.read("large").length).toBeGreaterThan(1_000_000);
    expect(image.read("a/b/c/file3").toString()).toBe("line 3\n");
    expect(image.ask("stat a/link")).toContain('Fast link dest: "../large"');
    const names = [...image.ask("ls -p a/b/c").matchAll(/\/(file\d+)\//g)].map(([, name]) => name);
    const kept = Array.from({ length: 40 }, (_, i) => i + 1).filter((i) => i % 3 !== 1);
    expect(names.toSorted()).toEqual(kept.map((i) => `file${i}`).toSorted());
  });

  it("is read by the guest as the host wrote it", async () => {
    const image = new Ext4Image(scratch.path("given.img"));
    copyFileSync(scratch.path("empty.img"), image.path);
    image.write(join(guestFolder(PI_BOARD), "zImage"), "kernel");
    const { stdout } = await execReady(
      "given.img",
      `${UART} ${MOUNT}; sha256sum kernel; blockdev --getsize64 /dev/mmcblk0`,
    );
    const bytes = readFileSync(join(guestFolder(PI_BOARD), "zImage"));
    expect(stdout.replaceAll("\r", "")).toBe(`${sha256(bytes)}  kernel\n${CARD_BYTES}\n`);
  });

  it(`is repaired to the last synced file when the power fails while it is written, seed ${seed}`, () => {
    const cuts = ["--cuts", "2", "--seed", String(seed), "--snapshot", scratch.path("ready.snap")];
    const report = runTool(["tools/power-cut.mjs", "--board", PI_BOARD, ...cuts]);
    expect(report).toContain(`2 of 2 cards were whole (seed ${seed})`);
    expect(report.match(/, [1-9]\d* files synced: whole/g)).toHaveLength(2);
  });
});

interface StateReport {
  readonly instructions: number;
  readonly virtualNs: number;
  readonly stateHash: string;
}

describe(`a snapshot of the Raspberry Pi, at points of seed ${seed}`, patience, () => {
  it.each([
    ["in the first instructions, with the MMU off", "jit"],
    ["while the kernel sets up its memory", "jit"],
    ["in the middle of the kernel", "interp"],
    ["while modules are loaded", "jit"],
    ["while the SD card is written", "jit"],
    ["while the SD card is written", "interp"],
  ])("goes on exactly when it was saved %s, with the engine %s", async (when, engine) => {
    const point = points.find((p) => p.when === when);
    expect(point).toBeDefined();
    const { file, card, runTo, virtualNs, stateHash, cardHash } = point as PiPoint;
    const copy = `${card}.${engine}`;
    copyFileSync(card, copy);
    const { code, stderr } = await restore(file, copy, "--engine", engine, "--run-to", String(runTo));
    const report = reportOf<StateReport>(stderr, "komainu.state/1");
    expect(report, JSON.stringify(point)).toMatchObject({ instructions: runTo, virtualNs, stateHash });
    expect(sha256(readFileSync(copy))).toBe(cardHash);
    expect(code).toBe(0);
  });
});
