/** Every structure offset and kernel variable that can be learned, by group; a group is learned when it is first needed. */
import type { AddressSpace } from "./address-space.ts";
import { credLayout } from "./cred-layout.ts";
import type { Fact } from "./fact.ts";
import { unknown } from "./fact.ts";
import { fileLayout } from "./file-layout.ts";
import { GivenFields } from "./given-fields.ts";
import type { GivenFile } from "./given-file.ts";
import type { KernelMap } from "./kernel-map.ts";
import type { KernelSymbols } from "./kernel-symbols.ts";
import type { LayoutGroup, LayoutSource } from "./layout.ts";
import { LayoutContext } from "./layout.ts";
import { logLayout } from "./log-layout.ts";
import { memoryLayout } from "./memory-layout.ts";
import { moduleLayout } from "./module-layout.ts";
import { mountLayout } from "./mount-layout.ts";
import { processLayout } from "./process-layout.ts";
import { schedulerLayout } from "./scheduler-layout.ts";
import { socketLayout } from "./socket-layout.ts";
import { taskLayout } from "./task-layout.ts";

const GROUPS = [
  taskLayout,
  processLayout,
  credLayout,
  mountLayout,
  fileLayout,
  memoryLayout,
  moduleLayout,
  socketLayout,
  logLayout,
  schedulerLayout,
] as const;

/** The name of a structure's member, as the kernel has it, or of a variable. */
export type FieldName = (typeof GROUPS)[number]["fields"][number];

/** All of them in the order of `ids types`. */
export const FIELDS: readonly FieldName[] = GROUPS.flatMap(({ fields }): readonly FieldName[] => fields);

const groupOf = new Map<string, LayoutGroup<string>>(
  GROUPS.flatMap((group) =>
    group.fields.map((field): [string, LayoutGroup<string>] => [field, group as LayoutGroup<string>]),
  ),
);

export interface TypeTableParts {
  readonly space: AddressSpace;
  readonly map: KernelMap;
  readonly symbols: KernelSymbols;
  readonly initTask: Fact<number>;
  /** What else is said of the build, held against memory as far as symbols go. */
  readonly given?: readonly GivenFile[];
}

export class TypeTable implements LayoutSource {
  readonly space: AddressSpace;
  readonly map: KernelMap;
  readonly symbols: KernelSymbols;
  readonly initTask: Fact<number>;
  private context: LayoutContext;
  private readonly given: GivenFields<FieldName>;
  private readonly facts = new Map<string, Fact<number>>();
  /** Groups that were learned, or whose learning is under way. */
  private readonly learned = new Set<LayoutGroup<string>>();
  /** Those of which a field was asked for in vain. */
  private readonly missed = new Set<LayoutGroup<string>>();

  constructor({ space, map, symbols, initTask, given = [] }: TypeTableParts) {
    this.space = space;
    this.map = map;
    this.symbols = symbols;
    this.initTask = initTask;
    this.given = new GivenFields(given, FIELDS, (name) => this.learnedFact(name));
    this.context = new LayoutContext(this);
  }

  /** What was learned, with what files of the build say of it; they alone where nothing was. */
  fact(name: string): Fact<number> {
    return this.given.complete(name, this.learnedFact(name));
  }

  /** Holds the offsets of all files against what is learned, for which everything is. */
  compareGiven(): void {
    this.given.compare();
  }

  /** What could not be learned is tried again when it is asked for; what was learned once holds for this kernel. */
  refresh(): void {
    this.context = new LayoutContext(this);
    for (const group of this.missed) this.learned.delete(group);
    this.missed.clear();
    this.given.refresh();
  }

  private learnedFact(name: string): Fact<number> {
    const group = groupOf.get(name);
    if (group === undefined) return unknown(`nothing is called ${name}`);
    if (!this.learned.has(group)) this.learn(group);
    const fact = this.facts.get(name) ?? unknown("it is needed to learn itself");
    if (!fact.known && fact.isAbsent !== true) this.missed.add(group);
    return fact;
  }

  private learn(group: LayoutGroup<string>): void {
    this.learned.add(group);
    // A group whose fields are all known is never learned again, even when the guest's lists are damaged by now.
    for (const [field, fact] of group.learn(this.context)) {
      if (this.facts.get(field)?.known !== true) this.facts.set(field, fact);
    }
  }
}
