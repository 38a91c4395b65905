/** A guest with something to see in every view, and what it says of itself: one run of a board, by name of the view. */
import { UART } from "./process-lists.ts";
import { komainu, type Outcome, outcomesOf } from "./program.ts";

/** Processes of another user, stopped, dead and not waited for; sockets of every kind; a file that is gone. */
const SCENERY = [
  "ip link set lo up; echo 'joe:x:1000:1001::/:/bin/sh' >> /etc/passwd",
  "printf 'interface lo\\nstart 127.0.0.2\\nend 127.0.0.9\\nlease_file /tmp/l\\npidfile /tmp/p\\n' > /tmp/u.conf; touch /tmp/l",
  "(syslogd -n -O /tmp/log &); (udhcpd -f /tmp/u.conf > /dev/null 2>&1 &); (ping 127.0.0.1 > /dev/null &)",
  "(httpd -f -p 8080 &); (sleep 1000 | nc -l -p 2000 > /dev/null &); sleep 1; (sleep 1001 | nc 127.0.0.1 2000 > /dev/null &)",
  "(su joe -c 'exec sleep 444' > /dev/null 2>&1 &); (sh -c 'sleep 0 & exec sleep 333' &); (sleep 555 > /tmp/gone &); sleep 1",
  "rm /tmp/gone; kill -STOP $(pidof httpd)",
];

/** By the shell alone, which starts no process for it. */
const STATUS =
  'for p in /proc/[0-9]*; do while read -r l; do case "$l" in Name:*|State:*|Pid:*|PPid:*|Uid:*) echo "$l";; esac; done < $p/status; read -r s < $p/stat; echo "Stat: $s"; done';

const VIEWS = {
  processes: STATUS,
  modules: "cat /proc/modules",
  sockets: "for f in tcp tcp6 udp udp6 raw unix; do echo == $f; cat /proc/net/$f; done",
  files: "ls -l /proc/[0-9]*/fd",
  mounts: "cat /proc/mounts",
  areas: "cat /proc/1/maps",
  log: "dmesg -r",
  commandLine: "cat /proc/cmdline",
  version: "cat /proc/version",
  systemCalls: "grep ' sys_' /proc/kallsyms",
} as const;
export type ViewName = keyof typeof VIEWS;

const CHECKS: Record<ViewName, string> = {
  processes: "ids plist -l",
  modules: "ids lsmod",
  sockets: "ids netstat",
  files: "ids lsof",
  mounts: "ids mount",
  areas: "ids maps 1",
  log: "ids dmesg",
  commandLine: "ids cmdline",
  version: "ids banner",
  systemCalls: "ids syscall",
};

export type Row = Readonly<Record<string, string | number | boolean | null>>;

export interface View {
  /** From outside, before and after the guest looked at itself. */
  readonly outside: readonly (readonly Row[])[];
  readonly verdicts: readonly string[];
  /** The guest's own lines. */
  readonly inside: readonly string[];
}

export interface FieldRow {
  readonly name: string;
  readonly offset: string | null;
  readonly confidence: string;
}

export interface GuestViews {
  readonly views: Readonly<Record<ViewName, View>>;
  /** What was learned when the shell had just come up, and later among all that the scene brings. */
  readonly types: { readonly atPrompt: readonly FieldRow[]; readonly later: readonly FieldRow[] };
  /** What all checks said, by name, in a run that knows what was booted. */
  readonly all: readonly { readonly check: string; readonly verdict: string }[];
  readonly release: string;
}

interface Report {
  readonly verdict: string;
  readonly rows: readonly Row[];
}

/** Boots a board, sets the scene and looks at it from both sides, from outside with nothing but memory and registers. */
export async function lookAround(board: string, ...args: readonly string[]): Promise<GuestViews> {
  const names = Object.keys(VIEWS) as ViewName[];
  const looks = names.flatMap((name) => [CHECKS[name], `${UART} ${VIEWS[name]}`, CHECKS[name]]);
  const scene = SCENERY.map((line) => `${UART} ${line}`);
  const commands = ["ids types", ...scene, ...looks, "ids types", `${UART} uname -rv`];
  const { stdout, stderr } = await komainu(["exec", board, ...args, "--no-symbols", "--json", ...commands]);
  const outcomes = outcomesOf(stdout);
  if (outcomes.length !== commands.length) throw new Error(`the run ended early: ${stderr}\n${stdout.slice(-500)}`);
  const after = outcomes.slice(1 + SCENERY.length);
  const linesOf = ({ text }: Outcome<unknown>): string[] => text.replaceAll("\r", "").trimEnd().split("\n");
  const views = names.map((name, index): [ViewName, View] => {
    const [before, inside, later] = after.slice(index * 3);
    const reports = [before.data, later.data] as Report[];
    const outside = reports.map(({ rows }) => rows);
    return [name, { outside, verdicts: reports.map(({ verdict }) => verdict), inside: linesOf(inside) }];
  });
  const [types, release] = after.slice(names.length * 3);
  const clean = await komainu(["exec", board, ...args, "--json", ...scene, "ids all"]);
  const all = outcomesOf(clean.stdout).at(-1)?.data as { checks: GuestViews["all"] };
  return {
    views: Object.fromEntries(views) as Record<ViewName, View>,
    types: { atPrompt: outcomes[0].data as FieldRow[], later: types.data as FieldRow[] },
    all: all.checks,
    release: linesOf(release)[0],
  };
}
