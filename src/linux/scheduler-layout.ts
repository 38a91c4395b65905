/** Where the scheduler keeps the task that runs: `curr` in the run queue of the only CPU (kernel/sched/sched.h). */
import type { Fact } from "./fact.ts";
import { proved, unknown } from "./fact.ts";
import type { LayoutContext, LayoutGroup, LearnedFacts } from "./layout.ts";
import { allUnknown } from "./layout.ts";
import { literalsOf } from "./literals.ts";

export const SCHEDULER_FIELDS = ["runqueues", "rq.curr"] as const;
export type SchedulerField = (typeof SCHEDULER_FIELDS)[number];

/** `curr` lies behind a few counters, the load averages and the queues of the classes. */
const MAX_QUEUE_BYTES = 0x2000;

interface QueueFacts {
  readonly queue: Fact<number>;
  readonly curr: Fact<number>;
}

/** A word that points to a task which belongs to a leader that leads itself. */
function isTaskPointer(context: LayoutContext, word: number | undefined, leader: number): boolean {
  if (!context.isPointer(word)) return false;
  const first = context.word(word + leader);
  return context.isPointer(first) && context.word(first + leader) === first;
}

/**
 * `idle_cpu` compares `curr` with `idle` of the same queue. So two of the words that it loads point to tasks, the second of
 * them for ever to the idle task; the queue itself is the constant that the function adds both to.
 */
function findQueue(context: LayoutContext, idleTask: number, leader: number): QueueFacts {
  const none = (reason: string): QueueFacts => ({ queue: unknown(reason), curr: unknown(reason) });
  const trace = context.trace("idle_cpu");
  if (trace === undefined) return none("there is no function idle_cpu");
  const loaded = trace.accesses
    .filter(({ kind, address }) => kind === "load" && address.root === "const" && address.steps.length === 0)
    .map(({ address }) => address.add >>> 0);
  const known = context.symbols.find("runqueues");
  const literals = literalsOf("idle_cpu", context.symbols, (address) => context.word(address));
  const bases = known === undefined ? literals.filter((value) => context.isPointer(value)) : [known];
  for (const base of new Set(bases)) {
    const within = [...new Set(loaded)].filter((address) => address >= base && address - base < MAX_QUEUE_BYTES);
    const tasks = within
      .filter((address) => isTaskPointer(context, context.word(address), leader))
      .sort((a, b) => a - b);
    if (tasks.length !== 2 || context.word(tasks[1]) !== idleTask) continue;
    const evidence = "idle_cpu compares it with the word that points to the idle task";
    return {
      queue: proved(base, known === undefined ? "idle_cpu adds to it, and two of its words are tasks" : "its symbol"),
      curr: proved(tasks[0] - base, evidence),
    };
  }
  return none("no two words that idle_cpu loads are the running and the idle task (more than one CPU?)");
}

function learn(context: LayoutContext): LearnedFacts<SchedulerField> {
  const at = context.offsets("task_struct.group_leader");
  if (typeof at === "string") return allUnknown(SCHEDULER_FIELDS, at);
  if (!context.initTask.known) return allUnknown(SCHEDULER_FIELDS, context.initTask.reason);
  const { queue, curr } = findQueue(context, context.initTask.value, at["task_struct.group_leader"]);
  return new Map([
    ["runqueues", queue],
    ["rq.curr", curr],
  ]);
}

export const schedulerLayout: LayoutGroup<SchedulerField> = { fields: SCHEDULER_FIELDS, learn };
