/**
 * Changes words of a guest kernel's structures at random and runs every check on what is left: cycles, wild and self
 * pointers, huge lengths. Each check must come back with rows, a finding or a reason, within a bounded number of loads.
 *
 *   node tools/corrupt-memory.mjs [--rounds 10000] [--seed N] [--image FILE] [--board versatilepb]
 *
 * Without an image the board is booted to its shell and saved. Every fiftieth round opens the damaged kernel anew, so that
 * symbols and types are learned from damaged memory too.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { HvError, hex8 } from "../src/base/index.ts";
import { SegmentSource } from "../src/dump/index.ts";
import { checks, formatReport, runCheck } from "../src/ids/index.ts";
import type { Kernel } from "../src/linux/index.ts";
import { openKernel, tcpSockets } from "../src/linux/index.ts";
import { snapshotMemory } from "../src/vm/index.ts";

const MAX_LOADS = 5_000_000;
const WORDS_A_ROUND = 8;
const REOPEN_EVERY = 50;
/** Code and tables that no structure leads to: looked at when the kernel is opened anew. */
const STATIC_CHECKS = new Set(["banner", "hooks", "modules", "syscall", "text", "vectors"]);
const STRUCTURE_WORDS = 64;

/** Repeatable numbers below a limit. */
function randomFrom(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 0x100000000) * limit);
  };
}

function bootedImage(board: string): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "komainu-corrupt-"));
  try {
    const path = join(folder, "guest.snap");
    const scene = [
      "ip link set lo up; (httpd -f -p 8080 &); (syslogd -n -O /tmp/log &); (sleep 1000 | cat &); sleep 1",
    ];
    const commands = scene.map((line) => `vserial exec guest0/uart0 ${line}`);
    const args = [resolve("dist/komainu.js"), "exec", board, "--boot-cache", "off", "--save", path, ...commands];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where the structures lie that checks walk through. */
function structuresOf(kernel: Kernel): number[] {
  const found: (number | undefined)[] = [];
  for (const task of kernel.tasks()) {
    found.push(task.address, task.cred?.address, task.mm, task.files?.address, task.mountNamespace);
    for (const { file } of task.files?.entries() ?? []) {
      const { path, inode, sock } = file;
      found.push(file.address, path?.dentry.address, path?.mount.address, inode?.address, inode?.superBlock?.address);
      found.push(sock?.address);
    }
    for (const area of task.areas().areas) found.push(area.address);
    const root = kernel.offsetOf("mm_struct.mm_mt.ma_root");
    const node = task.mm === undefined || root === undefined ? undefined : kernel.space.readU32(task.mm + root);
    if (node !== undefined) found.push((node & ~0xff) >>> 0);
  }
  const [init] = kernel.tasks();
  for (const mount of kernel.walkMounts(init).objects) found.push(mount.address, mount.superBlock?.address);
  for (const module of kernel.walkModules().objects) found.push(module.address);
  for (const sock of tcpSockets(kernel).socks) found.push(sock.address);
  for (const name of ["printk_ringbuffer", "modules", "saved_command_line"] as const) found.push(kernel.offsetOf(name));
  const ring = kernel.offsetOf("printk_ringbuffer");
  if (ring !== undefined) found.push(kernel.space.readU32(ring + 4), kernel.space.readU32(ring + 8));
  for (const name of ["tcp_hashinfo", "udp_table", "raw_v4_hashinfo", "init_net"])
    found.push(kernel.symbols.find(name));
  return [...new Set(found)].filter((address) => address !== undefined && address > kernel.map.pageOffset) as number[];
}

interface Options {
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

function corrupt(bytes: Uint8Array, { rounds, seed }: Options): Outcome {
  const random = randomFrom(seed);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const source = { memory: new SegmentSource([{ startAddress: 0, bytes }]), format: "v5" as const };
  const healthy = openKernel(source);
  const known = checks.filter(({ ofProcess }) => ofProcess !== "required");
  for (const check of checks) runCheck(check, healthy, { isLong: true, pid: 1 });
  const structures = structuresOf(healthy);
  const walking = checks.filter(({ id }) => !STATIC_CHECKS.has(id));
  const outcome: Outcome = { findings: 0, cannotTell: 0, clean: 0, reopened: 0, notFound: 0, mostLoads: 0 };
  const tell = (text: string): void => void process.stderr.write(`${text}\n`);
  for (let round = 0; round < rounds; round++) {
    const undo: [number, number][] = [];
    for (let word = 0; word < WORDS_A_ROUND; word++) {
      const address = (structures[random(structures.length)] + random(STRUCTURE_WORDS) * 4) & ~3;
      const physical = healthy.space.translate(address >>> 0);
      if (physical === undefined || physical + 4 > bytes.length) continue;
      const other = structures[random(structures.length)];
      const values = [0, 0xffffffff, address, other, other + random(256) * 4, random(2 ** 32), 0x7fffffff, 1];
      undo.push([physical, view.getUint32(physical, true)]);
      view.setUint32(physical, values[random(values.length)] >>> 0, true);
    }
    try {
      const kernel = round % REOPEN_EVERY === 0 ? reopen(source, outcome) : healthy;
      if (kernel !== undefined) look(kernel, round % REOPEN_EVERY === 0 ? known : walking, outcome);
    } catch (error) {
      tell(
        `round ${round} of seed ${seed}: ${undo.map(([at, before]) => `${hex8(at)} was ${hex8(before)}`).join(", ")}`,
      );
      throw error;
    }
    for (const [at, before] of undo.toReversed()) view.setUint32(at, before, true);
    if ((round + 1) % 1000 === 0) tell(`${round + 1} rounds: ${JSON.stringify(outcome)}`);
  }
  return outcome;
}

/** The damaged kernel, learned anew; `undefined` where it is refused with a code. */
function reopen(source: Parameters<typeof openKernel>[0], outcome: Outcome): Kernel | undefined {
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
    seed: { type: "string", default: "1" },
    image: { type: "string" },
    board: { type: "string", default: "versatilepb" },
  },
});
const file = values.image === undefined ? bootedImage(values.board) : readFileSync(values.image);
const memory = snapshotMemory(file, "guest0").regions.get("mem0");
if (memory === undefined) throw new Error("expected a region mem0 in the saved machine");
const outcome = corrupt(memory, { rounds: Number(values.rounds), seed: Number(values.seed) });
process.stdout.write(`${JSON.stringify({ seed: Number(values.seed), rounds: Number(values.rounds), ...outcome })}\n`);
