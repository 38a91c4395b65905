/**
 * A file that was given beside the memory, held against what is found there: only what is of the very build that runs is
 * used. What memory says of itself is compared too, and nothing is believed because a file's name fits.
 */
import type { BuildFile } from "../debuginfo/index.ts";
import type { Fact } from "./fact.ts";
import type { Comparison, MemoryFacts } from "./given-compare.ts";
import { compareBanner, comparePlaces, compareSymbols, firstOf } from "./given-compare.ts";
import { isMember, offsetInStructures } from "./member-names.ts";
import type { SymbolTable } from "./symbol-table.ts";
import { symbolTableOf } from "./symbol-table.ts";

/** `unknown`: nothing in memory could be held against it, and it is not used. */
export type Verdict = "same" | "other" | "unknown";

/** Fields that are the addresses of variables, by the symbols' names. */
const isVariable = (field: string): boolean => !isMember(field) && field !== "printk_ringbuffer";

export class GivenFile {
  readonly file: BuildFile;
  /** Its symbols by address and name; `undefined` when it has none. */
  readonly table: SymbolTable | undefined;
  private readonly ofSymbols: readonly Comparison[];
  private ofOffsets: Comparison | undefined;

  constructor(file: BuildFile, memory: MemoryFacts) {
    this.file = file;
    this.table = file.symbols.length === 0 ? undefined : symbolTableOf(file.kind, file.symbols);
    this.ofSymbols = [
      compareBanner(file, memory),
      ...comparePlaces(this.table, memory),
      ...compareSymbols(file, memory),
    ].filter(({ agreed, differing }) => agreed + differing > 0);
  }

  /** The name and what kind of file it is. */
  get title(): string {
    const { name, kind } = this.file;
    return name === kind ? name : `${name} (${kind})`;
  }

  /** What was held against memory, symbols first. */
  get comparisons(): readonly Comparison[] {
    return this.ofOffsets === undefined ? this.ofSymbols : [...this.ofSymbols, this.ofOffsets];
  }

  /**
   * By symbols and version line where it has them, else by the offsets. An offset that differs in a file whose symbols all
   * agree is told, but is no sign of another build.
   */
  get verdict(): Verdict {
    if (this.ofSymbols.some(isContradiction)) return "other";
    if (this.ofSymbols.some(({ agreed }) => agreed > 0)) return "same";
    if (this.ofOffsets === undefined || this.ofOffsets.agreed + this.ofOffsets.differing === 0) return "unknown";
    return isContradiction(this.ofOffsets) ? "other" : "same";
  }

  /** Whether it says of any of these members where it is. */
  hasOffsets(fields: readonly string[]): boolean {
    return fields.some((field) => isMember(field) && this.offsetOf(field) !== undefined);
  }

  /** Where the file says that a field is: a member's offset or a variable's address. */
  offsetOf(field: string): number | undefined {
    if (isMember(field)) return offsetInStructures(field, this.file.structures);
    return isVariable(field) ? this.table?.find(field) : undefined;
  }

  /** Holds the file's offsets against those that were learned. */
  compareOffsets<F extends string>(fields: readonly F[], learned: (field: F) => Fact<number>): void {
    let agreed = 0;
    const differences: string[] = [];
    for (const field of fields) {
      const fact = learned(field);
      const offset = isMember(field) ? this.offsetOf(field) : undefined;
      if (!fact.known || offset === undefined) continue;
      if (fact.value === offset) agreed++;
      else
        differences.push(`${field} is 0x${offset.toString(16)} there and was learned as 0x${fact.value.toString(16)}`);
    }
    this.ofOffsets = { what: "offsets", agreed, differing: differences.length, examples: firstOf(differences) };
  }

  /** What came of it, in one line. */
  describe(): string {
    const verdict = {
      same: "of this build",
      other: "of another build, or the guest's memory was changed; it is not used",
      unknown: "nothing in memory can be held against it; it is not used",
    }[this.verdict];
    return [verdict, ...this.comparisons.map(textOf)].join("; ");
  }
}

/** Volatility's files have one address a name where a kernel may have several, so a few of theirs may be those of others. */
const isContradiction = ({ agreed, differing, isLoose }: Comparison): boolean =>
  differing > (isLoose === true ? agreed * 0.01 : 0);

function textOf({ what, agreed, differing, examples }: Comparison): string {
  if (differing === 0) return `${what}: ${agreed} agree`;
  return `${what}: ${differing} of ${agreed + differing} disagree, such as ${examples.join(", ")}`;
}
