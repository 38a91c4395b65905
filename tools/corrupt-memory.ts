/**
 * Changes words of a guest kernel's structures at random and runs every check on what is left: cycles, wild and self
 * pointers, huge lengths. Each check must come back with rows, a finding or a reason, within a bounded number of loads.
 *
 *   node tools/corrupt-memory.mjs [--rounds 10000] [--from 0] [--seed N] [--image FILE] [--board versatilepb]
 *       [--append TEXT] [--save FILE]
 *
 * Without an image, which is a saved machine, the board is booted to its shell and saved, with
 * `--append` on its kernel's command line (`mem=128M` where the board has much memory); `--save` keeps that machine. Every
 * fiftieth round opens the damaged kernel anew, so that symbols and types are learned from damaged memory too. What a round
 * changes depends on seed and number alone: rounds 5000 to 9999 are the same after `--from 5000`.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { HvError, hex8 } from "../src/base/index.ts";
import { loadBoard } from "../src/board/index.ts";
import { deviceModels } from "../src/devices/index.ts";
import { SegmentSource } from "../src/dump/index.ts";
import { checks, formatReport, runCheck } from "../src/ids/index.ts";
import type { Kernel, KernelSource } from "../src/linux/index.ts";
import { FIELDS, openKernel, tcpSockets } from "../src/linux/index.ts";
import { snapshotMemory } from "../src/vm/index.ts";

const MAX_LOADS = 5_000_000;
const WORDS_A_ROUND = 8;
const REOPEN_EVERY = 50;
/** Code and tables that no structure leads to: looked at when the kernel is opened anew. */
const STATIC_CHECKS = new Set(["banner", "hooks", "modules", "syscall", "text", "vectors"]);
const STRUCTURE_WORDS = 64;
const PIECE_BYTES = 1 << 20;
/** The kernel's image lies in the first of memory, its zeros among it. */
const KERNEL_BYTES = 24 << 20;

interface BootOptions {
  readonly board: string;
  readonly append?: string;
  readonly save?: string;
}

/** Repeatable numbers below a limit, others in each round. */
function randomFrom(seed: number, round: number): (limit: number) => number {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(round + 1, 0x85ebca6b)) >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 0x100000000) * limit);
  };
}

function bootedImage({ board, append, save: keepAs }: BootOptions): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "komainu-corrupt-"));
  try {
    const path = join(folder, "guest.snap");
    const scene = [
      "ip link set lo up; (httpd -f -p 8080 &); (syslogd -n -O /tmp/log &); (sleep 1000 | cat &); sleep 1",
    ];
    const commands = scene.map((line) => `vserial exec guest0/uart0 ${line}`);
    const more = append === undefined ? [] : ["--append", append];
    const options = [board, "--boot-cache", "off", "--save", path, ...more];
    const args = [resolve("dist/komainu.js"), "exec", ...options, ...commands];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    if (keepAs !== undefined) copyFileSync(path, keepAs);
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A structure that checks walk through, and where the members are that they read. */
interface Target {
  readonly address: number;
  readonly members: readonly number[];
}

type Addresses = readonly (number | undefined)[];

/** Addresses of what hangs on tasks, by the structure's name as fields have it. */
function structuresOfTasks(kernel: Kernel): [structure: string, addresses: Addresses][] {
  const { space } = kernel;
  const tree = kernel.offsetOf("mm_struct.mm_mt.ma_root");
  return [...kernel.tasks()].flatMap((task): [string, Addresses][] => {
    const files = [...(task.files?.entries() ?? [])].map(({ file }) => file);
    const node = task.mm === undefined || tree === undefined ? undefined : space.readU32(task.mm + tree);
    return [
      ["task_struct", [task.address]],
      ["cred", [task.cred?.address]],
      ["mm_struct", [task.mm]],
      ["maple_node", [node === undefined ? undefined : (node & ~0xff) >>> 0]],
      ["files_struct", [task.files?.address]],
      ["mnt_namespace", [task.mountNamespace]],
      ["vm_area_struct", task.areas().areas.map(({ address }) => address)],
      ["file", files.map(({ address }) => address)],
      ["dentry", files.map(({ path }) => path?.dentry.address)],
      ["mount", files.map(({ path }) => path?.mount.address)],
      ["inode", files.map(({ inode }) => inode?.address)],
      ["super_block", files.map(({ inode }) => inode?.superBlock?.address)],
      ["sock", files.map(({ sock }) => sock?.address)],
    ];
  });
}

function targetsOf(kernel: Kernel): Target[] {
  const [init] = kernel.tasks();
  const mounts = kernel.walkMounts(init).objects;
  const ring = kernel.offsetOf("printk_ringbuffer");
  const variables = ["tcp_hashinfo", "udp_table", "raw_v4_hashinfo", "init_net"].map((name) =>
    kernel.symbols.find(name),
  );
  const structures: [string, Addresses][] = [
    ...structuresOfTasks(kernel),
    ["mount", mounts.map(({ address }) => address)],
    ["super_block", mounts.map(({ superBlock }) => superBlock?.address)],
    ["module", kernel.walkModules().objects.map(({ address }) => address)],
    ["sock", tcpSockets(kernel).socks.map(({ address }) => address)],
    ["variable", [...variables, kernel.offsetOf("modules"), kernel.offsetOf("saved_command_line"), ring]],
    ["log", ring === undefined ? [] : [kernel.space.readU32(ring + 4), kernel.space.readU32(ring + 8)]],
  ];
  const targets = new Map<number, Target>();
  for (const [structure, addresses] of structures) {
    const fields = FIELDS.filter((field) => field.startsWith(`${structure}.`));
    const members = fields.flatMap((field) => kernel.offsetOf(field) ?? []);
    for (const address of addresses) {
      if (address !== undefined && address > kernel.map.pageOffset) targets.set(address, { address, members });
    }
  }
  return [...targets.values()];
}

interface Options {
  readonly from: number;
  readonly rounds: number;
  readonly seed: number;
}

interface Outcome {
  findings: number;
  cannotTell: number;
  clean: number;
  reopened: number;
  notFound: number;
  mostLoads: number;
}

/** A saved machine's memory, piece by piece, and how its CPU reads page tables. */
interface Memory {
  readonly source: KernelSource;
  /** Writes to physical memory; the word before, or `undefined` where there is none. */
  exchange(physical: number, value: number): number | undefined;
}

/**
 * Memory without the megabytes that are all zero: a look at all of it, as `ids psxview` takes, is most of a round otherwise. To a
 * wild pointer they are memory that is not there.
 */
function usedPieces(startAddress: number, bytes: Uint8Array): { startAddress: number; bytes: Uint8Array }[] {
  const pieces: { startAddress: number; bytes: Uint8Array }[] = [];
  let start = 0;
  const end = (at: number): void => {
    if (at > start) pieces.push({ startAddress: startAddress + start, bytes: bytes.subarray(start, at) });
  };
  for (let at = KERNEL_BYTES; at < bytes.length; at += PIECE_BYTES) {
    if (bytes.subarray(at, at + PIECE_BYTES).some((byte) => byte !== 0)) continue;
    end(at);
    start = at + PIECE_BYTES;
  }
  end(bytes.length);
  return pieces;
}

function memoryOf(file: Uint8Array): Memory {
  const { profile } = loadBoard(snapshotMemory(file, "guest0").profile, { models: deviceModels });
  const { regions } = snapshotMemory(file, profile.guest.name);
  const segments = profile.regions.flatMap(({ name, address }) => {
    const bytes = regions.get(name);
    return bytes === undefined ? [] : usedPieces(address, bytes);
  });
  const views = segments.map(({ startAddress, bytes }) => {
    return { startAddress, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
  });
  const format = profile.cpu.model === "arm926ej-s" ? "v5" : "v6";
  return {
    source: { memory: new SegmentSource(segments), format },
    exchange(physical, value) {
      for (const { startAddress, view } of views) {
        const at = physical - startAddress;
        if (at < 0 || at + 4 > view.byteLength) continue;
        const before = view.getUint32(at, true);
        view.setUint32(at, value, true);
        return before;
      }
      return undefined;
    },
  };
}

/** Writes over some words: mostly members that checks read, at times any word of a structure. */
function damage(memory: Memory, kernel: Kernel, targets: readonly Target[], random: (limit: number) => number) {
  const undo: [number, number][] = [];
  for (let word = 0; word < WORDS_A_ROUND; word++) {
    const { address: start, members } = targets[random(targets.length)];
    const isMember = members.length > 0 && random(4) !== 0;
    const offset = isMember ? members[random(members.length)] + random(2) * 4 : random(STRUCTURE_WORDS) * 4;
    const address = ((start + offset) & ~3) >>> 0;
    const physical = kernel.space.translate(address);
    const other = targets[random(targets.length)].address;
    const values = [0, 0xffffffff, address, other, other + random(256) * 4, random(2 ** 32), 0x7fffffff, 1];
    const value = values[random(values.length)] >>> 0;
    const before = physical === undefined ? undefined : memory.exchange(physical, value);
    if (physical !== undefined && before !== undefined) undo.push([physical, before]);
  }
  return undo;
}

function corrupt(memory: Memory, { from, rounds, seed }: Options): Outcome {
  const healthy = openKernel(memory.source);
  const known = checks.filter(({ ofProcess }) => ofProcess !== "required");
  for (const check of checks) runCheck(check, healthy, { isLong: true, pid: 1 });
  const targets = targetsOf(healthy);
  const walking = checks.filter(({ id }) => !STATIC_CHECKS.has(id));
  const outcome: Outcome = { findings: 0, cannotTell: 0, clean: 0, reopened: 0, notFound: 0, mostLoads: 0 };
  const tell = (text: string): void => void process.stderr.write(`${text}\n`);
  for (let round = from; round < from + rounds; round++) {
    const undo = damage(memory, healthy, targets, randomFrom(seed, round));
    try {
      const kernel = round % REOPEN_EVERY === 0 ? reopen(memory.source, outcome) : healthy;
      if (kernel !== undefined) look(kernel, round % REOPEN_EVERY === 0 ? known : walking, outcome);
    } catch (error) {
      tell(
        `round ${round} of seed ${seed}: ${undo.map(([at, before]) => `${hex8(at)} was ${hex8(before)}`).join(", ")}`,
      );
      throw error;
    }
    for (const [at, before] of undo.toReversed()) memory.exchange(at, before);
    if ((round + 1) % 1000 === 0) tell(`${round + 1} rounds: ${JSON.stringify(outcome)}`);
  }
  return outcome;
}

/** The damaged kernel, learned anew; `undefined` where it is refused with a code. */
function reopen(source: KernelSource, outcome: Outcome): Kernel | undefined {
  outcome.reopened++;
  try {
    return openKernel(source);
  } catch (error) {
    if (!(error instanceof HvError)) throw error;
    outcome.notFound++;
    return undefined;
  }
}

function look(kernel: Kernel, chosen: typeof checks, outcome: Outcome): void {
  for (const check of chosen) {
    const report = runCheck(check, kernel, { isLong: true, pid: check.ofProcess === undefined ? undefined : 1 });
    formatReport(report);
    outcome.mostLoads = Math.max(outcome.mostLoads, report.loads);
    if (report.loads > MAX_LOADS) throw new Error(`check ${check.id} took ${report.loads} loads`);
    if (report.verdict === "finding") outcome.findings++;
    else if (report.verdict === "cannot-tell") outcome.cannotTell++;
    else outcome.clean++;
  }
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "10000" },
    from: { type: "string", default: "0" },
    seed: { type: "string", default: "1" },
    image: { type: "string" },
    save: { type: "string" },
    append: { type: "string" },
    board: { type: "string", default: "versatilepb" },
  },
});
const file = values.image === undefined ? bootedImage(values) : readFileSync(values.image);
const [rounds, from, seed] = [values.rounds, values.from, values.seed].map(Number);
const outcome = corrupt(memoryOf(file), { rounds, from, seed });
process.stdout.write(`${JSON.stringify({ seed, from, rounds, ...outcome })}\n`);
