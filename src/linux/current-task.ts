/** The task on the CPU where no register holds it: kernels for ARMv5 keep it in a variable. */
import type { ReadWord } from "./arm-code.ts";
import type { ObjectContext } from "./kernel-object.ts";
import type { KernelSymbols } from "./kernel-symbols.ts";
import { literalsOf } from "./literals.ts";
import { Task } from "./task.ts";

export interface CurrentContext extends ObjectContext {
  readonly symbols: KernelSymbols;
  readonly readCode: ReadWord;
}

/** The variable that holds the running task where no register does: exported since 5.18, else what `__switch_to` uses. */
export function currentVariable(context: CurrentContext): number | undefined {
  const { symbols, space, map, readCode } = context;
  const exported = symbols.find("__current");
  const candidates = exported === undefined ? literalsOf("__switch_to", symbols, readCode) : [exported];
  return candidates.find((variable) => {
    const address = space.readU32(variable);
    return address !== undefined && address >= map.pageOffset && isTask(new Task(context, address));
  });
}

/** A task belongs to a leader that leads itself, and so does its parent. */
function isTask({ groupLeader, parent, comm }: Task): boolean {
  const leadsItself = (task: Task | undefined): boolean =>
    task !== undefined && task.groupLeader?.address === task.address;
  return comm !== undefined && leadsItself(groupLeader) && leadsItself(parent?.groupLeader);
}
