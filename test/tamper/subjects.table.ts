/** What each subject of tampering does to its guest, and what the detectors must say of it. */

/** The kernel that runs, as its build knows it. */
export interface KernelFacts {
  symbol(name: string): number;
  /** A word of the kernel's Image. */
  word(address: number): number;
}

export interface Subject {
  readonly name: string;
  /** The file `test/tamper/<module>.c`. */
  readonly module: string;
  /** For the table of results. */
  readonly does: string;
  /** The attack it stands for. */
  readonly kind: string;
  /** Lines for the console at the very start. */
  readonly console?: readonly string[];
  /** Lines for the guest's shell before the module is loaded. */
  readonly before?: readonly string[];
  parameters(kernel: KernelFacts): string;
  /** A line that must be run before the module can be removed. */
  readonly restore?: string;
  /** `check/message`: all must be there. */
  readonly expects: readonly string[];
  /** Findings that are right as well, and need not be there. */
  readonly allows?: readonly string[];
  /** Only the kernel of `tamper.config` has what it tampers with. */
  readonly needsTamperKernel?: true;
}

const hex = (address: number): string => `0x${address.toString(16)}`;

/** The instruction `add r8, pc, #...` of the system call entry. */
function tableInstruction(kernel: KernelFacts): number {
  for (let at = kernel.symbol("vector_swi"); ; at += 4) if (kernel.word(at) >>> 12 === 0xe28f8) return at;
}

/** A process that sleeps, its PID in the shell's variable `$!`. */
const SLEEPER = "sleep 1000 &";
const NOBODY = "for i in 1 2 3; do su -s /bin/sh nobody -c 'sleep 1000 &'; done; sleep 1";
const PID_OF_SLEEPER = "$(pidof sleep | cut -d' ' -f1)";
/** GETPID: what the subject does in its place. */
const GETPID = 20;

export const subjects: readonly Subject[] = [
  {
    name: "module off its list",
    module: "module_off_list",
    kind: "hidden module",
    does: "takes itself off the list of modules",
    parameters: () => "",
    restore: "echo 1 >/sys/module/module_off_list/parameters/restore",
    expects: ["modules/hidden"],
  },
  {
    name: "module off list and sysfs",
    module: "module_off_list",
    kind: "hidden module",
    does: "takes itself off the list of modules and out of the set in sysfs",
    parameters: () => "sysfs=1",
    restore: "echo 1 >/sys/module/module_off_list/parameters/restore",
    expects: ["modules/hidden"],
  },
  {
    name: "process off the task list",
    module: "task_off_list",
    kind: "hidden process",
    does: "takes a process off the list of tasks",
    before: [SLEEPER],
    parameters: () => `list=1 pid=${PID_OF_SLEEPER}`,
    expects: ["psxview/hidden"],
  },
  {
    name: "process off the PID table",
    module: "task_off_list",
    kind: "hidden process",
    does: "takes a process out of the table of PIDs",
    before: [SLEEPER],
    parameters: () => `table=1 pid=${PID_OF_SLEEPER}`,
    expects: ["psxview/hidden"],
  },
  {
    name: "process off list and table",
    module: "task_off_list",
    kind: "hidden process",
    does: "takes a process off the list of tasks and out of the table of PIDs",
    before: [SLEEPER],
    parameters: () => `list=1 table=1 pid=${PID_OF_SLEEPER}`,
    expects: ["psxview/hidden"],
  },
  {
    name: "process off every list, with the scheduler's log",
    module: "task_off_list",
    kind: "hidden process",
    does: "takes a process off the list of tasks, out of the table of PIDs and from its parent's children",
    console: ["ids sched on"],
    // It wakes up each second: a process that never runs is in no log.
    before: ["tail -f /etc/passwd >/dev/null &", "sleep 2"],
    parameters: () => "list=1 table=1 family=1 pid=$(pidof tail)",
    expects: ["psxview/hidden"],
  },
  {
    name: "system call slot",
    module: "syscall_slot",
    kind: "system call hook",
    does: "leads a slot of the system call table into itself",
    parameters: (kernel) => `table=${hex(kernel.symbol("sys_call_table"))} slot=${GETPID}`,
    expects: ["syscall/outside-text"],
  },
  {
    name: "system call table",
    module: "syscall_table",
    kind: "system call table replaced",
    does: "makes the system call entry use a copy of the table",
    parameters: (kernel) => `table=${hex(kernel.symbol("sys_call_table"))} entry=${hex(tableInstruction(kernel))}`,
    expects: ["syscall/other-table", "vectors/other-table"],
    allows: ["text/code-changed"],
  },
  {
    name: "inline hook by a branch",
    module: "inline_hook",
    kind: "inline hook",
    does: "puts a branch into itself at the start of a function",
    parameters: (kernel) => `target=${hex(kernel.symbol("sys_getpid"))}`,
    expects: ["text/redirected"],
  },
  {
    name: "inline hook by a load of PC",
    module: "inline_hook",
    kind: "inline hook",
    does: "puts `ldr pc` and an address at the start of a function",
    parameters: (kernel) => `target=${hex(kernel.symbol("sys_getpid"))} shape=1`,
    expects: ["text/redirected"],
  },
  {
    name: "changed instruction",
    module: "code_word",
    kind: "changed code",
    does: "replaces one instruction in the middle of a function",
    parameters: (kernel) => `target=${hex(kernel.symbol("sys_mincore") + 0x20)}`,
    expects: ["text/code-changed"],
  },
  {
    name: "socket out of /proc/net/tcp",
    module: "seq_show",
    kind: "seq_operations hook",
    does: "leaves a listening socket out of /proc/net/tcp",
    before: ["nc -l -p 4444 &"],
    parameters: (kernel) => `port=4444 operations=${hex(kernel.symbol("tcp4_seq_ops"))}`,
    expects: ["hooks/operation"],
  },
  {
    name: "file out of its folder",
    module: "file_hidden",
    kind: "file_operations hook",
    does: "leaves a file out of the listing of its folder",
    before: ["echo secret >/tmp/hidden"],
    parameters: () => "name=hidden",
    expects: ["hooks/operation"],
  },
  {
    name: "keyboard notifier",
    module: "notifier_hook",
    kind: "notifier hook",
    does: "registers code in the heap for every key",
    parameters: () => "chain=0",
    expects: ["hooks/notifier"],
  },
  {
    name: "reboot notifier",
    module: "notifier_hook",
    kind: "notifier hook",
    does: "registers code in the heap for a reboot",
    parameters: () => "chain=1",
    expects: ["hooks/notifier"],
  },
  {
    name: "timer",
    module: "timer_hook",
    kind: "timer",
    does: "lets code in the heap run by a timer of the wheel",
    parameters: () => "",
    expects: ["timers/callback"],
  },
  {
    name: "timer of high resolution",
    module: "timer_hook",
    kind: "timer",
    does: "lets code in the heap run by a timer of high resolution",
    parameters: () => "high=1",
    expects: ["timers/callback"],
  },
  {
    name: "netfilter hook",
    module: "netfilter_hook",
    kind: "netfilter hook",
    does: "lets code in the heap decide on every packet",
    parameters: () => "",
    expects: ["hooks/netfilter"],
    needsTamperKernel: true,
  },
  {
    name: "line discipline",
    module: "tty_hook",
    kind: "tty hook",
    does: "sees what is typed before the line discipline does",
    parameters: (kernel) => `operations=${hex(kernel.symbol("n_tty_ops"))}`,
    expects: ["hooks/operation"],
  },
  {
    name: "credentials of the first task",
    module: "cred_change",
    kind: "changed credentials",
    does: "gives a process the credentials of the kernel's first task",
    before: [NOBODY],
    parameters: () => `how=0 pid=${PID_OF_SLEEPER}`,
    expects: ["creds/init-cred"],
  },
  {
    name: "shared credentials",
    module: "cred_change",
    kind: "changed credentials",
    does: "gives a process the credentials of another",
    before: [NOBODY],
    parameters: () => `how=1 pid=${PID_OF_SLEEPER}`,
    expects: ["creds/shared"],
  },
  {
    name: "user ID written over",
    module: "cred_change",
    kind: "changed credentials",
    does: "writes user ID 0 into a process's credentials",
    before: [NOBODY],
    parameters: () => `how=2 pid=${PID_OF_SLEEPER}`,
    expects: ["creds/patched"],
  },
  {
    name: "system call vector",
    module: "vector_hook",
    kind: "exception vector hook",
    does: "leads the system call vector through itself",
    parameters: (kernel) => `vectors=${hex(kernel.symbol("vectors_page"))} swi=${hex(kernel.symbol("vector_swi"))}`,
    expects: ["vectors/changed"],
  },
];
