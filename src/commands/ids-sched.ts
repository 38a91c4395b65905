/**
 * `ids sched`: which tasks the scheduler switched to, whatever lists they are in. The word of the run queue that says which
 * task runs is watched as `ids watch` does it: by a flag of its page, with nothing of the run changed.
 */
import { hex8, Status } from "../base/index.ts";
import { printable } from "../ids/index.ts";
import { type Kernel, SwitchLog, Task } from "../linux/index.ts";
import type { CommandResult } from "../shell/index.ts";
import { columns, failed, ok, table } from "../shell/index.ts";
import type { Guest, Hypervisor, ObservedWrite } from "../vm/index.ts";

/** Switches that `--json` has one by one. */
const SHOWN_SWITCHES = 256;
const WORD_BYTES = 4;

interface Logging {
  readonly log: SwitchLog;
  /** Instructions that the guest had retired when it began. */
  readonly since: number;
  readonly end: () => void;
}

const logs = new WeakMap<Guest, Logging>();

/** The log of a guest; `undefined` while none is kept. */
export const switchLogOf = (guest: Guest): SwitchLog | undefined => logs.get(guest)?.log;

/** Begins to log, or says why not. */
function begin(hv: Hypervisor, guest: Guest, kernel: Kernel): string | undefined {
  const [queue, curr] = [kernel.field("runqueues"), kernel.field("rq.curr")];
  if (!queue.known) return `runqueues: ${queue.reason}`;
  if (!curr.known) return `rq.curr: ${curr.reason}`;
  const physical = kernel.space.translate(queue.value + curr.value);
  const log = new SwitchLog();
  let last: Task | undefined;
  const onSwitch = ({ value, sizeBytes, instructions }: ObservedWrite): void => {
    if (sizeBytes !== WORD_BYTES) return;
    const before = last?.comm;
    if (last?.pid !== undefined && before !== undefined) log.rename(last.address, last.pid, before);
    const next = new Task(kernel, value);
    const { pid, comm } = next;
    // A word that is no task was not written by the scheduler of this kernel.
    if (pid === undefined || comm === undefined) return;
    log.note({ address: value, pid, comm, at: instructions });
    last = next;
  };
  const end =
    physical === undefined
      ? undefined
      : hv.control.watchWrites([{ address: physical, sizeBytes: WORD_BYTES }], onSwitch);
  if (end === undefined) return "rq.curr: it is not in the guest's RAM";
  logs.set(guest, { log, since: hv.control.instructions(), end });
  return undefined;
}

export function startSwitchLog(hv: Hypervisor, guest: Guest, kernel: Kernel): CommandResult {
  if (logs.has(guest)) return failed(Status.exists, 'Error: switches are logged already; see "ids sched"\n');
  kernel.refresh();
  const problem = begin(hv, guest, kernel);
  return problem === undefined ? ok() : failed(Status.noData, `ids sched: cannot tell: ${printable(problem)}\n`);
}

export function endSwitchLog(guest: Guest): CommandResult {
  const logging = logs.get(guest);
  if (logging === undefined) return failed(Status.noEntry, 'Error: no switches are logged; see "ids sched on"\n');
  logging.end();
  logs.delete(guest);
  return ok();
}

/** The tasks that ran, the one that ran last at the end. */
export function showSwitchLog(guest: Guest): CommandResult {
  const logging = logs.get(guest);
  if (logging === undefined) return ok('off; "ids sched on" begins\n', { on: false });
  const { log, since } = logging;
  const { tasks, count, forgotten } = log;
  const style = { columns: columns(["PID", 8], ["Name", 17], ["Turns", 9], ["First", 15], ["Last", 15], ["Task", 8]) };
  const rows = tasks.map(({ pid, comm, turns, firstAt, lastAt, address }) => [
    pid,
    printable(comm),
    turns,
    firstAt,
    lastAt,
    hex8(address),
  ]);
  const { text } = table(style, rows);
  const gone = forgotten === 0 ? "" : `, ${forgotten} that ran before them forgotten`;
  const recent = log.recent.slice(-SHOWN_SWITCHES).map((one) => ({ ...one, address: hex8(one.address) }));
  const shown = tasks.map((task) => ({ ...task, address: hex8(task.address) }));
  return ok(`${text}${count} switches since instruction ${since}, ${tasks.length} tasks${gone}\n`, {
    on: true,
    since,
    switches: count,
    forgotten,
    tasks: shown,
    recent,
  });
}

/** The guest's memory is another moment's: what ran since then is not known, so the log begins anew. Lines of what became of it. */
export function resumeSwitchLog(hv: Hypervisor, guest: Guest, kernel: Kernel | undefined): string[] {
  const logging = logs.get(guest);
  if (logging === undefined) return [];
  logging.end();
  logs.delete(guest);
  const problem = kernel === undefined ? "no kernel runs" : begin(hv, guest, kernel);
  return [problem === undefined ? "ids sched: begins anew" : `ids sched: over: ${printable(problem)}`];
}
