/** What the checks show from outside, field by field against what the guest says of itself; and what was learned for it. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { findGuest, type Guest } from "../../src/guest/index.ts";
import { type GuestViews, lookAround, type Row, type View } from "./guest-views.ts";
import { BOARD, guestFolder, PI_BOARD } from "./program.ts";

/** Only keeps a broken test from hanging: other work on the machine makes the guest slower many times over. */
const patience = { timeout: 600_000 };

/** The rows of either look that `key` gives the same name to. */
const find = ({ outside }: View, key: (row: Row) => string, wanted: string): Row[] =>
  outside.flatMap((rows) => rows.filter((row) => key(row) === wanted));

interface Process {
  pid: number;
  parentPid: number;
  name: string;
  euid: number;
  state: string;
  startTicks: number;
}

/** The blocks of /proc/PID/status and the line of /proc/PID/stat. */
function processesOf(lines: readonly string[]): Process[] {
  return lines
    .join("\n")
    .split(/\n(?=Name:)/)
    .map((block) => {
      const value = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, "m").exec(block)?.[1] ?? "";
      const stat = value("Stat")
        .replace(/^.*\) /, "")
        .split(" ");
      return {
        pid: Number(value("Pid")),
        parentPid: Number(value("PPid")),
        name: value("Name"),
        euid: Number(value("Uid").split(/\s+/)[1]),
        state: value("State")[0],
        startTicks: Number(stat[19]),
      };
    });
}

/** A worker's name without what it works on at the moment; rescuers (`kworker/R-...`) are called as their queue. */
const lasting = (name: string): string => name.replace(/^(kworker\/(?!R-)[^-+]*)[-+].*$/, "$1");

/** `0100007F:1F90` as `127.0.0.1:8080`; an IPv6 address of zeros as `::`. */
function endpoint(text: string): string {
  const [whole, port] = text.split(":");
  // An IPv4 address in an IPv6 one, each word in the CPU's order.
  const address = whole.length === 32 && whole.slice(16, 24) === "FFFF0000" ? whole.slice(24) : whole;
  const bytes = (address.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
  const shown = bytes.length === 4 ? bytes.reverse().join(".") : bytes.some((byte) => byte !== 0) ? address : "::";
  return `${shown}:${Number.parseInt(port, 16)}`;
}

const MIN_PI_MODULES = 4;

const TCP_STATES: Record<string, string> = { "01": "ESTABLISHED", "06": "TIME_WAIT", "07": "CLOSE", "0A": "LISTEN" };
const UNIX_STATES: Record<string, string> = { "01": "UNCONNECTED", "03": "CONNECTED" };

/** Sockets as /proc/net has them, in the columns of `ids netstat`. */
function socketsOf(lines: readonly string[]): Record<string, string | number>[] {
  let protocol = "";
  return lines.flatMap((line) => {
    const title = /^== (\w+)$/.exec(line);
    if (title !== null) protocol = title[1];
    const words = line.trim().split(/\s+/);
    if (protocol === "unix") {
      // Early in a boot the kernel has no random bytes yet to hide an address behind.
      if (!/^([0-9a-f]+|\(ptrval\)):$/.test(words[0])) return [];
      return [{ protocol, state: UNIX_STATES[words[5]], inode: Number(words[6]), local: words[7] ?? "" }];
    }
    if (!/^\d+:$/.test(words[0])) return [];
    const [, local, remote, state] = words;
    const ends = { local: endpoint(local), remote: endpoint(remote) };
    return [{ protocol, ...ends, state: TCP_STATES[state], uid: Number(words[7]), inode: Number(words[9]) }];
  });
}

/** Of a socket, in an order for comparison. */
const COLUMNS = ["protocol", "local", "remote", "state", "uid", "inode"];

interface Subject {
  readonly name: string;
  readonly board: string;
  /** Of test/golden/types. */
  readonly golden: string;
  /** Another kernel than the board's own: its guest, `undefined` when it is not in the cache, and how it comes there. */
  readonly other?: { readonly guest: Guest | undefined; readonly command: string };
}

const DEBUG_CONFIG = "boards/versatilepb-debug.config";
const SUITE = "bookworm-backports";
const subjects: readonly Subject[] = [
  { name: BOARD, board: BOARD, golden: BOARD },
  { name: PI_BOARD, board: PI_BOARD, golden: PI_BOARD },
  {
    name: "a kernel with other options",
    board: BOARD,
    golden: "versatilepb-debug",
    other: {
      guest: findGuest(BOARD, { configFile: DEBUG_CONFIG }),
      command: `komainu guest build ${BOARD} --config ${DEBUG_CONFIG}`,
    },
  },
  {
    name: "a much newer kernel of Debian's",
    board: PI_BOARD,
    golden: `raspberrypi-${SUITE}`,
    other: {
      guest: findGuest(PI_BOARD, { suite: SUITE }),
      command: `komainu guest fetch ${PI_BOARD} --suite ${SUITE}`,
    },
  },
];

function argumentsOf({ other }: Subject): string[] {
  if (other?.guest === undefined) return [];
  const { zImage, dtb, initrd } = other.guest;
  return ["--kernel", zImage, "--dtb", dtb, "--initrd", initrd];
}

/** Where the build's debug information says the fields are; `undefined` when the golden file is of another kernel. */
function truthOf({ golden: name }: Subject, release: string): Record<string, number> | undefined {
  const golden = JSON.parse(readFileSync(`test/golden/types/${name}.json`, "utf8")) as {
    release: string;
    offsets: Record<string, number>;
  };
  return golden.release === release ? golden.offsets : undefined;
}

for (const { name, other } of subjects) {
  if (other === undefined || other.guest !== undefined) continue;
  process.stderr.write(
    `${name} is not in the cache, so its tests are skipped; it comes there with: ${other.command}\n`,
  );
}
const isThere = ({ other }: Subject): boolean => other === undefined || other.guest !== undefined;

describe.each(subjects.filter(isThere))("what is seen of $name from outside", patience, (subject) => {
  const { board } = subject;
  let seen: GuestViews;
  beforeAll(async () => {
    guestFolder(board);
    seen = await lookAround(board, ...argumentsOf(subject));
  }, patience.timeout);

  it("is the guest's own view of its processes: parent, user, state, start and name", () => {
    const view = seen.views.processes;
    const inside = processesOf(view.inside);
    const shell = inside.find(({ state, name }) => state === "R" && name === "sh")?.pid;
    expect(inside.length).toBeGreaterThan(30);
    expect(new Set(inside.map(({ state }) => state))).toEqual(new Set(["R", "S", "I", "Z", "T"]));
    expect(inside.map(({ euid }) => euid)).toContain(1000);
    // A kernel thread may end or begin between the looks: what was there before and after was there meanwhile.
    const [before, after] = view.outside.map((rows) => rows.map(({ pid }) => Number(pid)));
    const own = inside.map(({ pid }) => pid);
    expect(own.filter((pid) => !before.includes(pid) && !after.includes(pid))).toEqual([]);
    expect(before.filter((pid) => after.includes(pid) && !own.includes(pid))).toEqual([]);
    expect(before.filter((pid) => !after.includes(pid)).length).toBeLessThan(3);
    for (const process of inside) {
      const rows = find(view, ({ pid }) => String(pid), String(process.pid));
      expect(rows.map(({ name }) => lasting(String(name)))).toContain(lasting(process.name));
      expect(rows.map(({ uid, parentPid }) => [uid, parentPid])).toContainEqual([process.euid, process.parentPid]);
      expect(rows.map(({ startSeconds }) => Math.floor(Number(startSeconds) * 100 + 1e-6))).toContain(
        process.startTicks,
      );
      if (process.pid !== shell) expect(rows.map(({ state }) => state)).toContain(process.state);
    }
    expect(view.verdicts).toEqual(["clean", "clean"]);
  });

  it("is /proc/version, and the functions that /proc/kallsyms has at the addresses of the system call table", () => {
    const { version, systemCalls } = seen.views;
    for (const [row] of version.outside) expect(row.banner).toBe(version.inside[0]);
    const inside = new Set(systemCalls.inside.map((line) => line.replace(/^([0-9a-f]{8}) . /, "$1 ")));
    for (const rows of systemCalls.outside) {
      expect(rows.length).toBeGreaterThan(300);
      expect(rows.filter(({ address, symbol }) => !inside.has(`${address} ${symbol}`))).toEqual([]);
    }
    expect([...version.verdicts, ...systemCalls.verdicts]).toEqual(["clean", "clean", "clean", "clean"]);
  });

  it("is /proc/modules", () => {
    const { inside, outside, verdicts } = seen.views.modules;
    const shown = outside[1].map(({ name, size, refcount, usedBy, state, base }) => {
      const users = usedBy === "" ? "-" : `${usedBy},`;
      const live = String(state).replace(/^./, (letter) => letter.toUpperCase());
      return `${name} ${size} ${refcount} ${users} ${live} 0x${base}`;
    });
    expect(shown).toEqual(inside.filter((line) => line !== ""));
    if (board === PI_BOARD) expect(shown.length).toBeGreaterThanOrEqual(MIN_PI_MODULES);
    expect(verdicts).toEqual(["clean", "clean"]);
  });

  it("is /proc/net: TCP, UDP, raw and local sockets with their owners", () => {
    const { inside, outside, verdicts } = seen.views.sockets;
    const own = socketsOf(inside);
    const kinds = new Set(own.map(({ protocol }) => String(protocol).replace("6", "")));
    for (const kind of ["tcp", "udp", "raw", "unix"]) expect(kinds).toContain(kind);
    // Nothing more, nothing less; only the order is that of the tables.
    const shown = outside[1].map(({ protocol, local, remote, state, uid, inode }) => {
      return protocol === "unix" ? { protocol, state, inode, local } : { protocol, local, remote, state, uid, inode };
    });
    const sorted = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row, COLUMNS)).sort();
    expect(sorted(shown)).toEqual(sorted(own));
    const listener = outside[1].find(({ local }) => String(local).endsWith(":8080"));
    expect(listener).toMatchObject({ state: "LISTEN", name: "httpd" });
    expect(verdicts).toEqual(["clean", "clean"]);
  });

  it("is the links in /proc/PID/fd", () => {
    const { inside, outside, verdicts } = seen.views.files;
    const links: string[] = [];
    let pid = "";
    for (const line of inside) {
      pid = /^\/proc\/(\d+)\/fd:$/.exec(line)?.[1] ?? pid;
      const link = /(\d+) -> (.*)$/.exec(line);
      if (link !== null) links.push(`${pid} ${link[1]} ${link[2]}`);
    }
    const shown = new Set(outside[1].map(({ pid: owner, fd, name }) => `${owner} ${fd} ${name}`));
    const living = new Set(outside[1].map(({ pid: owner }) => String(owner)));
    // The process that lists them is not there before and after.
    const lasting = links.filter((link) => living.has(link.split(" ")[0]));
    expect(lasting.length).toBeGreaterThan(20);
    expect(lasting.filter((link) => !shown.has(link))).toEqual([]);
    expect([...shown].filter((link) => !lasting.includes(link))).toEqual([]);
    expect(lasting.some((link) => link.endsWith("/tmp/gone (deleted)"))).toBe(true);
    expect(lasting.some((link) => /pipe:\[\d+\]$/.test(link))).toBe(true);
    expect(verdicts).toEqual(["clean", "clean"]);
  });

  it("is /proc/mounts but for the options of each file system", () => {
    const { inside, outside, verdicts } = seen.views.mounts;
    const own = inside.map((line) => line.split(" "));
    const shown = outside[1].map(({ device, place, type }) => [device, place, type]);
    expect(shown).toEqual(own.map((words) => words.slice(0, 3)));
    for (const [index, words] of own.entries()) {
      const all = words[3].split(",");
      expect(all.slice(0, String(outside[1][index].options).split(",").length).join()).toBe(outside[1][index].options);
    }
    expect(verdicts).toEqual(["clean", "clean"]);
  });

  it("is /proc/1/maps but for the names of the kernel's own pages", () => {
    const { inside, outside } = seen.views.areas;
    const own = inside.filter((line) => !/\[(vectors|sigpage|vvar|vdso)\]$/.test(line));
    const shown = outside[1].map(({ start, end, permissions, offset, device, inode, name }) =>
      `${start}-${end} ${permissions} ${offset} ${device} ${inode} ${name}`.trim(),
    );
    for (const line of own) expect(shown).toContain(line.replace(/\s+/g, " ").trim());
    const special = inside.filter((line) => /\[(sigpage|vvar|vdso)\]$/.test(line)).length;
    expect(shown.length).toBe(own.length + special);
  });

  it("is what dmesg prints, and the command line", () => {
    const { inside, outside } = seen.views.log;
    // Whether the guest shows times is a setting of its own.
    const isTimed = /^<\d+>\[/.test(inside[0]);
    const shown = outside[0].map(({ line, text, level, facility }) => {
      return `<${Number(facility) * 8 + Number(level)}>${isTimed ? line : text}`;
    });
    expect(shown.length).toBeGreaterThan(100);
    expect(inside.slice(0, shown.length)).toEqual(shown);
    expect(seen.views.commandLine.outside[0][0].text).toBe(seen.views.commandLine.inside[0]);
  });

  it("is clean by all checks", () => {
    expect(seen.all.length).toBeGreaterThan(10);
    expect(seen.all.filter(({ verdict }) => verdict !== "clean")).toEqual([]);
  });

  it("was learned where the build's debug information says it is, without exception", ({ skip }) => {
    const truth = truthOf(subject, seen.release);
    if (truth === undefined)
      return skip(`test/golden/types/${subject.golden}.json is of another kernel than ${seen.release}`);
    for (const [moment, types] of Object.entries(seen.types)) {
      const learned = types.filter(({ name, offset }) => offset !== null && truth[name] !== undefined);
      expect(learned.map(({ name, offset }) => [name, Number(offset)])).toEqual(
        learned.map(({ name }) => [name, truth[name]]),
      );
      // Not every structure exists at the prompt already.
      if (moment === "atPrompt") continue;
      const missing = types.filter(({ name, confidence }) => confidence === "unknown" && truth[name] !== undefined);
      expect(missing.map(({ name }) => name).filter((name) => !name.startsWith("module"))).toEqual([]);
      expect(learned.length).toBeGreaterThan(95);
    }
  });
});
