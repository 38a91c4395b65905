/**
 * Fields by what was learned and by files of the build: memory goes first, a file adds what was not learned, and where both
 * speak that is said.
 */
import type { Fact } from "./fact.ts";
import { likely, proved } from "./fact.ts";
import type { GivenFile } from "./given-file.ts";

const hex = (value: number): string => `0x${value.toString(16)}`;

/** `F` are the names of the fields. */
export class GivenFields<F extends string> {
  private readonly files: readonly GivenFile[];
  private readonly fields: readonly F[];
  private readonly learned: (name: F) => Fact<number>;
  private state: "new" | "comparing" | "compared" = "new";

  constructor(files: readonly GivenFile[], fields: readonly F[], learned: (name: F) => Fact<number>) {
    this.files = files;
    this.fields = fields;
    this.learned = learned;
  }

  /** Learns everything: a file without symbols is judged by it. */
  compare(): void {
    if (this.state === "comparing") return;
    // What is asked for meanwhile is what was learned alone.
    this.state = "comparing";
    for (const file of this.files) if (file.hasOffsets(this.fields)) file.compareOffsets(this.fields, this.learned);
    this.state = "compared";
  }

  /** A field with all that is known of it. */
  complete(name: string, learned: Fact<number>): Fact<number> {
    // What the kernel does without a file may still have, under a name that means something else by now.
    if (this.files.length === 0 || this.state === "comparing" || isAbsent(learned)) return learned;
    if (this.state === "new") this.compare();
    let fact = learned;
    for (const file of this.files) {
      const value = file.verdict === "same" ? file.offsetOf(name) : undefined;
      if (value !== undefined) fact = combined(fact, value, file.title);
    }
    return fact;
  }

  /** A moment later more may have been learned. */
  refresh(): void {
    if (this.files.some(({ verdict }) => verdict === "unknown")) this.state = "new";
  }
}

const isAbsent = (fact: Fact<number>): boolean => !fact.known && fact.isAbsent === true;

function combined(fact: Fact<number>, value: number, title: string): Fact<number> {
  if (!fact.known) return likely(value, `${title} says so; it was not learned: ${fact.reason}`);
  if (fact.value === value) return proved(value, `${fact.evidence}; ${title} says the same`);
  // Two sources disagree. What one alone told is not believed against a file of this very build.
  return fact.confidence === "proved"
    ? { ...fact, evidence: `${fact.evidence}; but ${title} says ${hex(value)}` }
    : likely(value, `${title} says so; memory says ${hex(fact.value)}: ${fact.evidence}`);
}
