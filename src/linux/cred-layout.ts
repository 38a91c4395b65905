/** Offsets of `struct cred` and of the pointers to it: who a task is, and what it may do. */
import type { Path } from "./code-trace.ts";
import type { Fact } from "./fact.ts";
import { likely, proved, unknown } from "./fact.ts";
import type { LayoutContext, LayoutGroup, LearnedFacts } from "./layout.ts";
import { allUnknown, judged, loadsFrom, offsetsWhere } from "./layout.ts";
import type { SampledTasks } from "./process-layout.ts";
import { sampleTasks } from "./process-layout.ts";

/** In the order of include/linux/cred.h, one word each. */
const IDS = ["uid", "gid", "suid", "sgid", "euid", "egid", "fsuid", "fsgid"] as const;
/** Two words each. */
const CAPABILITIES = ["cap_inheritable", "cap_permitted", "cap_effective", "cap_bset", "cap_ambient"] as const;

export const CRED_FIELDS = [
  "task_struct.real_cred",
  "task_struct.cred",
  ...IDS.map((name): `cred.${(typeof IDS)[number]}` => `cred.${name}`),
  ...CAPABILITIES.map((name): `cred.${(typeof CAPABILITIES)[number]}` => `cred.${name}`),
] as const;
export type CredField = (typeof CRED_FIELDS)[number];

const CRED_BYTES = 0x80;
/** Each of these calls returns one id of the running task. */
const ID_CALLS = { uid: "sys_getuid", gid: "sys_getgid", euid: "sys_geteuid", egid: "sys_getegid" } as const;

interface CredOffsets {
  readonly uid: number;
  readonly capInheritable: number;
}

/** A full set of capabilities: all bits up to the last that the kernel knows. */
const isFullSet = (low: number, high: number): boolean => low === 0xffffffff && high !== 0 && (high & (high + 1)) === 0;

/** The idle task is root with every capability: eight ids of 0, no inheritable capability, three full sets, none ambient. */
function credOffsetsIn(words: Uint32Array): CredOffsets | undefined {
  for (let at = 9; at + 10 <= words.length; at++) {
    const pair = (index: number): [number, number] => [words[at + index * 2], words[at + index * 2 + 1]];
    const isEmpty = ([low, high]: [number, number]): boolean => low === 0 && high === 0;
    if (!isEmpty(pair(0)) || !isEmpty(pair(4))) continue;
    const [permitted, effective, bounding] = [pair(1), pair(2), pair(3)];
    if (![permitted, effective, bounding].every(([low, high]) => isFullSet(low, high))) continue;
    // Of the words before: securebits, and padding where 64-bit sets are to be aligned.
    for (const gap of [1, 2]) {
      const ids = words.subarray(at - gap - 8, at);
      const isAligned = gap === 1 || ((at - 1) & 1) === 1;
      if (ids.length === 8 + gap && isAligned && ids.every((id) => id === 0) && words[at - gap - 9] > 0) {
        return { uid: (at - gap - 8) * 4, capInheritable: at * 4 };
      }
    }
  }
  return undefined;
}

/** Pairs of pointers to credentials: `real_cred` and `cred` of the idle task are the same structure. */
function credPointers(context: LayoutContext, { idle, tasks, comm }: SampledTasks) {
  const found: { at: number; layout: CredOffsets }[] = [];
  for (const at of offsetsWhere(comm, (offset) => context.isPointer(idle.words[offset >> 2]))) {
    const word = at >> 2;
    if (idle.words[word] !== idle.words[word + 1]) continue;
    const layout = credOffsetsIn(context.words(idle.words[word], CRED_BYTES));
    if (layout === undefined) continue;
    const all = tasks.every(({ words }) => context.isPointer(words[word]) && context.isPointer(words[word + 1]));
    if (all) found.push({ at, layout });
  }
  return found;
}

/** Loads of `current->cred->x` in a call: the offset of `cred`, and those of x. */
function credLoads(context: LayoutContext, call: string): { cred: number; member: number }[] {
  const accesses = context.trace(call)?.accesses ?? [];
  const isOfCred = ({ root, steps }: Path): boolean => root === "current" && steps.length === 1;
  return accesses
    .filter(({ kind, address }) => kind === "load" && isOfCred(address))
    .map(({ address }) => ({ cred: address.steps[0], member: address.add }));
}

function idFact(context: LayoutContext, name: (typeof IDS)[number], offset: number, evidence: string): Fact<number> {
  if (!(name in ID_CALLS)) return proved(offset, evidence);
  const call = ID_CALLS[name as keyof typeof ID_CALLS];
  const members = credLoads(context, call).map(({ member }) => member);
  if (members.length === 0) return likely(offset, evidence);
  return judged({ data: [offset], dataEvidence: evidence, code: members, codeEvidence: `${call} loads it` });
}

function learn(context: LayoutContext): LearnedFacts<CredField> {
  const sampled = sampleTasks(context);
  if (typeof sampled === "string") return allUnknown(CRED_FIELDS, sampled);
  const pointers = credPointers(context, sampled);
  if (pointers.length !== 1) {
    return allUnknown(CRED_FIELDS, `${pointers.length} pairs of words of init_task could be real_cred and cred`);
  }
  const [{ at, layout }] = pointers;
  const learned: LearnedFacts<CredField> = new Map();
  const evidence = "the idle task's pair of pointers to a structure with the ids of root and every capability";
  const real = loadsFrom(context.trace("get_task_cred"), "r0");
  const code = credLoads(context, "sys_getuid").map(({ cred }) => cred);
  learned.set(
    "task_struct.real_cred",
    judged({ data: [at], dataEvidence: evidence, code: real, codeEvidence: "get_task_cred loads it" }),
  );
  learned.set(
    "task_struct.cred",
    judged({ data: [at + 4], dataEvidence: evidence, code, codeEvidence: "sys_getuid loads it" }),
  );
  const idEvidence = "eight ids of 0 in the idle task's credentials, before its capabilities";
  for (const [index, name] of IDS.entries()) {
    learned.set(`cred.${name}`, idFact(context, name, layout.uid + index * 4, idEvidence));
  }
  const known = [...learned.values()].every((fact) => fact.known);
  if (!known) return allUnknown(CRED_FIELDS, disagreement(learned));
  const capEvidence = "in the idle task: none inheritable, three full sets, none ambient";
  for (const [index, name] of CAPABILITIES.entries()) {
    learned.set(`cred.${name}`, proved(layout.capInheritable + index * 8, capEvidence));
  }
  return learned;
}

/** One id at another place than the code's makes all of them doubtful. */
function disagreement(learned: LearnedFacts<CredField>): string {
  for (const [name, fact] of learned) if (!fact.known) return `${name}: ${fact.reason}`;
  return unknown("").reason;
}

export const credLayout: LayoutGroup<CredField> = { fields: CRED_FIELDS, learn };
